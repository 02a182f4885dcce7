import { expect, it } from 'vitest';
import { newRun, type RunState, type StepState } from './routine-run.ts';
import { type VerdictStep, verdictOf } from './routine-verdict.ts';

const words = { well: 'Ready', not: 'Not ready' };
const step = (id: string, more: Partial<VerdictStep> = {}): VerdictStep => ({
  id,
  title: `Step ${id}`,
  optional: false,
  reasons: [],
  headline: null,
  leads: false,
  ...more,
});

function state(steps: Readonly<Record<string, Partial<StepState>>>, more: Partial<RunState> = {}): RunState {
  const rules = {
    budgetMs: 1,
    sequential: false,
    steps: Object.keys(steps).map((id) => ({
      id,
      needs: [],
      optional: false,
      looksOnly: false,
      anyway: false,
      retries: { times: 0, pauseMs: 0 },
    })),
  };
  const run = newRun(rules, 0);
  return {
    ...run,
    ...more,
    steps: Object.fromEntries(
      Object.entries(steps).map(([id, each]) => [id, { ...(run.steps[id] as StepState), ...each }]),
    ),
  };
}
const error = { code: 'routine.step-failed', message: 'It broke.', remedy: 'Mend it.' } as const;
const remark = {
  kind: 'remark',
  step: 'b',
  title: '2 new migrations',
  detail: null,
  remedy: null,
  service: null,
} as const;
const blocker = { ...remark, kind: 'blocker', title: 'db is not ready', service: 'db' } as const;

it('says what works first, and each thing once', () => {
  const steps = [
    step('a', { headline: '3 commits behind main' }),
    step('b', { headline: '3 commits behind main' }),
    step('c', { headline: '7 of 7 services healthy', leads: true }),
    step('d', { headline: 'never said' }),
  ];
  const run = state({ a: { state: 'done' }, b: { state: 'done' }, c: { state: 'done' }, d: { state: 'skipped' } });
  expect(verdictOf(steps, run, words)).toEqual({
    kind: 'ready',
    sentence: 'Ready – 7 of 7 services healthy, 3 commits behind main',
    reasons: [],
  });
  expect(verdictOf([step('a')], state({ a: { state: 'done' } }), words).sentence).toBe('Ready');
});

it('has remarks that keep nobody from working', () => {
  const run = state({
    a: { state: 'failed', error },
    b: { state: 'done' },
    c: { state: 'skipped', skippedBy: 'user' },
  });
  const steps = [step('a', { optional: true }), step('b', { reasons: [remark] }), step('c')];
  const verdict = verdictOf(steps, run, words);
  expect(verdict).toMatchObject({ kind: 'remarks', sentence: 'Ready – 3 remarks' });
  expect(verdict.reasons.map(({ kind, title, detail }) => [kind, title, detail])).toEqual([
    ['remark', 'Step a failed', 'It broke.'],
    ['remark', '2 new migrations', null],
    ['remark', 'Step c was skipped', null],
  ]);
});

it('names what keeps from working, blockers first', () => {
  const run = state({ a: { state: 'done' }, b: { state: 'failed', error }, c: { state: 'blocked' } });
  const steps = [step('a', { reasons: [remark] }), step('b', { reasons: [blocker] }), step('c')];
  const verdict = verdictOf(steps, run, words);
  expect(verdict).toMatchObject({ kind: 'not-ready', sentence: 'Not ready – db is not ready' });
  // What the step found says more than that it failed.
  expect(verdict.reasons.map(({ title }) => title)).toEqual(['db is not ready', '2 new migrations']);
  const used = verdictOf(
    [step('a'), step('c')],
    state({ a: { state: 'done' }, c: { state: 'blocked' } }, { budgetUsed: true }),
    words,
  );
  expect(used).toMatchObject({ kind: 'not-ready', sentence: 'Not ready – the time budget was used up' });
  expect(used.reasons[0]).toMatchObject({ step: null, detail: '1 step was not started.' });
});

it('is no verdict on what was cancelled', () => {
  const run = state({ a: { state: 'done' }, b: { state: 'cancelled' } }, { cancelled: true });
  expect(verdictOf([step('a'), step('b')], run, words)).toMatchObject({
    kind: 'cancelled',
    sentence: 'Cancelled – 1 of 2 steps done',
  });
});
