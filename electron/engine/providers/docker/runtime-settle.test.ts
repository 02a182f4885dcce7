import { expect, test } from 'vitest';
import type { Clock } from '../../platform/clock.ts';
import type { Existing } from './containers.ts';
import { settleMs, settlingFor } from './runtime-settle.ts';

const start = Date.parse('2026-03-01T10:00:00Z');

function clockAt(state: { ms: number }): Clock {
  return { now: () => new Date(start + state.ms), monotonic: () => state.ms, sleep: async () => undefined };
}

function startedAt(ms: number, restarts = 0): Existing {
  return { info: { id: 'a', startedAt: new Date(start + ms).toISOString(), restarts } } as unknown as Existing;
}

test('a container counts as up when it ran for the settling time', () => {
  const state = { ms: 1000 };
  const left = settlingFor(clockAt(state), true);
  expect(left(startedAt(1000))).toBe(settleMs);
  state.ms += settleMs - 1;
  expect(left(startedAt(1000))).toBe(1);
  state.ms += 1;
  expect(left(startedAt(1000))).toBe(0);
});

test('what it ran before we looked counts when the engine has our clock', () => {
  const state = { ms: 1000 };
  expect(settlingFor(clockAt(state), true)(startedAt(800))).toBe(settleMs - 200);
  expect(settlingFor(clockAt(state), false)(startedAt(800))).toBe(settleMs);
});

test('an engine with another clock is believed when the container is surely old', () => {
  expect(settlingFor(clockAt({ ms: 60_000 }), false)(startedAt(1000))).toBeLessThanOrEqual(0);
});

test('a start in the future is a clock that runs ahead, not an age', () => {
  expect(settlingFor(clockAt({ ms: 1000 }), true)(startedAt(5000))).toBe(settleMs);
});

test('a restart begins anew', () => {
  const state = { ms: 1000 };
  const left = settlingFor(clockAt(state), false);
  left(startedAt(1000));
  state.ms += settleMs;
  expect(left(startedAt(1000 + settleMs, 1))).toBe(settleMs);
});
