import type { RoutineRun, RunStep } from '../../../shared/contract/routines.ts';
import { formatDuration, formatElapsed, listed } from '../../ui/format.ts';
import { runElapsedMs, stepElapsedMs } from '../../ui/routine-words.ts';

/** What the run is doing, as the heading of its page. */
export function runHeading(run: RoutineRun): string {
  if (run.verdict !== null) return run.verdict.sentence;
  const titles = (state: RunStep['state']): string[] =>
    run.steps.filter((one) => one.state === state).map((one) => one.title);
  const asking = titles('asking');
  if (asking.length > 0) return `${listed(asking)}: waiting for your answer`;
  const running = titles('running');
  if (running.length > 0) return listed(running, 2);
  return run.state === 'ended' ? 'Ended' : run.steps.some((one) => one.state !== 'waiting') ? 'Going on' : 'Beginning';
}

/** The quiet sentence beside a step: what it does, what it did, or why not. */
export function stepSentence(step: RunStep): string {
  switch (step.state) {
    case 'running':
      return step.detail ?? (step.attempts > 1 ? `try ${step.attempts}` : '');
    case 'asking':
      return 'waits for your answer';
    case 'waiting':
      return '';
    case 'done':
    case 'skipped':
      return step.result ?? (step.state === 'skipped' ? 'skipped' : '');
    case 'failed':
      return step.attempts > 1 ? `failed ${step.attempts} times` : 'failed';
    case 'blocked':
      return step.result ?? 'not tried: something it needs failed';
    case 'cancelled':
      return 'cancelled';
  }
}

export const stepWords: Readonly<Record<RunStep['state'], string>> = {
  waiting: 'to come',
  running: 'under way',
  asking: 'asks',
  done: 'done',
  skipped: 'skipped',
  failed: 'failed',
  blocked: 'not tried',
  cancelled: 'cancelled',
};

/** At the right of a step: a clock while it runs, how long it took, or what it usually takes. */
export function stepTime(step: RunStep, now: number): string {
  const took = stepElapsedMs(step, now);
  if (step.state === 'running' || step.state === 'asking') return took === null ? '' : formatElapsed(took);
  if (step.state === 'waiting') return usualWords(step.usualMs);
  if (step.state === 'skipped' || step.state === 'blocked') return '';
  return took === null ? '' : formatDuration(took);
}

export function usualWords(ms: number | null): string {
  if (ms === null) return '';
  return ms < 950 ? 'under 1 s' : `about ${formatDuration(ms)}`;
}

export interface Budget {
  /** Parts of the bar, 0 to 1. */
  readonly used: number;
  readonly usual: number | null;
  /** Where the budget ends; 1 until it is exceeded. */
  readonly end: number;
  readonly over: boolean;
  /** `0:21`, `usually 0:40`, `budget 5:00`. */
  readonly words: { readonly used: string; readonly usual: string | null; readonly budget: string };
}

/** The bar of time: as long as the budget, or as long as it took when that is more. */
export function budgetOf(run: Pick<RoutineRun, 'startedAt' | 'endedAt' | 'budgetMs' | 'usualMs'>, now: number): Budget {
  const used = runElapsedMs(run, now);
  const whole = Math.max(1, run.budgetMs, used);
  const over = used > run.budgetMs;
  const usual = run.usualMs === null ? null : Math.min(1, run.usualMs / whole);
  return {
    used: used / whole,
    usual,
    end: run.budgetMs / whole,
    over,
    words: {
      used: formatElapsed(used),
      usual: run.usualMs === null ? null : `usually ${formatElapsed(run.usualMs)}`,
      budget: over
        ? `${formatElapsed(used - run.budgetMs)} over the budget of ${formatElapsed(run.budgetMs)}`
        : `budget ${formatElapsed(run.budgetMs)}`,
    },
  };
}

/** Who or what started it. */
export function triggerWords(trigger: RoutineRun['trigger']): string | null {
  switch (trigger) {
    case 'user':
      return null;
    case 'schedule':
      return 'started by its schedule';
    case 'unlock':
      return 'started at the first unlock';
    case 'resume':
      return 'started after waking up';
    case 'late':
      return 'made up for a missed time';
    case 'cli':
      return 'started from a terminal';
  }
}
