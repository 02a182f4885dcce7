import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './tabs.module.css';

export interface TabItem {
  readonly id: string;
  readonly label: ReactNode;
}

/** Tabs and their panels. `TabList` and `TabPanel` go inside, wherever the layout wants them. */
export function Tabs(props: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Radix.Root value={props.value} onValueChange={props.onChange} className={props.className}>
      {props.children}
    </Radix.Root>
  );
}

export function TabList(props: {
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly className?: string | undefined;
}): ReactNode {
  return (
    <Radix.List aria-label={props.label} className={cx(styles.list, props.className)}>
      {props.items.map((item) => (
        <Radix.Trigger key={item.id} value={item.id} className={styles.tab}>
          {item.label}
        </Radix.Trigger>
      ))}
    </Radix.List>
  );
}

export function TabPanel(props: {
  readonly id: string;
  readonly className?: string | undefined;
  /** Stays in the page (hidden) when another tab is shown, for sessions that must not end. */
  readonly keep?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Radix.Content
      value={props.id}
      className={cx(styles.panel, props.className)}
      tabIndex={-1}
      {...(props.keep === true ? { forceMount: true as const } : {})}
    >
      {props.children}
    </Radix.Content>
  );
}
