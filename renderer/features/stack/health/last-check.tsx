import type { ReactNode } from 'react';
import type { CheckView } from '../../../../shared/contract/health.ts';
import { latencyAmount } from '../../../../shared/domain/clock-words.ts';
import { formatDuration, formatExact } from '../../../ui/format.ts';
import { ToneGlyph } from '../../../ui/health-glyph.tsx';
import { useNow } from '../../../ui/use-now.ts';
import styles from './health.module.css';

/** What the last check answered and when, and when the next one is due. */
export function LastCheck({ check }: { readonly check: CheckView }): ReactNode {
  const now = useNow('second');
  const { last, nextAt } = check;
  const due = nextAt === null ? null : nextAt - now;
  return (
    <p className={styles.last}>
      {last === null ? (
        <span className="t3">Not checked yet</span>
      ) : (
        <>
          <ToneGlyph tone={last.ok ? 'healthy' : 'down'} shape={last.ok ? 'disc' : 'square'} size={10} />
          <span className="sel">
            <span title={formatExact(new Date(last.at).toISOString())}>
              {last.detail ?? (!last.ok ? 'Failed' : check.probe === null ? 'Runs' : 'Answered')}
              {last.latencyMs === null ? '' : ` (${latencyAmount(last.latencyMs)})`}
            </span>{' '}
            <span className="t3 tn">
              {formatDuration(Math.max(1000, now - last.at))} ago
              {due === null ? '' : due < 1000 ? ', next now' : `, next in ${formatDuration(due)}`}
            </span>
          </span>
        </>
      )}
    </p>
  );
}
