import type { TimelineMark } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { HealthStore } from './health-store.ts';

export interface TimelineDeps {
  /** Operations of an environment, newest first. */
  readonly operations: (environmentId: string) => readonly OperationView[];
}

const kinds: Readonly<Record<string, TimelineMark['kind']>> = {
  'golden.capture': 'capture',
  'golden.restore': 'restore',
  'golden.undo': 'undo',
  'stack.up': 'up',
  'stack.stop': 'stop',
  'stack.down': 'stop',
};

const ended: ReadonlySet<OperationView['state']> = new Set(['done', 'failed', 'cancelled']);

/** What was done by itself, why, and what came of it. */
function recoveryLabel({ title, state, summary, startedBy }: OperationView): string {
  const outcome =
    state === 'done' ? (summary ?? `${title}.`) : `${title} ${state === 'failed' ? 'failed' : 'was cancelled'}.`;
  return startedBy?.reason == null ? outcome : `${outcome} By itself: ${startedBy.reason}.`;
}

/** What was done and what happened between the two times: marks on the horizon, oldest first. */
export function timelineMarks(
  deps: TimelineDeps,
  store: HealthStore,
  environmentId: string,
  from: number,
  to: number,
): TimelineMark[] {
  const done = deps.operations(environmentId).flatMap((operation): TimelineMark[] => {
    const kind = operation.startedBy?.who === 'recovery' ? 'recovery' : kinds[operation.kind];
    const at = Date.parse(operation.endedAt ?? operation.startedAt ?? operation.createdAt);
    const { id: ref, state } = operation;
    if (kind === undefined || at < from || at > to) return [];
    if (kind !== 'recovery')
      return state === 'done' ? [{ at, kind, label: operation.summary ?? operation.title, service: null, ref }] : [];
    const { service = null } = operation.startedBy ?? {};
    return ended.has(state) ? [{ at, kind, label: recoveryLabel(operation), service, ref }] : [];
  });
  const incidents = store
    .incidents({ environmentId, since: from, limit: 200 })
    .filter((incident) => incident.from >= from && incident.from <= to && incident.inhibitedBy === null)
    .map(
      (incident): TimelineMark => ({
        at: incident.from,
        kind: 'incident',
        label: `${incident.service ?? incident.environment} was ${incident.worst}`,
        service: incident.service,
        ref: incident.id,
      }),
    );
  return [...done, ...incidents].sort((a, b) => a.at - b.at);
}
