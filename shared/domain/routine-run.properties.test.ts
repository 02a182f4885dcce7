import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  canRetry,
  canSkip,
  newRun,
  nextTick,
  type RunEvent,
  type RunRules,
  type RunState,
  type RunStepName,
  startable,
} from './routine-run.ts';

const error = { code: 'routine.step-failed', message: 'It broke.', remedy: 'Mend it.' } as const;
const question = {
  kind: 'choice',
  text: '?',
  detail: [],
  choices: [{ id: 'yes', label: 'Yes', danger: false }],
} as const;

/** Any graph without circles: steps need only ones before them, in an order of the file that is mixed. */
const rules: fc.Arbitrary<RunRules> = fc
  .record({
    needs: fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 7 }),
    optional: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    looksOnly: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    anyway: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    times: fc.array(fc.nat(2), { minLength: 7, maxLength: 7 }),
    budgetMs: fc.integer({ min: 50, max: 5000 }),
    sequential: fc.boolean(),
    mixed: fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
  })
  .map(({ needs, optional, looksOnly, anyway, times, budgetMs, sequential, mixed }) => ({
    budgetMs,
    sequential,
    steps: needs
      .map((each, index) => ({
        id: `s${index}`,
        needs: index === 0 ? [] : [...new Set(each.map((need) => `s${need % index}`))],
        optional: optional[index] === true,
        looksOnly: looksOnly[index] === true,
        anyway: anyway[index] === true,
        retries: { times: times[index] ?? 0, pauseMs: 40 },
        place: mixed[index] ?? 0,
      }))
      .sort((one, other) => one.place - other.place),
  }));

const happening = fc.record({
  step: fc.nat(20),
  what: fc.constantFrom(
    'start',
    'start',
    'start',
    'done',
    'done',
    'skipped',
    'failed',
    'final',
    'asked',
    'answered',
    'stopped',
    'skip',
    'retry',
    'cancel',
    'tick',
    'resumed',
  ),
  after: fc.integer({ min: 0, max: 200 }),
});

function eventOf(what: string, step: string, at: number): RunEvent {
  switch (what) {
    case 'start':
      return { type: 'started', step, at };
    case 'done':
    case 'skipped':
      return { type: 'done', step, at, result: 'done', skipped: what === 'skipped' };
    case 'failed':
    case 'final':
      return { type: 'failed', step, at, error, final: what === 'final' };
    case 'asked':
      return { type: 'asked', step, at, question: { ...question, detail: [], choices: [...question.choices] } };
    case 'answered':
    case 'stopped':
    case 'skip':
    case 'retry':
      return { type: what, step, at };
    default:
      return { type: what as 'cancel' | 'tick' | 'resumed', at };
  }
}

const over: readonly RunStepName[] = ['done', 'skipped', 'failed', 'blocked', 'cancelled'];
const allowed: Readonly<Record<RunStepName, readonly RunStepName[]>> = {
  waiting: ['running', 'blocked', 'cancelled', 'skipped'],
  running: ['asking', 'done', 'skipped', 'failed', 'waiting', 'cancelled', 'blocked'],
  asking: ['running', 'done', 'skipped', 'failed', 'waiting', 'cancelled', 'blocked'],
  done: [],
  skipped: [],
  failed: ['waiting', 'skipped', 'blocked'],
  blocked: ['waiting', 'skipped', 'cancelled'],
  cancelled: ['waiting', 'skipped', 'blocked'],
};

/** What holds in every state. */
function check(all: RunRules, state: RunState, at: number): void {
  const open = Object.values(state.steps).some((step) => !over.includes(step.state));
  expect(state.phase).toBe(open ? 'running' : 'ended');
  expect(state.endedAt === null).toBe(open);
  const under = Object.values(state.steps).filter(({ state: each }) => each === 'running' || each === 'asking');
  if (all.sequential) expect(under.length).toBeLessThanOrEqual(1);
  for (const step of Object.values(state.steps)) {
    expect(step.question !== null).toBe(step.state === 'asking');
    if (step.state === 'failed') expect(step.error).not.toBeNull();
    if (step.state === 'done') expect(step.attempts).toBeGreaterThan(0);
  }
  for (const id of startable(all, state, at)) expect(state.steps[id]?.state).toBe('waiting');
  if (state.phase === 'ended') {
    expect(startable(all, state, at)).toEqual([]);
    expect(nextTick(all, state)).toBeNull();
  } else if (under.length === 0) {
    // It goes on by itself: something may start, or a time comes.
    expect(startable(all, state, at).length > 0 || nextTick(all, state) !== null).toBe(true);
  }
}

const wellOver = (all: RunRules, state: RunState, id: string): boolean => {
  const step = state.steps[id];
  return (
    step?.state === 'done' ||
    step?.state === 'skipped' ||
    (step?.state === 'failed' && all.steps.find((each) => each.id === id)?.optional === true)
  );
};

describe('any run', () => {
  it('takes only steps that there are, in any order of events', () => {
    fc.assert(
      fc.property(rules, fc.array(happening, { maxLength: 60 }), (all, happenings) => {
        let at = 1000;
        let state = newRun(all, at);
        check(all, state, at);
        for (const { step, what, after } of happenings) {
          at += after;
          const id = all.steps[step % all.steps.length]?.id ?? '';
          const before = state;
          state = advance(all, before, eventOf(what, id, at));
          check(all, state, at);
          expect(state.spentMs >= before.spentMs || what === 'retry' || what === 'skip').toBe(true);
          for (const [each, next] of Object.entries(state.steps)) {
            const was = before.steps[each]?.state as RunStepName;
            if (was === next.state) continue;
            expect(allowed[was], `${each}: ${was} → ${next.state} by ${what}`).toContain(next.state);
            if (next.state !== 'running' || was !== 'waiting') continue;
            // Nothing starts before its needs, while it runs already, or after the end.
            const { needs, anyway } = all.steps.find((rule) => rule.id === each) as RunRules['steps'][number];
            const isOver = (need: string): boolean =>
              anyway ? over.includes(before.steps[need]?.state as RunStepName) : wellOver(all, before, need);
            expect(needs.every(isOver)).toBe(true);
            expect(before.cancelled || before.budgetUsed || before.phase === 'ended').toBe(false);
          }
        }
      }),
      { numRuns: 600 },
    );
  });

  it('ends, when what is started ends and what is asked is answered', () => {
    const endings = fc.array(fc.constantFrom('done', 'skipped', 'failed', 'final', 'ask'), {
      minLength: 200,
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        rules,
        endings,
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 200, maxLength: 200 }),
        (all, ends, waits) => {
          let at = 0;
          let state = newRun(all, at);
          let turn = 0;
          for (; state.phase === 'running' && turn < 200; turn += 1) {
            const [first] = startable(all, state, at);
            if (first !== undefined) {
              state = advance(all, state, eventOf('start', first, at));
              continue;
            }
            at += waits[turn] ?? 1;
            const asking = Object.entries(state.steps).find(([, step]) => step.state === 'asking');
            const running = Object.entries(state.steps).find(([, step]) => step.state === 'running');
            const end = ends[turn] ?? 'done';
            if (asking !== undefined) state = advance(all, state, eventOf('answered', asking[0], at));
            else if (running === undefined) {
              at = Math.max(at, nextTick(all, state) ?? at);
              state = advance(all, state, { type: 'tick', at });
            } else state = advance(all, state, eventOf(end === 'ask' ? 'asked' : end, running[0], at));
          }
          expect(state.phase).toBe('ended');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('can be gone on with after its end until nothing is left', () => {
    fc.assert(
      fc.property(rules, fc.array(fc.boolean(), { minLength: 100, maxLength: 100 }), (all, coins) => {
        let at = 0;
        let state = newRun(all, at);
        // Everything fails first; then each is retried or skipped until all is well.
        for (let turn = 0; turn < 400; turn += 1) {
          at += 60;
          const [first] = startable(all, state, at);
          if (first !== undefined) {
            state = advance(all, state, eventOf('start', first, at));
            const well = coins[turn % 100] === true;
            state = advance(all, state, eventOf(well ? 'done' : 'final', first, at));
            continue;
          }
          if (state.phase === 'running') {
            state = advance(all, state, { type: 'tick', at });
            continue;
          }
          const retry = Object.entries(state.steps).find(([, step]) => canRetry(step));
          const skip = Object.entries(state.steps).find(([, step]) => canSkip(step));
          if (retry === undefined && skip === undefined) break;
          if (retry !== undefined && coins[(turn * 7) % 100] === true)
            state = advance(all, state, eventOf('retry', retry[0], at));
          else state = advance(all, state, eventOf('skip', (retry ?? skip)?.[0] ?? '', at));
        }
        expect(Object.values(state.steps).every((step) => step.state === 'done' || step.state === 'skipped')).toBe(
          true,
        );
      }),
      { numRuns: 200 },
    );
  });
});
