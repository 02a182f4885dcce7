import type { ReactNode } from 'react';
import { useRunningRun } from '../../client/use-routines.ts';
import { formatElapsed } from '../../ui/format.ts';
import { routineIcon } from '../../ui/routine-icons.ts';
import { placeWords } from '../../ui/routine-stages.ts';
import { runAction, runElapsedMs } from '../../ui/routine-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbench, useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './foot.module.css';

/** In the foot while a routine runs: which, how far, how long. Opens its page. */
export function RunInFoot(): ReactNode {
  const run = useRunningRun(null);
  const here = useWorkbench((state) => state.route.page === 'routine' && state.route.runId === run?.id);
  const now = useNow('second');
  const { navigate } = useWorkbenchActions();
  if (run === null) return null;
  const Icon = routineIcon(run.routine);
  const asking = run.steps.some((one) => one.state === 'asking');
  return (
    <button
      type="button"
      className={styles.run}
      data-focus="inside"
      title={run.environmentId}
      aria-current={here ? 'page' : undefined}
      onClick={() => navigate({ page: 'routine', runId: run.id })}
    >
      <Icon size={14} strokeWidth={1.9} aria-hidden />
      <span className={styles.name}>{runAction(run)}</span>
      <span>{asking ? 'asks you' : placeWords(run)}</span>
      <span className="tn">{formatElapsed(runElapsedMs(run, now))}</span>
    </button>
  );
}
