import type { FactNames } from '../../../shared/domain/condition-types.ts';
import { weekdays } from '../../../shared/domain/routine-file.ts';
import type { Clock } from '../platform/clock.ts';
import type { PowerReading } from '../platform/power.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Facts } from './step-types.ts';

type Value = number | string | boolean | undefined;
type Read = (target: EnvironmentTarget, signal: AbortSignal) => Value | Promise<Value>;
export type FactTable = Readonly<Record<string, FactNames[string] & { readonly read: Read }>>;

export function factsOf(table: FactTable): Facts {
  return {
    names: Object.fromEntries(Object.entries(table).map(([name, { type, about }]) => [name, { type, about }])),
    async read(name, target, signal) {
      return Object.hasOwn(table, name) ? table[name]?.read(target, signal) : undefined;
    },
  };
}

/** All parts' facts as one. The first that has a name gives it. */
export function joinFacts(parts: readonly Facts[]): Facts {
  return {
    names: Object.assign({}, ...[...parts].reverse().map(({ names }) => names)),
    async read(name, target, signal) {
      return parts.find(({ names }) => Object.hasOwn(names, name))?.read(name, target, signal);
    },
  };
}

export interface OwnFactDeps {
  readonly clock: Clock;
  readonly engineReady: () => boolean;
  /** Of what runs: by name. */
  readonly services: (
    target: EnvironmentTarget,
    signal: AbortSignal,
  ) => Promise<readonly { readonly name: string; readonly up: boolean }[]>;
  readonly healthState: (environmentId: string) => string;
  readonly power: (signal: AbortSignal) => Promise<PowerReading>;
  readonly dataChanged: (target: EnvironmentTarget, signal: AbortSignal) => Promise<number | undefined>;
  /** Ms since its data was put there. */
  readonly dataAge: (target: EnvironmentTarget, signal: AbortSignal) => Promise<number | undefined>;
}

export function ownFacts(deps: OwnFactDeps): Facts {
  return factsOf({
    'engine.ready': { type: 'flag', about: 'Docker answers.', read: () => deps.engineReady() },
    'health.state': {
      type: 'text',
      about: 'The health of the environment: healthy, degraded, down, stopped and so on.',
      read: ({ id }) => deps.healthState(id),
    },
    'services.down': {
      type: 'number',
      about: 'How many services should run and do not.',
      read: async (target, signal) => (await deps.services(target, signal)).filter(({ up }) => !up).length,
    },
    'data.changed': {
      type: 'bytes',
      about:
        'How much lies in files that changed since the last golden image, or since the restore when that was later.',
      read: (target, signal) => deps.dataChanged(target, signal),
    },
    'data.age': {
      type: 'duration',
      about: 'How long ago the data was put there: by a restore, or when it was first filled.',
      read: (target, signal) => deps.dataAge(target, signal),
    },
    'on.battery': {
      type: 'flag',
      about: 'The machine runs on its battery.',
      read: async (_target, signal) => (await deps.power(signal)).source !== 'mains',
    },
    'battery.percent': {
      type: 'number',
      about: 'Charge of the battery, 0 to 100.',
      async read(_target, signal) {
        const { batteryRatio } = await deps.power(signal);
        return batteryRatio === null ? undefined : Math.round(batteryRatio * 100);
      },
    },
    weekday: {
      type: 'text',
      about: 'The day: mon, tue, wed, thu, fri, sat or sun.',
      read: () => weekdays[(deps.clock.now().getDay() + 6) % 7],
    },
    hour: { type: 'number', about: 'The hour of the day, 0 to 23, local.', read: () => deps.clock.now().getHours() },
  });
}
