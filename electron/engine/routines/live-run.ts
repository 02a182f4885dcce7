import { newRun, type RunRules, rulesOf } from '../../../shared/domain/routine-run.ts';
import { reasonsOf, type VerdictStep, verdictOf } from '../../../shared/domain/routine-verdict.ts';
import { freshRecord, type RunBody, type StepBody, type StoredRun } from './run-store.ts';
import type { RunPicture } from './run-view.ts';
import type { LiveRun, StartRun } from './runner-types.ts';

/** How long a routine and its steps usually take, ms; null: not known yet. */
export interface DurationBook {
  usual(environmentId: string, routine: string): LiveRun['usual'];
}

const rulesFor = (body: Pick<RunBody, 'budgetMs' | 'plan' | 'sequential'>): RunRules =>
  rulesOf({ budgetMs: body.budgetMs, steps: body.plan }, body.sequential, (step) => {
    const { looksOnly, anyway } = body.plan.find(({ id }) => id === step.id) ?? { looksOnly: false, anyway: false };
    return { looksOnly, anyway };
  });

export function createLiveRun(id: string, wish: StartRun, at: number, durations: DurationBook): LiveRun {
  const rules = rulesFor({ ...wish, plan: [...wish.plan] });
  const run = newRun(rules, at);
  const { steps: _, ...state } = run;
  return {
    id,
    environmentId: wish.environmentId,
    routine: wish.routine,
    body: {
      title: wish.title,
      trigger: wish.trigger,
      sequential: wish.sequential,
      budgetMs: wish.budgetMs,
      plan: [...wish.plan],
      resumed: false,
      verdict: null,
      state,
    },
    rules,
    state: run,
    records: new Map(),
    tasks: new Map(),
    usual: durations.usual(wish.environmentId, wish.routine),
    timer: null,
    verdict: null,
    reasons: [],
    waiters: new Set(),
  };
}

export function restoreLiveRun(stored: StoredRun, durations: DurationBook): LiveRun {
  const { body } = stored;
  const steps = Object.fromEntries([...stored.steps].map(([id, { record: _, ...state }]) => [id, state] as const));
  const run: LiveRun = {
    id: stored.id,
    environmentId: stored.environmentId,
    routine: stored.routine,
    body,
    rules: rulesFor(body),
    state: { ...body.state, steps },
    records: new Map([...stored.steps].map(([id, { record }]) => [id, record])),
    tasks: new Map(),
    usual: durations.usual(stored.environmentId, stored.routine),
    timer: null,
    verdict: body.verdict,
    reasons: [],
    waiters: new Set(),
  };
  run.reasons = reasonsOf(verdictSteps(run), run.state);
  return run;
}

/** What is on disk of these steps. */
export function stepBodies(run: LiveRun, ids: Iterable<string>): ReadonlyMap<string, StepBody> {
  return new Map(
    [...ids].flatMap((id) => {
      const state = run.state.steps[id];
      return state === undefined ? [] : [[id, { ...state, record: run.records.get(id) ?? freshRecord }] as const];
    }),
  );
}

function verdictSteps(run: LiveRun): VerdictStep[] {
  return run.body.plan.map(({ id, uses, title, optional }) => {
    const { reasons, headline } = run.records.get(id) ?? freshRecord;
    return { id, title, optional, reasons, headline, leads: uses === 'ready' || uses === 'health' };
  });
}

/** Brings reasons and verdict in line with the state. */
export function withVerdict(run: LiveRun): void {
  const steps = verdictSteps(run);
  run.reasons = reasonsOf(steps, run.state);
  run.verdict = run.state.phase === 'ended' ? verdictOf(steps, run.state, wordsFor(run)) : null;
}

/** What gets services going is ready when it is over; what winds down, or does anything else, is done. */
function wordsFor(run: LiveRun): { readonly well: string; readonly not: string } {
  const starts = run.body.plan.some(({ uses }) => uses === 'ready' || uses === 'stack.up');
  return starts ? { well: 'Ready', not: 'Not ready' } : { well: 'Done', not: 'Not done' };
}

export function pictureOf(run: LiveRun): RunPicture {
  return {
    ...run,
    record: (step) => run.records.get(step) ?? freshRecord,
    live: (step) => run.tasks.get(step)?.live,
  };
}
