import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HealthState } from './health.ts';
import { initial, step } from './health-machine.ts';
import { defaultHealthRules, type HealthRules, healthRulesSchema } from './health-rules.ts';
import { mayBecome } from './health-transitions.ts';
import type { HealthEffect, HealthEvent, ServiceHealth } from './health-types.ts';
import { maxOutcomes } from './health-window.ts';

const start = Date.UTC(2026, 1, 4, 8, 0);

const time = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -20_000, max: 400_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1e10, 1e10, Number.NaN, -3_600_000, 86_400_000) },
);
const containerEvents = fc.oneof(
  fc.record({
    kind: fc.constant('container' as const),
    action: fc.constantFrom('start', 'restart', 'oom', 'pause', 'unpause', 'stop', 'destroy'),
  }),
  fc.record({
    kind: fc.constant('container' as const),
    action: fc.constant('kill'),
    signal: fc.constantFrom('9', '15', '1'),
  }),
  fc.record({
    kind: fc.constant('container' as const),
    action: fc.constant('die'),
    exitCode: fc.constantFrom(0, 1, 137, 143, null),
    oomKilled: fc.boolean(),
    willRestart: fc.boolean(),
    runsOnce: fc.boolean(),
    limitBytes: fc.constant(null),
    detail: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('container' as const),
    action: fc.constant('health_status'),
    status: fc.constantFrom('starting', 'healthy', 'unhealthy'),
    detail: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('observed' as const),
    container: fc.constantFrom('running', 'restarting', 'paused', 'stopped', 'failed', 'absent'),
    startedAt: fc.constantFrom(null, start, start + 1e6),
    healthcheck: fc.constantFrom(null, 'starting', 'healthy', 'unhealthy'),
    cause: fc.constant(null),
  }),
);
const ownEvents = fc.oneof(
  fc.record({ kind: fc.constant('engine'), action: fc.constantFrom('lost', 'back') }),
  fc.record({ kind: fc.constant('operation'), action: fc.constantFrom('began', 'ended') }),
  fc.record({ kind: fc.constant('pause-watching'), until: fc.constantFrom(null, start + 5e5, start + 1e12) }),
  fc.record({ kind: fc.constant('gap'), reason: fc.constantFrom('sleep', 'clock') }),
  fc.record({ kind: fc.constantFrom('verify', 'tick') }),
);
const probeEvents = fc.record({
  kind: fc.constant('probe' as const),
  probe: fc.constantFrom('liveness', 'liveness', 'readiness', 'startup'),
  ok: fc.boolean(),
  latencyMs: fc.constantFrom(null, 1, 50, 3_000),
  detail: fc.constant(null),
  took: fc.integer({ min: 0, max: 3_000 }),
  stale: fc.boolean(),
});
const inputs = fc.array(
  fc.record({
    after: time,
    random: fc.double({ min: 0, max: 1, noNaN: true }),
    event: fc.oneof(
      { weight: 8, arbitrary: probeEvents as fc.Arbitrary<object> },
      { weight: 3, arbitrary: containerEvents as fc.Arbitrary<object> },
      { weight: 1, arbitrary: ownEvents as fc.Arbitrary<object> },
    ),
  }),
  { maxLength: 120 },
);
type Input = typeof inputs extends fc.Arbitrary<infer T> ? T : never;

function replay(
  input: Input,
  rules: HealthRules,
  see: (before: ServiceHealth, after: ServiceHealth, effects: readonly HealthEffect[]) => void,
): ServiceHealth {
  let state = initial(rules, start);
  let now = start;
  for (const { after, random, event } of input) {
    now = Number.isFinite(after) ? now + after : now;
    const at = Number.isFinite(after) ? now : after;
    const { took, stale, ...rest } = event as { took?: number; stale?: boolean };
    const full = {
      ...rest,
      at,
      ...(took === undefined ? {} : { startedAt: at - took, epoch: stale === true ? state.epoch - 1 : state.epoch }),
    } as unknown as HealthEvent;
    const result = step(state, full, rules, random);
    see(state, result.state, result.effects);
    state = result.state;
  }
  return state;
}

const someRules = fc.constantFrom(
  defaultHealthRules,
  healthRulesSchema.parse({ startupProbe: true, latency: { thresholdMs: 100 } }),
  healthRulesSchema.parse({ downAfter: 1, healthyAfter: 1, startPeriodMs: 0, graceMs: 0, flapping: { downs: 2 } }),
);

describe('the state machine, whatever happens', () => {
  it('makes no change that is not in the table, and tells of every one', () => {
    fc.assert(
      fc.property(inputs, someRules, (input, rules) => {
        replay(input, rules, (before, after, effects) => {
          let state: HealthState = before.state;
          for (const effect of effects)
            if (effect.kind === 'transition') {
              expect(effect.from).toBe(state);
              expect(mayBecome(effect.from, effect.to), `${effect.from} → ${effect.to}`).toBe(true);
              expect(effect.evidenceAt).toBeLessThanOrEqual(effect.at);
              state = effect.to;
            }
          expect(after.state).toBe(state);
        });
      }),
      { numRuns: 1_500 },
    );
  });

  it('only ever counts up, and keeps what it holds small', () => {
    fc.assert(
      fc.property(inputs, someRules, (input, rules) => {
        replay(input, rules, (before, after) => {
          for (const name of Object.keys(before.counters) as (keyof ServiceHealth['counters'])[])
            expect(after.counters[name]).toBeGreaterThanOrEqual(before.counters[name]);
          expect(after.counters.failures).toBeLessThanOrEqual(after.counters.probes);
          expect(after.epoch).toBeGreaterThanOrEqual(before.epoch);
          expect(after.outcomes.length).toBeLessThanOrEqual(maxOutcomes);
          expect(after.downAt.length).toBeLessThanOrEqual(16);
          expect(after.operations).toBeGreaterThanOrEqual(0);
          expect(JSON.stringify(after).length).toBeLessThan(40_000);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same when the same happens again, also from a state that was stored', () => {
    fc.assert(
      fc.property(inputs, someRules, (input, rules) => {
        const first = replay(input, rules, () => {});
        expect(replay(input, rules, () => {})).toEqual(first);
        const stored = JSON.parse(JSON.stringify(first)) as ServiceHealth;
        const event: HealthEvent = { kind: 'tick', at: first.at + 1_000 };
        expect(step(stored, event, rules)).toEqual(step(first, event, rules));
      }),
      { numRuns: 200 },
    );
  });

  it('asks for the next probe neither in the past nor too late', () => {
    fc.assert(
      fc.property(inputs, someRules, (input, rules) => {
        replay(input, rules, (_before, after, effects) => {
          if (after.nextProbeAt === null) {
            const excused =
              ['stopped', 'paused', 'unreachable'].includes(after.state) || after.watchPausedUntil !== null;
            expect(excused, after.state).toBe(true);
          } else if (effects.length > 0) {
            expect(after.nextProbeAt).toBeLessThanOrEqual(after.at + rules.intervalMs * (1 + rules.jitter) + 1);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is never down without evidence: successes alone, at whatever times, end healthy', () => {
    fc.assert(
      fc.property(fc.array(time, { minLength: 3, maxLength: 60 }), (times) => {
        const seen = new Set<HealthState>();
        replay(
          times.map((after) => ({
            after,
            random: 0.5,
            event: { kind: 'probe', probe: 'liveness', ok: true, latencyMs: 2, detail: null, took: 2, stale: false },
          })),
          defaultHealthRules,
          (_before, after) => seen.add(after.state),
        );
        expect([...seen].filter((state) => state !== 'unknown' && state !== 'healthy')).toEqual([]);
      }),
    );
  });
});
