import type { ReactNode } from 'react';
import type { TimelineMark } from '../../../shared/contract/health.ts';
import styles from './horizon.module.css';

/** The shape of a mark, around 0 0. */
export function MarkShape({ kind }: { readonly kind: TimelineMark['kind'] }): ReactNode {
  switch (kind) {
    case 'capture':
      return <path className={styles.gold} d="M0-5.5 5.5 0 0 5.5-5.5 0Z" />;
    case 'restore':
      return (
        <>
          <circle className={styles.mark} r="5" />
          <path className={styles.gold} d="M1.5-2.6V2.6L-2.6 0Z" />
        </>
      );
    case 'undo':
      return (
        <>
          <circle className={styles.mark} r="5" strokeDasharray="2 1.4" />
          <path className={styles.gold} d="M1.5-2.6V2.6L-2.6 0Z" />
        </>
      );
    case 'incident':
      return <rect className={styles.incident} x="-4.5" y="-4.5" width="9" height="9" rx="1.6" />;
    case 'recovery':
      return (
        <>
          <circle className={styles.mark} r="5" />
          <path className={styles.stroke} d="M-2.4.2-.6 2 2.6-1.8" />
        </>
      );
    case 'up':
      return <path className={styles.mark} d="M-3-4.2 4 0-3 4.2Z" />;
    case 'stop':
      return <rect className={styles.mark} x="-3.6" y="-3.6" width="7.2" height="7.2" rx="1" />;
  }
}

const words: Record<TimelineMark['kind'], string> = {
  capture: 'Golden image',
  restore: 'Restore',
  undo: 'Undo',
  incident: 'Incident',
  recovery: 'Done by itself',
  up: 'Start',
  stop: 'Stop',
};
const order: readonly TimelineMark['kind'][] = ['capture', 'restore', 'undo', 'incident', 'recovery', 'up', 'stop'];

/** What the marks of this day mean; the usual three even when there are none. */
export function MarkLegend({ kinds }: { readonly kinds: ReadonlySet<TimelineMark['kind']> }): ReactNode {
  const usual = new Set<TimelineMark['kind']>(['capture', 'restore', 'incident', ...kinds]);
  return order
    .filter((kind) => usual.has(kind))
    .map((kind) => (
      <span key={kind}>
        <svg width="11" height="11" viewBox="-6 -6 12 12" aria-hidden>
          <MarkShape kind={kind} />
        </svg>
        {words[kind]}
      </span>
    ));
}
