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

/** What was done and what happened between the two times: marks on the horizon, oldest first. */
export function timelineMarks(
  deps: TimelineDeps,
  store: HealthStore,
  environmentId: string,
  from: number,
  to: number,
): TimelineMark[] {
  const done = deps.operations(environmentId).flatMap((operation): TimelineMark[] => {
    const kind = kinds[operation.kind];
    const at = Date.parse(operation.endedAt ?? operation.startedAt ?? operation.createdAt);
    if (kind === undefined || operation.state !== 'done' || at < from || at > to) return [];
    return [{ at, kind, label: operation.summary ?? operation.title, service: null, ref: operation.id }];
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
