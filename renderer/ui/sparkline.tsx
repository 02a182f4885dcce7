import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import styles from './meter.module.css';
import { sparklinePath } from './sparkline-path.ts';

/** A small line of values over time, oldest first, with an optional limit. The numbers stand beside it in words. */
export function Sparkline(props: {
  readonly values: readonly number[];
  /** Top of the scale; the largest value when absent. */
  readonly max?: number | undefined;
  /** A dashed line at this value. */
  readonly limit?: number | null | undefined;
  readonly width?: number | '100%';
  readonly height?: number;
  readonly tone?: 'degraded' | 'down' | undefined;
  /** How many values fill the whole width; fewer leave room at the left. */
  readonly span?: number;
  readonly className?: string | undefined;
}): ReactNode {
  const height = props.height ?? 20;
  const width = typeof props.width === 'number' ? props.width : props.width === '100%' ? 300 : 64;
  const path = sparklinePath({
    values: props.values,
    width,
    height,
    max: props.max ?? null,
    limit: props.limit ?? null,
    span: props.span ?? null,
  });
  return (
    <svg
      className={cx(props.tone !== undefined && styles[props.tone], props.className)}
      width={props.width ?? width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      {path.area === '' ? null : <path className={styles.area} d={path.area} />}
      {path.limitY === null ? null : (
        <line className={styles.limit} x1="0" x2={width} y1={path.limitY} y2={path.limitY} />
      )}
      {path.line === '' ? null : <path className={styles.line} d={path.line} />}
    </svg>
  );
}
