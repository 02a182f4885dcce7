import { refusingApi } from '../../electron/doors/refusing-api.ts';
import type { EngineApi } from '../../electron/engine/api.ts';
import { defaultSettings } from '../../shared/contract/settings.ts';
import { AppError } from '../../shared/errors.ts';

/** An engine's surface with known answers, to see what a door makes of them. */
export interface KnownApi {
  readonly api: EngineApi;
  /** How often a stream's generator has run its `finally`. */
  readonly ended: () => number;
  /** Signals of the calls that wait for ever. */
  readonly waiting: AbortSignal[];
}

export const knownError = new AppError({
  code: 'docker.port-taken',
  message: 'Port 5432 is taken by postgres (pid 812).',
  remedy: 'Stop it, or publish another port.',
  details: { port: 5432, holder: { pid: 812 } },
});

const hello = {
  version: '1.2.3',
  epoch: 'e1',
  startedAt: '2025-02-03T08:40:00.000Z',
  pid: 1,
  dataFolder: '/data',
  homeFolder: '/home/kim',
  desktop: { pickFolder: false, openUrl: false, windowControls: false, platform: 'linux' as const },
};

const settings = { ...defaultSettings, theme: 'dark' as const };

export function knownApi(): KnownApi {
  let ended = 0;
  const waiting: AbortSignal[] = [];
  const base = refusingApi(new AppError({ code: 'internal', message: 'not part of this test', remedy: '-' }));
  const api: EngineApi = {
    ...base,
    system: {
      hello: async () => hello,
      diagnostics: async () => {
        throw new TypeError('boom');
      },
    },
    settings: { ...base.settings, get: async () => settings, set: async (input) => ({ ...settings, ...input }) },
    desktop: { ...base.desktop, pickFolder: async () => ({ folder: '/chosen' }) },
    engines: {
      ...base.engines,
      // Does not fit the contract.
      list: async () => [{ id: 7 }] as never,
      doctor: (_input, { signal }) => {
        waiting.push(signal);
        return new Promise(() => undefined);
      },
    },
    environments: {
      ...base.environments,
      up: async () => {
        throw knownError;
      },
    },
    golden: { ...base.golden, capture: async (input) => ({ operationId: input.purpose }) },
    state: {
      watch: async (input, { signal }) =>
        (async function* () {
          try {
            const first = input.since?.seq ?? 0;
            for (let seq = first; seq < first + 2000; seq += 1) {
              yield { kind: 'changes' as const, epoch: 'e1', seq, changes: [] };
            }
            if (input.since?.epoch === 'fails') throw knownError;
            // Waits without looking at the signal: a door must end it all the same.
            if (input.since?.epoch === 'deaf') await new Promise(() => undefined);
            await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
          } finally {
            ended += 1;
          }
        })(),
    },
  };
  return { api, ended: () => ended, waiting };
}
