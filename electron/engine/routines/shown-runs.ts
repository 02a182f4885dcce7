import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import type { RunStore } from './run-store.ts';

/** What windows see of runs: those that go on, and of each routine of each environment the newest that ended. */
export interface ShownRuns {
  list(): RoutineRun[];
  put(run: RoutineRun): void;
  /** The environment was taken off the list. */
  forget(environmentId: string): void;
}

export function createShownRuns(deps: {
  readonly store: RunStore;
  readonly view: (id: string) => RoutineRun;
  readonly known: (environmentId: string) => boolean;
  readonly publish: (change: StateChange) => void;
}): ShownRuns {
  let shown: Map<string, RoutineRun> | undefined;

  function all(): Map<string, RoutineRun> {
    if (shown !== undefined) return shown;
    const found = deps.store
      .routines()
      .filter(({ environmentId }) => deps.known(environmentId))
      .flatMap(({ environmentId, routine }) => deps.store.list({ environmentId, routine, limit: 1 }));
    shown = new Map(found.map(({ id }) => [id, deps.view(id)]));
    return shown;
  }

  function drop(id: string): void {
    if (all().delete(id)) deps.publish({ type: 'routineRun.removed', id });
  }

  return {
    list: () => [...all().values()],
    put(run) {
      all().set(run.id, run);
      deps.publish({ type: 'routineRun', value: run });
      if (run.state !== 'ended') return;
      // Ids sort by time. One that was opened again and ended a second time may be older than the newest.
      const same = [...all().values()].filter(
        (each) => each.state === 'ended' && each.environmentId === run.environmentId && each.routine === run.routine,
      );
      const newest = same.reduce((best, each) => (each.id > best.id ? each : best), run);
      for (const each of same) if (each.id !== newest.id) drop(each.id);
    },
    forget(environmentId) {
      for (const run of all().values()) if (run.environmentId === environmentId) drop(run.id);
    },
  };
}
