import type { Change, ServiceView } from '../../../shared/contract/environments.ts';
import { listed } from '../../ui/format.ts';

export interface Difference {
  readonly name: string;
  /** What putting it right costs the user; null when that is not known now. */
  readonly cost: string | null;
  readonly tone: 'idle' | 'degraded' | 'down';
  readonly reasons: readonly string[];
  readonly since: string | null;
}

const costs: Record<Change['cost'], string> = {
  none: 'No interruption',
  restart: 'Restart',
  recreate: 'New container',
  data: 'Changes data',
};
const weight: Record<Change['cost'], number> = { none: 0, restart: 1, recreate: 2, data: 3 };
const tones: Record<Change['cost'], Difference['tone']> = {
  none: 'idle',
  restart: 'degraded',
  recreate: 'degraded',
  data: 'down',
};

const verbs: Record<Change['action'], string> = {
  none: 'stays',
  create: 'is created',
  start: 'is started',
  stop: 'is stopped',
  restart: 'is restarted',
  recreate: 'is replaced',
  remove: 'is removed',
  pull: 'is downloaded',
  build: 'is built',
  adopt: 'is taken over',
  keep: 'stays as it is',
};

/**
 * What differs, per service and per resource of no service, from a plan that looked closely; without one, from what the
 * engine's list shows.
 */
export function differences(
  services: readonly ServiceView[],
  changes: readonly Change[] | null,
): readonly Difference[] {
  const drifted = new Map(
    services.filter((one) => one.drift !== 'none' && one.drift !== 'unknown').map((one) => [one.name, one]),
  );
  if (changes === null) {
    return [...drifted.values()].map((one) => ({
      name: one.name,
      cost: null,
      tone: 'degraded',
      reasons: one.driftReasons,
      since: one.driftSince ?? null,
    }));
  }
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = change.service ?? `${change.resource} ${change.name}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups].map(([name, list]) => {
    const worst = list.reduce<Change['cost']>((a, one) => (weight[one.cost] > weight[a] ? one.cost : a), 'none');
    const kept = list.every((one) => one.action === 'keep');
    return {
      name,
      cost: kept ? 'Stays as it is' : costs[worst],
      tone: tones[worst],
      reasons: [...new Set(list.map(reasonOf))],
      since: drifted.get(name)?.driftSince ?? null,
    };
  });
}

function reasonOf(change: Change): string {
  const what = change.resource === 'container' ? '' : `${change.resource} ${change.name} `;
  const verb = `${what}${verbs[change.action]}`;
  if (change.reason === '') return verb;
  const fields = /^changed: ([^;]*)$/.exec(change.reason)?.[1];
  return `${verb}: ${fields === undefined ? change.reason : `${fields} changed`}`;
}

/** `Recreates api. Nothing else is touched; volumes keep their data.` */
export function applyWords(changes: readonly Change[]): string {
  const of = (action: Change['action']): readonly string[] => [
    ...new Set(
      changes.flatMap((one) =>
        one.resource === 'container' && one.action === action ? [one.service ?? one.name] : [],
      ),
    ),
  ];
  const parts = (
    [
      ['recreates', of('recreate')],
      ['creates', of('create')],
      ['restarts', of('restart')],
      ['starts', of('start')],
      ['removes', of('remove')],
    ] as const
  )
    .filter(([, names]) => names.length > 0)
    .map(([verb, names]) => `${verb} ${listed(names)}`);
  const data = changes.some((one) => one.cost === 'data') ? 'Data is changed.' : 'Volumes keep their data.';
  if (parts.length === 0)
    return changes.some((one) => one.action !== 'keep') ? `No container is touched. ${data}` : 'Nothing would change.';
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} only. ${data}`;
}
