import type { CSSProperties, ReactNode } from 'react';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import styles from './routine.module.css';
import { budgetOf } from './run-words.ts';

/** How much of its time a run has used, with a mark where earlier ones ended. */
export function BudgetBar(props: { readonly run: RoutineRun; readonly now: number }): ReactNode {
  const { used, usual, end, over, words } = budgetOf(props.run, props.now);
  const percent = (part: number): string => `${(100 * part).toFixed(2)}%`;
  const spoken = [words.used, words.usual, words.budget].filter((one) => one !== null).join(', ');
  return (
    <div className={styles.budget} data-over={over} data-ended={props.run.state === 'ended'}>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Time used of the budget"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * used)}
        aria-valuetext={spoken}
      >
        <i style={{ width: percent(used) }} />
        {over ? <u className={styles.limit} style={{ left: percent(end) }} /> : null}
        {usual === null ? null : <u style={{ left: percent(usual) }} />}
      </div>
      <div className={styles.marks} aria-hidden>
        <span className={styles.used}>{words.used}</span>
        {words.usual === null || usual === null ? null : (
          // Kept clear of the clock at the left and of the budget at the right.
          <span className={styles.usual} style={{ '--at': percent(usual) } as CSSProperties}>
            {words.usual}
          </span>
        )}
        <span className={styles.whole}>{words.budget}</span>
      </div>
    </div>
  );
}
