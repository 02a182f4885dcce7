import type { FactNames } from '../../../shared/domain/condition-types.ts';
import { weekdays } from '../../../shared/domain/routine-file.ts';
import type { Clock } from '../platform/clock.ts';
import type { PowerReading } from '../platform/power.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Facts } from './step-types.ts';

type Value = number | string | boolean | undefined;
type Read = (target: EnvironmentTarget, signal: AbortSignal) => Value | Promise<Value>;
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

/** What conditions may ask for without any other part. */
export const ownFactNames = {
  'engine.ready': { type: 'flag', about: 'Docker answers.' },
  'health.state': {
    type: 'text',
    about: 'The health of the environment: healthy, degraded, down, stopped and so on.',
  },
  'services.down': { type: 'number', about: 'How many services should run and do not.' },
  'data.changed': {
    type: 'bytes',
    about: 'How much lies in files that changed since the last golden image, or since the restore when that was later.',
    words: '{} of data changed',
  },
  'data.age': {
    type: 'duration',
    about: 'How long ago the data was put there: by a restore, or when it was first filled.',
    words: 'the data is {} old',
  },
  'on.battery': { type: 'flag', about: 'The machine runs on its battery.' },
  'battery.percent': { type: 'number', about: 'Charge of the battery, 0 to 100.' },
  weekday: { type: 'text', about: 'The day: mon, tue, wed, thu, fri, sat or sun.' },
  hour: { type: 'number', about: 'The hour of the day, 0 to 23, local.' },
} as const satisfies FactNames;

export function ownFacts(deps: OwnFactDeps): Facts {
  const reads: Readonly<Record<keyof typeof ownFactNames, Read>> = {
    'engine.ready': () => deps.engineReady(),
    'health.state': ({ id }) => deps.healthState(id),
    'services.down': async (target, signal) => (await deps.services(target, signal)).filter(({ up }) => !up).length,
    'data.changed': deps.dataChanged,
    'data.age': deps.dataAge,
    'on.battery': async (_target, signal) => (await deps.power(signal)).source !== 'mains',
    async 'battery.percent'(_target, signal) {
      const { batteryRatio } = await deps.power(signal);
      return batteryRatio === null ? undefined : Math.round(batteryRatio * 100);
    },
    weekday: () => weekdays[(deps.clock.now().getDay() + 6) % 7],
    hour: () => deps.clock.now().getHours(),
  };
  return {
    names: ownFactNames,
    read: async (name, target, signal) =>
      Object.hasOwn(reads, name) ? reads[name as keyof typeof reads](target, signal) : undefined,
  };
}
