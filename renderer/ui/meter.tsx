import type { CSSProperties, ReactNode } from 'react';
import styles from './meter.module.css';

/** A thin bar. `value` null: under way, but nothing can be measured. */
export function Meter(props: {
  readonly label: string;
  readonly value: number | null;
  readonly max?: number;
  /** The measured amount in words, for screen readers. */
  readonly text?: string;
}): ReactNode {
  const max = props.max ?? 1;
  const part = props.value === null ? null : Math.min(1, Math.max(0, max === 0 ? 0 : props.value / max));
  return (
    <span
      className={styles.track}
      role="progressbar"
      aria-label={props.label}
      aria-valuetext={props.text}
      {...(part === null ? {} : { 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(part * 100) })}
    >
      {part === null ? (
        <span className={styles.unknown} />
      ) : (
        <span className={styles.fill} style={{ '--part': part } as CSSProperties} />
      )}
    </span>
  );
}
