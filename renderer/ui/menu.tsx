import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './floating.module.css';
import { Keys } from './kbd.tsx';

/** A menu on a button. */
export function Menu(props: {
  /** The button. */
  readonly trigger: ReactElement;
  readonly align?: 'start' | 'end';
  readonly label?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{props.trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className={cx(styles.pop, styles.menu, 'scroll')}
          align={props.align ?? 'end'}
          sideOffset={4}
          collisionPadding={8}
          {...(props.label === undefined ? {} : { 'aria-label': props.label })}
        >
          {props.children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem(props: {
  readonly icon?: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly hint?: ReactNode;
  readonly keys?: string;
  readonly children: ReactNode;
}): ReactNode {
  const Icon = props.icon;
  return (
    <DropdownMenu.Item
      className={cx(styles.item, props.danger === true && styles.danger)}
      disabled={props.disabled === true}
      onSelect={props.onSelect}
    >
      {Icon === undefined ? null : <Icon size={14} strokeWidth={1.9} aria-hidden />}
      <span className="trunc">{props.children}</span>
      {props.hint === undefined && props.keys === undefined ? null : (
        <span className={styles.hint}>{props.keys === undefined ? props.hint : <Keys keys={props.keys} />}</span>
      )}
    </DropdownMenu.Item>
  );
}

export function MenuSeparator(): ReactNode {
  return <DropdownMenu.Separator className={styles.separator} />;
}

export function MenuCaption({ children }: { readonly children: ReactNode }): ReactNode {
  return <DropdownMenu.Label className={styles.caption}>{children}</DropdownMenu.Label>;
}
