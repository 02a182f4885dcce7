import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import styles from './checkbox.module.css';

export function Checkbox(props: {
  readonly checked: boolean | 'indeterminate';
  readonly onChange: (checked: boolean) => void;
  /** Its name; shown beside it unless `hideLabel`. */
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
}): ReactNode {
  const id = useId();
  const box = (
    <Radix.Root
      id={id}
      className={styles.box}
      checked={props.checked}
      disabled={props.disabled === true}
      onCheckedChange={(state) => props.onChange(state === true)}
      {...(props.hideLabel === true ? { 'aria-label': props.label } : {})}
    >
      <Radix.Indicator>
        {props.checked === 'indeterminate' ? (
          <Minus size={10} strokeWidth={2.4} aria-hidden />
        ) : (
          <Check size={10} strokeWidth={2.4} aria-hidden />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
  if (props.hideLabel === true) return box;
  return (
    <span className={styles.label}>
      {box}
      <label htmlFor={id}>{props.children ?? props.label}</label>
    </span>
  );
}
