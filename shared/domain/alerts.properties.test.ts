import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentOf } from '../../test/support/incident.ts';
import {
  type AlertEvent,
  type AlertSettings,
  type AlertState,
  defaultAlertSettings,
  type Notice,
} from './alert-types.ts';
import { alertStep, initialAlerts } from './alerts.ts';
import type { Incident } from './incident-types.ts';

const beginning = Date.UTC(2026, 1, 4, 11);

const incident = (service: string, from: number, change: Partial<Incident>): Incident =>
  incidentOf(service, from, {
    cause: { kind: 'probe', service, at: from, detail: 'connection refused', probe: 'liveness' },
    certain: false,
    ...change,
  });

const services = ['db', 'api', 'web'] as const;
const event = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('incidents' as const),
      environment: fc.constantFrom('shop/main', 'blog/main', null),
      service: fc.constantFrom(...services),
      state: fc.constantFrom('down', 'degraded', 'flapping', 'recovering', 'healthy', 'stopped', 'unreachable'),
      certain: fc.boolean(),
      inhibited: fc.boolean(),
      upstreamUnsure: fc.boolean(),
      critical: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      again: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('gap' as const) }),
  fc.record({ kind: fc.constant('tick' as const) }),
  fc.record({
    kind: fc.constant('operation' as const),
    environment: fc.constant('shop/main'),
    action: fc.constantFrom('began', 'ended'),
  }),
  fc.record({
    kind: fc.constant('snooze' as const),
    environment: fc.constant('shop/main'),
    service: fc.constantFrom(null, 'db'),
    forMs: fc.constantFrom(null, 60_000, 3_600_000),
  }),
  fc.record({
    kind: fc.constant('tell-when-healthy' as const),
    environment: fc.constant('shop/main'),
    service: fc.constantFrom(...services),
    wanted: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('recovery' as const),
    environment: fc.constant('shop/main'),
    service: fc.constantFrom(...services),
    text: fc.constant('Restarted db'),
  }),
  fc.record({ kind: fc.constant('forget' as const), environment: fc.constant('blog/main') }),
);
const forwards = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 2_000_000 }));
const anyTime = fc.oneof(forwards, fc.constantFrom(-1e9, -5_000, 1e9, -500));
const settingsOf = fc.constantFrom(defaultAlertSettings, {
  ...defaultAlertSettings,
  quietHours: { fromMinute: 22 * 60, toMinute: 7 * 60 },
  maxPerHour: 2,
  holdMs: 0,
});

/** Makes well-formed events of the raw ones: an incident goes on with its id until it has closed for good. */
function wellFormed(raw: readonly { readonly after: number; readonly event: unknown }[]): AlertEvent[] {
  const open = new Map<string, Incident>();
  let now = beginning;
  return raw.map(({ after, event: each }) => {
    now += after;
    const input = each as Record<string, unknown> & { kind: AlertEvent['kind'] };
    if (input.kind === 'snooze') {
      const { forMs, ...rest } = input;
      return { ...rest, at: now, until: forMs === null ? null : now + Number(forMs) } as unknown as AlertEvent;
    }
    if (input.kind !== 'incidents') return { ...input, at: now } as unknown as AlertEvent;
    const name = `${input['environment']}/${input['service']}`;
    const before =
      open.get(name) ??
      incident(String(input['service']), now, {
        environment: input['environment'] as string | null,
        id: `${name}@${now}`,
      });
    const state = input['state'] as Incident['state'];
    const closed = state === 'healthy' || state === 'stopped';
    const cause: Incident['cause'] =
      input['critical'] === true ? { kind: 'data-loss', service: before.service, at: now, detail: null } : before.cause;
    const next: Incident = {
      ...before,
      state,
      cause,
      to: closed ? now : null,
      evidenceAt: now,
      certain: input['certain'] === true,
      inhibitedBy: input['inhibited'] === true && !closed ? 'other' : null,
      downs: before.downs + (state === 'down' ? 1 : 0),
    };
    if (closed && input['again'] !== true) open.delete(name);
    else open.set(name, next);
    return {
      kind: 'incidents',
      at: now,
      changes: [{ incident: next, upstreamUnsure: input['upstreamUnsure'] === true }],
    };
  });
}

const stories = (time: fc.Arbitrary<number>) =>
  fc.array(fc.record({ after: time, event }), { maxLength: 150 }).map(wellFormed);

/** Plays a story, waking the desk whenever it asked for it. */
function play(
  events: readonly AlertEvent[],
  settings: AlertSettings,
  wake: boolean,
  see: (state: AlertState) => void = () => {},
) {
  let state = initialAlerts(beginning);
  const log: { readonly at: number; readonly notice: Notice | null; readonly withdrawn: string | null }[] = [];
  const send = (each: AlertEvent): void => {
    const result = alertStep(state, each, settings, 60);
    state = result.state;
    for (const id of result.withdrawals) log.push({ at: each.at, notice: null, withdrawn: id });
    for (const notice of result.notices) log.push({ at: each.at, notice, withdrawn: null });
    see(state);
  };
  for (const each of events) {
    for (let turn = 0; wake && state.wakeAt !== null && state.wakeAt < each.at; turn++) {
      expect(turn).toBeLessThan(2_000);
      send({ kind: 'tick', at: state.wakeAt });
    }
    send(each);
  }
  return { state, log };
}

describe('notices, whatever happens', () => {
  it('are no storm: a bounded number in every hour, silent ones too', () => {
    fc.assert(
      fc.property(stories(forwards), settingsOf, (events, settings) => {
        const { log } = play(events, settings, true);
        const times = new Map<string, number[]>();
        for (const { notice } of log)
          if (notice !== null && notice.reason !== 'morning-summary') {
            const key = `${notice.environment} ${notice.silent ? 'silent' : 'sounds'}`;
            times.set(key, [...(times.get(key) ?? []), notice.at]);
          }
        for (const [key, list] of times) {
          const most = key.endsWith('silent') ? settings.maxSilentPerHour : 2 * settings.maxPerHour;
          for (const from of list)
            expect(list.filter((time) => time >= from && time < from + 3_600_000).length, key).toBeLessThanOrEqual(
              most,
            );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('are at most one per environment at a time, and never about what another service explains', () => {
    fc.assert(
      fc.property(stories(anyTime), settingsOf, (events, settings) => {
        const live = new Map<string, string>();
        const { log, state } = play(events, settings, true);
        for (const { notice, withdrawn } of log) {
          if (withdrawn !== null) for (const [key, id] of live) if (id === withdrawn) live.delete(key);
          if (notice === null || !['incident', 'repeat'].includes(notice.reason)) continue;
          const key = notice.environment ?? '';
          if (notice.silent) expect(live.get(key)).toBe(notice.id);
          else expect(live.get(key)).toBeUndefined();
          live.set(key, notice.id);
        }
        for (const [key, environment] of Object.entries(state.environments))
          expect(live.get(key)).toBe(environment.live?.id);
      }),
      { numRuns: 400 },
    );
    fc.assert(
      fc.property(stories(forwards), settingsOf, (events, settings) => {
        const inhibited = events.map((each) =>
          each.kind === 'incidents'
            ? {
                ...each,
                changes: each.changes.map((news) =>
                  news.incident.to === null ? { ...news, incident: { ...news.incident, inhibitedBy: 'other' } } : news,
                ),
              }
            : each,
        );
        for (const { notice } of play(inhibited, settings, true).log)
          expect(notice === null || ['healthy-again', 'recovery', 'morning-summary'].includes(notice.reason)).toBe(
            true,
          );
      }),
    );
  });

  it('come to the same again, from stored state too, and stay small', () => {
    fc.assert(
      fc.property(stories(anyTime), settingsOf, (events, settings) => {
        const half = events.length >> 1;
        const whole = play(events, settings, false, (state) => {
          expect(JSON.stringify(state).length).toBeLessThan(400_000);
          for (const each of Object.values(state.environments)) expect(each.tracked.length).toBeLessThanOrEqual(300);
        });
        let state = initialAlerts(beginning);
        const notices: Notice[] = [];
        events.forEach((each, index) => {
          if (index === half) state = JSON.parse(JSON.stringify(state)) as AlertState;
          const result = alertStep(state, each, settings, 60);
          state = result.state;
          notices.push(...result.notices);
        });
        expect(state).toEqual(whole.state);
        expect(notices).toEqual(whole.log.flatMap(({ notice }) => notice ?? []));
      }),
      { numRuns: 200 },
    );
  });

  it('lose nothing by being woken only when asked for', () => {
    fc.assert(
      fc.property(stories(fc.integer({ min: 0, max: 50_000 })), settingsOf, (events, settings) => {
        const calm = play(events, settings, true);
        const busy = play(
          events.flatMap((each, index) => {
            const next = events[index + 1];
            const ticks: AlertEvent[] = [];
            for (let time = each.at + 1_000; next !== undefined && time < next.at; time += 1_000)
              ticks.push({ kind: 'tick', at: time });
            return [each, ...ticks];
          }),
          settings,
          true,
        );
        const told = (log: typeof calm.log): unknown =>
          log.flatMap(({ notice }) => (notice === null ? [] : [[notice.at, notice.title, notice.silent]]));
        expect(told(busy.log)).toEqual(told(calm.log));
      }),
      { numRuns: 60 },
    );
  });
});
