import type { ReactNode } from 'react';
import { cx } from '../../../ui/cx.ts';
import { formatExact } from '../../../ui/format.ts';
import { logLevel } from './log-level.ts';
import type { LogEntry } from './log-ring.ts';
import { pieces, type Range } from './log-search.ts';
import styles from './logs.module.css';

const two = (n: number): string => String(n).padStart(2, '0');

/** `11:07:41.220`, local time. */
export function clockTime(iso: string): string {
  const at = new Date(iso);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** A line as it is copied. */
export function lineText(
  entry: LogEntry,
  options: { readonly timestamps: boolean; readonly service: boolean },
): string {
  const time = options.timestamps && entry.at !== null ? `${entry.at} ` : '';
  return `${time}${options.service ? `${entry.service} ` : ''}${entry.text}`;
}

export function LogRow(props: {
  readonly entry: LogEntry;
  readonly timestamps: boolean;
  readonly showService: boolean;
  readonly ranges: readonly Range[];
  readonly current: boolean;
}): ReactNode {
  const { entry } = props;
  const level = logLevel(entry.text);
  return (
    <div
      className={cx(
        styles.line,
        props.timestamps && styles.withTime,
        props.showService && styles.withService,
        level === 'error' && styles.error,
        level === 'warn' && styles.warn,
        props.current && styles.current,
      )}
    >
      {props.timestamps ? (
        entry.at === null ? (
          <time />
        ) : (
          <time dateTime={entry.at} title={formatExact(entry.at)}>
            {clockTime(entry.at)}
          </time>
        )
      ) : null}
      {props.showService ? <b title={entry.container}>{entry.service}</b> : null}
      <span className={styles.text}>
        {level === null ? null : <span className="sr">{level === 'error' ? 'Error: ' : 'Warning: '}</span>}
        {props.ranges.length === 0
          ? entry.text
          : pieces(entry.text, props.ranges).map((piece, index) =>
              piece.marked ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one fixed text
                <mark key={index} className={styles.mark}>
                  {piece.text}
                </mark>
              ) : (
                piece.text
              ),
            )}
      </span>
    </div>
  );
}
