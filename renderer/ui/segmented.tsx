import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './segmented.module.css';

/** One of a few, all visible. */
export function Segmented<V extends string>(props: {
  readonly label: string;
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly label: string }[];
  readonly onChange: (value: V) => void;
  readonly disabled?: boolean;
}): ReactNode {
  return (
    <ToggleGroup.Root
      type="single"
      className={styles.seg}
      aria-label={props.label}
      value={props.value}
      disabled={props.disabled === true}
      onValueChange={(next) => {
        const option = props.options.find((one) => one.value === next);
        // Pressing the chosen one again would clear it; one is always chosen.
        if (option !== undefined) props.onChange(option.value);
      }}
    >
      {props.options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value} className={styles.option}>
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
