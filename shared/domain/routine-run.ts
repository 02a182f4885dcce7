import type { runStepStates, StepQuestion } from '../contract/routines.ts';
import type { ErrorShape } from '../errors.ts';
import type { PlannedStep, RoutinePlan } from './routine-plan.ts';

/**
 * One run of a routine as a pure machine. Times are ms since the epoch and come with every event. An event that does not
 * fit the state it meets changes nothing but the time that was counted.
 */

export type RunStepName = (typeof runStepStates)[number];

export interface StepState {
  readonly state: RunStepName;
  /** Since it was last asked for; retries of its own count. */
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Not started again before. */
  readonly notBefore: number | null;
  readonly result: string | null;
  readonly error: ErrorShape | null;
  readonly question: StepQuestion | null;
  readonly skippedBy: 'user' | 'itself' | null;
}

export interface RunState {
  readonly phase: 'running' | 'ended';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly cancelled: boolean;
  readonly budgetUsed: boolean;
  /** Time in which something was done; waiting for answers does not count. */
  readonly spentMs: number;
  /** Since when something is being done; null: nothing is. */
  readonly activeSince: number | null;
  readonly steps: Readonly<Record<string, StepState>>;
}

/**
 * What the machine goes by. `looksOnly`: it changes nothing, and can be left off at any time. `anyway`: it tells of what was
 * done, so it waits for what it needs and starts however that ended.
 */
export interface RunRules {
  readonly budgetMs: number;
  readonly sequential: boolean;
  readonly steps: readonly (Pick<PlannedStep, 'id' | 'needs' | 'optional' | 'retries'> & {
    readonly looksOnly: boolean;
    readonly anyway: boolean;
  })[];
}

export type RunEvent = { readonly at: number } & (
  | { readonly type: 'started' | 'answered' | 'stopped' | 'skip' | 'retry'; readonly step: string }
  | { readonly type: 'asked'; readonly step: string; readonly question: StepQuestion }
  | { readonly type: 'done'; readonly step: string; readonly result: string; readonly skipped: boolean }
  | {
      readonly type: 'failed';
      readonly step: string;
      readonly error: ErrorShape;
      /** Trying again by itself would not help, or do harm. */
      readonly final: boolean;
    }
  /** `resumed`: another life goes on with it; nobody counted the time in between. */
  | { readonly type: 'resumed' }
  | { readonly type: 'cancel' }
  | { readonly type: 'tick' }
);

const longestPauseMs = 5 * 60_000;

const fresh: StepState = {
  state: 'waiting',
  attempts: 0,
  startedAt: null,
  endedAt: null,
  notBefore: null,
  result: null,
  error: null,
  question: null,
  skippedBy: null,
};

export function rulesOf(
  plan: Pick<RoutinePlan, 'budgetMs' | 'steps'>,
  sequential: boolean,
  traits: (step: PlannedStep) => { readonly looksOnly: boolean; readonly anyway: boolean },
): RunRules {
  return {
    budgetMs: plan.budgetMs,
    sequential,
    steps: plan.steps.map((step) => ({
      id: step.id,
      needs: step.needs,
      optional: step.optional,
      retries: step.retries,
      ...traits(step),
    })),
  };
}

export function newRun(rules: RunRules, at: number): RunState {
  return settle(
    rules,
    {
      phase: 'running',
      startedAt: at,
      endedAt: null,
      cancelled: false,
      budgetUsed: false,
      spentMs: 0,
      activeSince: null,
      steps: Object.fromEntries(rules.steps.map(({ id }) => [id, fresh])),
    },
    at,
  );
}

export function advance(rules: RunRules, before: RunState, event: RunEvent): RunState {
  const counted = event.type === 'resumed' ? { ...before, activeSince: null } : account(rules, before, event.at);
  return settle(rules, apply(rules, counted, event), event.at);
}

/** Counts the time since the last event, and notices that the budget is used up. */
function account(rules: RunRules, state: RunState, at: number): RunState {
  if (state.phase === 'ended' || state.activeSince === null) return state;
  const spentMs = state.spentMs + Math.max(0, at - state.activeSince);
  return { ...state, spentMs, activeSince: at, budgetUsed: state.budgetUsed || spentMs >= rules.budgetMs };
}

function apply(rules: RunRules, state: RunState, event: RunEvent): RunState {
  if (event.type === 'tick') return state;
  if (event.type === 'resumed') return { ...state, steps: mapSteps(state, askAgain) };
  if (event.type === 'cancel') return state.phase === 'running' ? { ...state, cancelled: true } : state;
  const step = state.steps[event.step];
  const rule = rules.steps.find(({ id }) => id === event.step);
  if (step === undefined || rule === undefined) return state;
  const become = (change: Partial<StepState>): RunState => ({
    ...state,
    steps: { ...state.steps, [event.step]: { ...step, ...change } },
  });
  const under = step.state === 'running' || step.state === 'asking';
  const end = { endedAt: event.at, question: null } as const;
  switch (event.type) {
    case 'started':
      if (!startable(rules, state, event.at).includes(event.step)) return state;
      return become({
        state: 'running',
        attempts: step.attempts + 1,
        startedAt: step.startedAt ?? event.at,
        notBefore: null,
        error: null,
        result: null,
      });
    case 'asked':
      return step.state === 'running' ? become({ state: 'asking', question: event.question }) : state;
    case 'answered':
      return step.state === 'asking' ? become({ state: 'running', question: null }) : state;
    case 'done':
      if (!under) return state;
      return become({
        ...end,
        state: event.skipped ? 'skipped' : 'done',
        result: event.result,
        skippedBy: event.skipped ? 'itself' : null,
      });
    case 'failed': {
      if (!under) return state;
      const again = !event.final && !state.cancelled && !state.budgetUsed && step.attempts <= rule.retries.times;
      if (!again) return become({ ...end, state: 'failed', error: event.error });
      const pause = Math.min(longestPauseMs, rule.retries.pauseMs * 2 ** (step.attempts - 1));
      return become({ state: 'waiting', question: null, error: event.error, notBefore: event.at + pause });
    }
    case 'stopped':
      return under ? become({ ...end, state: 'cancelled' }) : state;
    case 'skip': {
      if (!canSkip(step)) return state;
      const skipped = become({ ...end, state: 'skipped', skippedBy: 'user', notBefore: null, result: 'Skipped.' });
      return reopen(skipped, event.step);
    }
    case 'retry': {
      if (!canRetry(step)) return state;
      return reopen(become(fresh), event.step);
    }
  }
}

/** Who asked is gone: the step is gone through again, and asks again. */
const askAgain = (step: StepState): StepState =>
  step.state === 'asking' ? { ...step, state: 'running', question: null } : step;

function mapSteps(state: RunState, change: (step: StepState, id: string) => StepState): RunState['steps'] {
  return Object.fromEntries(Object.entries(state.steps).map(([id, step]) => [id, change(step, id)]));
}

/** Under way it is not left off half done: cancelling the run is for that. */
export const canSkip = ({ state }: StepState): boolean =>
  state === 'waiting' || state === 'asking' || state === 'failed' || state === 'blocked' || state === 'cancelled';

export const canRetry = ({ state }: StepState): boolean => state === 'failed' || state === 'cancelled';

/** The run goes on, with a budget of its own. What a cancel kept from starting may start again. */
function reopen(state: RunState, concerned: string): RunState {
  if (state.phase === 'running' && !state.cancelled && !state.budgetUsed) return state;
  // A run that is being cancelled ends first.
  if (state.phase === 'running' && state.cancelled) return state;
  const steps = mapSteps(state, (step, id) =>
    id !== concerned && step.state === 'cancelled' && step.startedAt === null ? fresh : step,
  );
  return {
    ...state,
    phase: 'running',
    endedAt: null,
    cancelled: false,
    budgetUsed: false,
    spentMs: state.budgetUsed ? 0 : state.spentMs,
    activeSince: null,
    steps,
  };
}

/** Brings everything that follows from the rest in line: what is blocked, what is over, whether time is counted. */
function settle(rules: RunRules, before: RunState, at: number): RunState {
  const steps: Record<string, StepState> = { ...before.steps };
  // Needs can stand in any order in the file: until nothing changes any more.
  for (let changed = true; changed; ) {
    changed = false;
    for (const rule of rules.steps) {
      const step = steps[rule.id] as StepState;
      const next = settleStep(rules, rule, step, before, steps, at);
      if (next === step) continue;
      steps[rule.id] = next;
      changed = true;
    }
  }
  const all = Object.values(steps);
  const open = all.some(({ state }) => state === 'waiting' || state === 'running' || state === 'asking');
  const active = all.some(({ state, notBefore }) => state === 'running' || (state === 'waiting' && notBefore !== null));
  if (!open && before.phase === 'ended') return { ...before, steps };
  return {
    ...before,
    steps,
    phase: open ? 'running' : 'ended',
    endedAt: open ? null : at,
    activeSince: open && active ? (before.activeSince ?? at) : null,
  };
}

function settleStep(
  rules: RunRules,
  rule: RunRules['steps'][number],
  step: StepState,
  run: RunState,
  steps: Readonly<Record<string, StepState>>,
  at: number,
): StepState {
  const idle = step.state === 'waiting' || step.state === 'blocked';
  if (run.phase === 'ended') return step;
  if (run.cancelled)
    return idle || step.state === 'asking'
      ? { ...step, state: 'cancelled', question: null, notBefore: null, endedAt: step.startedAt === null ? null : at }
      : step;
  if (idle) {
    const hindered = !rule.anyway && rule.needs.some((need) => isObstacle(rules, need, steps[need]));
    const blocked = run.budgetUsed || hindered;
    if (blocked === (step.state === 'blocked')) return step;
    return blocked ? { ...step, state: 'blocked', notBefore: null } : { ...step, state: 'waiting' };
  }
  if (!run.budgetUsed) return step;
  // A question is about something that has not begun; looking can be left off without loss.
  const leftOff = step.state === 'asking' || (step.state === 'running' && rule.looksOnly);
  return leftOff ? { ...step, state: 'blocked', question: null, endedAt: at } : step;
}

function isObstacle(rules: RunRules, id: string, step: StepState | undefined): boolean {
  if (step === undefined) return true;
  if (step.state === 'failed') return rules.steps.find((rule) => rule.id === id)?.optional !== true;
  return step.state === 'blocked' || step.state === 'cancelled';
}

/** What may start now, in the order of the file. */
export function startable(rules: RunRules, state: RunState, at: number): readonly string[] {
  if (state.phase === 'ended' || state.cancelled || state.budgetUsed) return [];
  const under = Object.values(state.steps).some((step) => step.state === 'running' || step.state === 'asking');
  if (rules.sequential && under) return [];
  const ready = rules.steps.filter(({ id, needs, anyway }) => {
    const step = state.steps[id];
    if (step?.state !== 'waiting' || (step.notBefore ?? at) > at) return false;
    return needs.every(
      (need) => isOver(rules, need, state.steps[need]) || (anyway && isObstacle(rules, need, state.steps[need])),
    );
  });
  return ready.slice(0, rules.sequential ? 1 : ready.length).map(({ id }) => id);
}

function isOver(rules: RunRules, id: string, step: StepState | undefined): boolean {
  if (step === undefined) return false;
  if (step.state === 'done' || step.state === 'skipped') return true;
  return step.state === 'failed' && !isObstacle(rules, id, step);
}

/** When something changes by itself: a pause ends, or the budget. Null: only events change anything. */
export function nextTick(rules: RunRules, state: RunState): number | null {
  if (state.phase === 'ended') return null;
  const pauses = Object.values(state.steps).flatMap(({ notBefore }) => notBefore ?? []);
  const { activeSince, budgetUsed, spentMs } = state;
  const budget = activeSince === null || budgetUsed ? [] : [activeSince + Math.max(0, rules.budgetMs - spentMs)];
  const times = [...pauses, ...budget];
  return times.length === 0 ? null : Math.min(...times);
}
