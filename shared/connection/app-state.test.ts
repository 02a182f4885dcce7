import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environment } from '../../renderer/dev/sample-data.ts';
import { defaultSettings } from '../contract/settings.ts';
import type { AppState, StateEvent } from '../contract/streams.ts';
import { applyEvent, type Known } from './app-state.ts';

const empty: AppState = {
  engines: [],
  environments: [],
  discovered: [],
  operations: [],
  images: [],
  store: null,
  watch: { incidents: [], notices: [], pausedUntil: {}, snoozes: [], tellWhenHealthy: [] },
  routineRuns: [],
  settings: defaultSettings,
};
const known = (seq: number, epoch = 'e1'): Known => ({ epoch, seq, state: empty });
const hours = (undoHours: number) => ({ type: 'settings', value: { ...empty.settings, undoHours } }) as const;
const changes = (seq: number, ...list: (ReturnType<typeof hours> | { type: 'environment.removed'; id: string })[]) =>
  ({ kind: 'changes', epoch: 'e1', seq, changes: list }) satisfies StateEvent;

describe('the state stream', () => {
  it('takes a snapshot whatever was known', () => {
    const event: StateEvent = { kind: 'snapshot', epoch: 'e2', seq: 7, state: empty };
    expect(applyEvent(known(99), event)).toEqual({ ok: true, known: { epoch: 'e2', seq: 7, state: empty } });
  });

  it('takes a batch whose changes replaced each other for what it is', () => {
    const event: StateEvent = { kind: 'changes', epoch: 'e1', from: 3, seq: 9, changes: [hours(40)] };
    const after = applyEvent(known(3), event);
    expect(after.ok && [after.known.seq, after.known.state.settings.undoHours]).toEqual([9, 40]);
    expect(applyEvent(known(2), event).ok).toBe(false);
    expect(applyEvent(known(9), event)).toEqual({ ok: true, known: known(9) });
  });

  it('refuses changes before a snapshot, of another life, and after a gap', () => {
    expect(applyEvent(null, changes(1, hours(30))).ok).toBe(false);
    expect(applyEvent(known(0, 'e0'), changes(1, hours(30))).ok).toBe(false);
    expect(applyEvent(known(3), changes(5, hours(30))).ok).toBe(false);
  });

  it('skips what it has had', () => {
    const before = known(5);
    expect(applyEvent(before, changes(5, hours(30), hours(31)))).toEqual({ ok: true, known: before });
    const after = applyEvent(before, changes(6, hours(30), hours(31)));
    expect(after.ok && [after.known.seq, after.known.state.settings.undoHours]).toEqual([6, 31]);
  });

  it('ends in the same state however the changes are cut into batches, with repetitions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 24, max: 99 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 30 }),
        (values, cuts) => {
          let state = known(0);
          for (const [back, length] of cuts) {
            const first = Math.max(1, state.seq + 1 - back);
            const last = Math.min(values.length, first + length);
            if (last < first) continue;
            const applied = applyEvent(state, changes(last, ...values.slice(first - 1, last).map(hours)));
            if (!applied.ok) return false;
            state = applied.known;
          }
          return state.seq === 0 || state.state.settings.undoHours === values[state.seq - 1];
        },
      ),
    );
  });

  it('replaces an environment in its place, so that lists do not jump', () => {
    const list = ['a/main', 'b/main', 'c/main'].map((id) => environment(id));
    const start: Known = { epoch: 'e1', seq: 0, state: { ...empty, environments: list } };
    const value = environment('b/main', { state: 'stopped' });
    const after = applyEvent(start, {
      kind: 'changes',
      epoch: 'e1',
      seq: 2,
      changes: [
        { type: 'environment', value },
        { type: 'environment.removed', id: 'c/main' },
      ],
    });
    expect(after.ok && after.known.state.environments.map((one) => [one.id, one.state])).toEqual([
      ['a/main', 'running'],
      ['b/main', 'stopped'],
    ]);
  });
});
