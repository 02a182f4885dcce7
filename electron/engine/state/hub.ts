import type { AppState, StateChange, StateEvent } from '../../../shared/contract/streams.ts';
import type { Clock } from '../platform/clock.ts';

const keptChanges = 2000;
/** Changes within this many milliseconds travel together. */
const batchMs = 30;

export interface StateHub {
  readonly epoch: string;
  publish(change: StateChange): void;
  /** Snapshot (or the changes since), then batches. Bounded: a slow reader gets only the latest of each thing. */
  watch(
    since: { epoch: string; seq: number } | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StateEvent, void, undefined>;
}

/** Two changes with one key replace each other. */
function keyOf(change: StateChange): string {
  switch (change.type) {
    case 'environment':
    case 'operation':
    case 'routineRun':
      return `${change.type}:${change.value.id}`;
    case 'environment.removed':
      return `environment:${change.id}`;
    case 'operation.removed':
      return `operation:${change.id}`;
    case 'routineRun.removed':
      return `routineRun:${change.id}`;
    default:
      return change.type;
  }
}

/** Numbers every change of the application's state and hands them to whoever watches. */
export function createStateHub(deps: {
  readonly epoch: string;
  readonly snapshot: () => AppState;
  readonly clock: Clock;
}): StateHub {
  let seq = 0;
  const kept: { readonly seq: number; readonly change: StateChange }[] = [];
  const readers = new Set<(change: StateChange, at: number) => void>();

  return {
    epoch: deps.epoch,
    publish(change) {
      seq += 1;
      kept.push({ seq, change });
      if (kept.length > keptChanges) kept.shift();
      for (const reader of readers) reader(change, seq);
    },
    async *watch(since, signal) {
      const pending = new Map<string, StateChange>();
      let last = 0;
      let sent = seq;
      let wake: () => void = () => undefined;
      const reader = (change: StateChange, at: number): void => {
        const key = keyOf(change);
        // Delete first, so that the newest change of a thing also comes last.
        pending.delete(key);
        pending.set(key, change);
        last = at;
        wake();
      };
      const onAbort = (): void => wake();
      readers.add(reader);
      signal.addEventListener('abort', onAbort);
      try {
        const oldest = kept[0]?.seq ?? seq + 1;
        if (since !== undefined && since.epoch === deps.epoch && since.seq <= seq && since.seq >= oldest - 1) {
          const missed = kept.filter((entry) => entry.seq > since.seq).map((entry) => entry.change);
          yield { kind: 'changes', epoch: deps.epoch, from: since.seq, seq, changes: missed };
        } else {
          yield { kind: 'snapshot', epoch: deps.epoch, seq, state: deps.snapshot() };
        }
        while (!signal.aborted) {
          if (pending.size === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
            wake = () => undefined;
            if (signal.aborted) return;
            await deps.clock.sleep(batchMs, signal).catch(() => undefined);
            continue;
          }
          const changes = [...pending.values()];
          pending.clear();
          const from = sent;
          sent = last;
          yield { kind: 'changes', epoch: deps.epoch, from, seq: last, changes };
        }
      } finally {
        readers.delete(reader);
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
