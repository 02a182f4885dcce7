import type { LucideIcon } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import { cx } from './cx.ts';
import styles from './field.module.css';

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  readonly icon?: LucideIcon;
  readonly size?: 'small' | 'normal';
  readonly invalid?: boolean;
  /** After the input, inside the frame: a unit, a count, a button. */
  readonly end?: ReactNode;
  readonly frameClassName?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
}

/** A text input in its frame. Give it `aria-label`, or put it into a `Labelled`. */
export function Field(props: FieldProps): ReactNode {
  const { icon: Icon, size = 'normal', invalid, end, frameClassName, className, ref, ...rest } = props;
  return (
    <span
      className={cx(styles.field, size === 'small' && styles.small, invalid === true && styles.invalid, frameClassName)}
    >
      {Icon === undefined ? null : <Icon size={13} strokeWidth={1.9} aria-hidden />}
      <input
        ref={ref}
        type="text"
        spellCheck={false}
        autoComplete="off"
        {...rest}
        aria-invalid={invalid === true ? true : undefined}
        className={cx(styles.input, className)}
      />
      {end}
    </span>
  );
}

/** Caption above, hint or problem below, tied to the field for screen readers. */
export function Labelled(props: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | null;
  readonly children: (ids: { readonly id: string; readonly 'aria-describedby': string }) => ReactNode;
}): ReactNode {
  const id = useId();
  const note = `${id}-note`;
  const problem = props.problem ?? null;
  return (
    <div className={styles.label}>
      <label className={styles.caption} htmlFor={id}>
        {props.label}
      </label>
      {props.children({ id, 'aria-describedby': note })}
      <span
        id={note}
        className={problem === null ? styles.hint : styles.problem}
        role={problem === null ? undefined : 'alert'}
      >
        {problem ?? props.hint}
      </span>
    </div>
  );
}
