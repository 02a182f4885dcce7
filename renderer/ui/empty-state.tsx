import type { ReactNode } from 'react';
import styles from './notice.module.css';

/** What to do where there is nothing yet. */
export function EmptyState(props: {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  return (
    <div className={styles.empty}>
      <h2>{props.title}</h2>
      {props.text === undefined ? null : <p>{props.text}</p>}
      {props.actions === undefined ? null : <div className={styles.emptyActions}>{props.actions}</div>}
    </div>
  );
}
