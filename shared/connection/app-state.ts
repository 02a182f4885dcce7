import type { AppState, StateChange, StateEvent } from '../contract/streams.ts';

/** What we know of the engine's state, and where in its stream we are. */
export interface Known {
  readonly epoch: string;
  readonly seq: number;
  readonly state: AppState;
}

export type Applied =
  | { readonly ok: true; readonly known: Known }
  /** Something is missing in between: ask for a snapshot. */
  | { readonly ok: false };

/** Takes one event of `state.watch`. Repeated changes are skipped, a gap or another life of the engine is refused. */
export function applyEvent(known: Known | null, event: StateEvent): Applied {
  if (event.kind === 'snapshot') return { ok: true, known: { epoch: event.epoch, seq: event.seq, state: event.state } };
  if (known === null || event.epoch !== known.epoch) return { ok: false };
  const first = event.seq - event.changes.length + 1;
  if ((event.from ?? first - 1) > known.seq) return { ok: false };
  if (event.seq <= known.seq) return { ok: true, known };
  // Every change is the newest of its thing: what is known already does no harm again.
  const fresh = event.from === undefined ? event.changes.slice(Math.max(0, known.seq + 1 - first)) : event.changes;
  if (fresh.length === 0) return { ok: true, known };
  return {
    ok: true,
    known: { epoch: known.epoch, seq: event.seq, state: fresh.reduce(applyChange, known.state) },
  };
}

function applyChange(state: AppState, change: StateChange): AppState {
  switch (change.type) {
    case 'engines':
      return { ...state, engines: change.value };
    case 'environment':
      return { ...state, environments: put(state.environments, change.value) };
    case 'environment.removed':
      return { ...state, environments: state.environments.filter((one) => one.id !== change.id) };
    case 'discovered':
      return { ...state, discovered: change.value };
    case 'operation':
      return { ...state, operations: put(state.operations, change.value) };
    case 'operation.removed':
      return { ...state, operations: state.operations.filter((one) => one.id !== change.id) };
    case 'images':
      return { ...state, images: change.value };
    case 'store':
      return { ...state, store: change.value };
    case 'watch':
      return { ...state, watch: change.value };
    case 'routineRun':
      return { ...state, routineRuns: put(state.routineRuns, change.value) };
    case 'routineRun.removed':
      return { ...state, routineRuns: state.routineRuns.filter((one) => one.id !== change.id) };
    case 'settings':
      return { ...state, settings: change.value };
  }
}

/** Replaces the entry of the same id in its place, or adds it at the end, so that lists never jump. */
function put<T extends { readonly id: string }>(list: readonly T[], value: T): T[] {
  const at = list.findIndex((one) => one.id === value.id);
  return at < 0 ? [...list, value] : list.with(at, value);
}
