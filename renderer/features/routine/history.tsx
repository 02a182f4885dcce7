import type { ReactNode } from 'react';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { useRuns, useTrend } from '../../client/use-routines.ts';
import { formatDuration, formatExact, formatMoment } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { runElapsedMs, verdictLook } from '../../ui/routine-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { bars, trendWords } from './history-words.ts';
import styles from './side.module.css';

const most = 8;

/** How earlier runs of a routine went, how long they took, and whether that changed. */
export function History(props: {
  readonly environmentId: string;
  readonly routine: string;
  /** The run that is being looked at, marked in the list. */
  readonly runId: string | null;
}): ReactNode {
  const runs = useRuns(props.environmentId, props.routine, most + 1);
  const trend = useTrend(props.environmentId, props.routine);
  const ended = (runs.data ?? []).filter((one) => one.state === 'ended').slice(0, most);
  if (ended.length === 0) return null;
  const drawn = bars(trend.data?.runs ?? [], props.routine);
  return (
    <section className={styles.history} aria-label="Last runs">
      <h3>Last runs</h3>
      {drawn.length < 2 ? null : (
        <figure className={styles.trend}>
          <svg
            viewBox={`0 0 ${drawn.length * 10 - 3} 40`}
            width={drawn.length * 10 - 3}
            height="40"
            role="img"
            aria-label={`Durations of the last ${drawn.length} runs: ${drawn.map((one) => one.words).join(', ')}`}
          >
            {drawn.map((bar, index) => (
              <rect
                key={bar.id}
                className={styles[bar.tone]}
                x={index * 10}
                y={40 - bar.height * 40}
                width="7"
                height={bar.height * 40}
                rx="1.5"
              >
                <title>{bar.words}</title>
              </rect>
            ))}
          </svg>
          <figcaption>{trend.data === null ? '' : trendWords(trend.data)}</figcaption>
        </figure>
      )}
      <ul>
        {ended.map((run) => (
          <RunLine key={run.id} run={run} here={run.id === props.runId} />
        ))}
      </ul>
    </section>
  );
}

function RunLine({ run, here }: { readonly run: RoutineRun; readonly here: boolean }): ReactNode {
  const now = useNow();
  const { navigate } = useWorkbenchActions();
  const look = verdictLook(run.verdict?.kind ?? null, run.routine);
  return (
    <li>
      <button
        type="button"
        data-focus="inside"
        className={styles.service}
        aria-current={here ? 'true' : undefined}
        title={`${formatExact(run.startedAt)}. ${run.verdict?.sentence ?? ''}`}
        onClick={() => navigate({ page: 'routine', runId: run.id })}
      >
        <ToneGlyph tone={look.tone} shape={look.shape} size={10} />
        <span className="trunc">
          {formatMoment(run.startedAt, now)}
          <span className="sr">, {look.word}</span>
        </span>
        <span className="t3 nowrap tn">{formatDuration(runElapsedMs(run, now))}</span>
      </button>
    </li>
  );
}
