import { Fragment, type ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './facts.module.css';

export interface Fact {
  readonly term: string;
  readonly value: ReactNode;
  readonly mono?: boolean;
  /** The full form of a value that may be cut. Taken from `value` when that is text. */
  readonly title?: string;
}

/** Terms and values in two columns. Entries that are null are left out. */
export function Facts(props: { readonly items: readonly (Fact | null)[]; readonly wrap?: boolean }): ReactNode {
  return (
    <dl className={cx(styles.facts, props.wrap === true && styles.wrap)}>
      {props.items.map((item) =>
        item === null ? null : (
          <Fragment key={item.term}>
            <dt>{item.term}</dt>
            <dd
              className={item.mono === true ? 'mono' : undefined}
              title={item.title ?? (typeof item.value === 'string' ? item.value : undefined)}
            >
              {item.value}
            </dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
