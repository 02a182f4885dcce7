import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './section.module.css';

/** A part of a page: a heading, a quiet note, ghost buttons at the right edge, and its contents. */
export function Section(props: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={props.className} aria-label={props.title}>
      <div className={styles.head}>
        <h2>{props.title}</h2>
        {props.note === undefined ? null : <span className={cx(styles.note, 'trunc')}>{props.note}</span>}
        {props.actions === undefined ? null : <span className={styles.actions}>{props.actions}</span>}
      </div>
      {props.children}
    </section>
  );
}

/** Rows between hairlines. */
export function Lines(props: { readonly className?: string | undefined; readonly children: ReactNode }): ReactNode {
  return <ul className={cx(styles.list, props.className)}>{props.children}</ul>;
}
