import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultRecoveryRules,
  initialRecovery,
  type RecoveryDecision,
  type RecoverySituation,
  type RecoveryState,
  recoveryStep,
} from './recovery.ts';

const start = Date.UTC(2026, 1, 4, 8);
const down: RecoverySituation = {
  at: start,
  policy: 'restart',
  health: 'down',
  since: start,
  cause: { kind: 'exit', service: 'db', at: start, detail: null, exitCode: 1 },
  inhibited: false,
  engineRestarts: false,
  operationRunning: false,
  shellOpen: false,
  manualActionAt: null,
  canRestore: true,
};

/** Asks every second; returns what was done and when, in seconds from the start. */
function ask(
  seconds: number,
  situation: (second: number) => Partial<RecoverySituation>,
  from: RecoveryState = initialRecovery,
): { readonly done: readonly [number, RecoveryDecision['action']][]; readonly state: RecoveryState } {
  let state = from;
  const done: [number, RecoveryDecision['action']][] = [];
  for (let second = 0; second <= seconds; second++) {
    const result = recoveryStep(state, { ...down, at: start + second * 1000, ...situation(second) });
    state = result.state;
    if (result.decision.action !== 'none') done.push([second, result.decision.action]);
  }
  return { done, state };
}

describe('recovery', () => {
  it('restarts with growing pauses, gives up once, and tries once more after half an hour', () => {
    const { done } = ask(3_600, () => ({}));
    expect(done).toEqual([
      [10, 'restart'],
      [30, 'restart'],
      [70, 'restart'],
      [150, 'restart'],
      [310, 'restart'],
      [610, 'give-up'],
      [2_410, 'restart'],
      [2_710, 'give-up'],
    ]);
  });

  it('begins anew after ten healthy minutes', () => {
    const { done, state } = ask(700, (second) => (second > 40 ? { health: 'healthy' } : {}));
    expect(done.map(([second]) => second)).toEqual([10, 30]);
    expect(state).toMatchObject({ streak: 0, breaker: 'closed' });
  });

  it('keeps its hands off what the user or an operation is working on, and what would not help', () => {
    const off: readonly Partial<RecoverySituation>[] = [
      { policy: 'notify' },
      { operationRunning: true },
      { shellOpen: true },
      { inhibited: true },
      { engineRestarts: true },
      { manualActionAt: start },
      { health: 'degraded' },
      { health: 'recovering' },
      { cause: { kind: 'disk-full', service: null, at: start, detail: null, path: '/', freeBytes: 0 } },
    ];
    for (const change of off) expect(ask(590, () => change).done, JSON.stringify(change)).toEqual([]);
  });

  it('closes the circuit when the user restarts by hand', () => {
    const { state } = ask(620, () => ({}));
    expect(state.breaker).toBe('open');
    const byHand = start + 700_000;
    const later = ask(1_400, (second) => ({ manualActionAt: second < 700 ? null : byHand }), state);
    expect(later.done[0]).toEqual([1_300, 'restart']);
  });

  it('restores once a day, only what data may have broken, and only with an image', () => {
    expect(ask(7_200, () => ({ policy: 'restore' })).done).toEqual([[60, 'restore']]);
    expect(ask(600, () => ({ policy: 'restore', canRestore: false })).done).toEqual([]);
    const cause = { kind: 'oom' as const, service: 'db', at: start, detail: null, limitBytes: null };
    expect(ask(600, () => ({ policy: 'restore', cause })).done).toEqual([]);
  });

  it('never restarts oftener than the circuit allows, whatever happens and whatever the clock does', () => {
    const situations = fc.array(
      fc.record({
        after: fc.oneof(fc.integer({ min: 0, max: 400_000 }), fc.constantFrom(-1e9, -60_000, 1e9)),
        health: fc.constantFrom('down', 'down', 'down', 'healthy', 'flapping', 'starting', 'recovering'),
        manual: fc.constantFrom(null, 0, -1e6),
        shellOpen: fc.boolean(),
        policy: fc.constantFrom('restart', 'restart', 'restore', 'notify'),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(situations, (story) => {
        let state = initialRecovery;
        let at = start;
        let since = start;
        let restarts: number[] = [];
        for (const { after, manual, ...rest } of story) {
          at += after;
          if (rest.health !== 'down') since = at;
          since = Math.min(since, at);
          const manualActionAt = manual === null ? null : at + manual;
          const situation = { ...down, ...rest, at, since, manualActionAt } as RecoverySituation;
          const { state: next, decision } = recoveryStep(state, situation);
          expect(recoveryStep(state, situation)).toEqual({ state: next, decision });
          state = next;
          expect(state.restarts.length).toBeLessThanOrEqual(32);
          // The user's hand, and a clock that was set back, begin a new count.
          if (manual !== null || after < 0) restarts = [];
          if (decision.action === 'restart') {
            expect(rest.shellOpen).toBe(false);
            expect(rest.policy).toBe('restart');
            restarts = [...restarts, at].filter((time) => at - time < defaultRecoveryRules.breakerWindowMs);
            expect(restarts.length).toBeLessThanOrEqual(defaultRecoveryRules.breakerRestarts + 1);
          }
          if (decision.action === 'none' && decision.until !== null) expect(decision.until).toBeGreaterThan(at);
        }
      }),
    );
  });
});
