import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import styles from './button.module.css';
import { cx } from './cx.ts';
import { Tip } from './tip.tsx';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** One primary button per view. */
  readonly kind?: 'plain' | 'ghost' | 'primary';
  readonly size?: 'small' | 'normal' | 'large';
  /** What it does cannot be taken back without effort. */
  readonly danger?: boolean;
  /** The call it started is under way: stays focusable, takes no second click. */
  readonly busy?: boolean;
  readonly icon?: LucideIcon;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps): ReactNode {
  const {
    kind = 'plain',
    size = 'normal',
    danger,
    busy,
    icon: Icon,
    className,
    children,
    onClick,
    ref,
    ...rest
  } = props;
  return (
    <button
      ref={ref}
      type="button"
      {...rest}
      aria-busy={busy === true ? true : undefined}
      aria-disabled={busy === true ? true : rest['aria-disabled']}
      onClick={busy === true ? undefined : onClick}
      className={cx(
        styles.btn,
        kind === 'ghost' && styles.ghost,
        kind === 'primary' && styles.primary,
        size === 'small' && styles.small,
        size === 'large' && styles.large,
        danger === true && styles.danger,
        className,
      )}
    >
      {busy === true ? <span className={styles.spin} aria-hidden /> : null}
      {Icon !== undefined && busy !== true ? (
        <Icon size={size === 'large' ? 15 : 14} strokeWidth={1.9} aria-hidden />
      ) : null}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children'> {
  /** Its name for people who do not see the icon, and the tooltip for those who do. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly keys?: string;
}

export function IconButton({
  label,
  icon: Icon,
  className,
  keys,
  busy,
  kind = 'ghost',
  ...rest
}: IconButtonProps): ReactNode {
  return (
    <Tip text={label} {...(keys === undefined ? {} : { keys })}>
      <Button {...rest} kind={kind} busy={busy === true} className={cx(styles.icon, className)} aria-label={label}>
        {busy === true ? null : <Icon size={14} strokeWidth={1.9} aria-hidden />}
      </Button>
    </Tip>
  );
}
