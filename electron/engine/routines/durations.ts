import { median } from '../../../shared/domain/routine-trend.ts';
import type { DurationBook } from './live-run.ts';
import type { RunStore, StoredRun } from './run-store.ts';

/** Runs looked back at. */
const lookedAt = 20;

export interface Durations extends DurationBook {
  /** A run ended: what is usual may be something else now. */
  forget(environmentId: string, routine: string): void;
}

export const endedWell = ({ body }: StoredRun): boolean =>
  body.verdict !== null && (body.verdict.kind === 'ready' || body.verdict.kind === 'remarks') && !body.resumed;

/** How long a step took by itself; null when it did not do its work. */
export function stepMs(run: StoredRun, id: string): number | null {
  const step = run.steps.get(id);
  if (step?.state !== 'done' || step.startedAt === null || step.endedAt === null) return null;
  // What somebody took to answer is not how long it takes.
  return step.record.answers.length > 0 ? null : step.endedAt - step.startedAt;
}

export function createDurations(store: RunStore): Durations {
  const known = new Map<string, ReturnType<DurationBook['usual']>>();
  const keyOf = (environmentId: string, routine: string): string => `${environmentId} ${routine}`;
  return {
    usual(environmentId, routine) {
      const key = keyOf(environmentId, routine);
      const found = known.get(key);
      if (found !== undefined) return found;
      const runs = store.list({ environmentId, routine, limit: lookedAt }).filter(endedWell);
      const steps = new Map<string, number[]>();
      for (const run of runs)
        for (const id of run.steps.keys()) {
          const ms = stepMs(run, id);
          if (ms !== null) steps.set(id, [...(steps.get(id) ?? []), ms]);
        }
      const usual = {
        run: median(runs.map((run) => run.body.state.spentMs)),
        step: (id: string): number | null => median(steps.get(id) ?? []),
      };
      known.set(key, usual);
      return usual;
    },
    forget: (environmentId, routine) => void known.delete(keyOf(environmentId, routine)),
  };
}
