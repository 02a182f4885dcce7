import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './field.module.css';

/** One of several, the system's own list. Give it an id from `Labelled`, or a label. */
export function Select<V extends string>(props: {
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly label: string }[];
  readonly onChange: (value: V) => void;
  readonly id?: string;
  readonly label?: string;
  readonly describedBy?: string;
}): ReactNode {
  return (
    <span className={styles.field}>
      <select
        className={styles.select}
        value={props.value}
        {...(props.id === undefined ? {} : { id: props.id })}
        {...(props.label === undefined ? {} : { 'aria-label': props.label })}
        {...(props.describedBy === undefined ? {} : { 'aria-describedby': props.describedBy })}
        onChange={(event) => {
          const option = props.options.find((one) => one.value === event.target.value);
          if (option !== undefined) props.onChange(option.value);
        }}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={13} strokeWidth={1.9} className={styles.chevron} aria-hidden />
    </span>
  );
}
