import type { Reason, Verdict } from '../contract/routines.ts';
import type { ErrorShape } from '../errors.ts';
import type { RunState, StepState } from './routine-run.ts';

export interface VerdictStep {
  readonly id: string;
  readonly title: string;
  readonly optional: boolean;
  /** Found by the step itself. */
  readonly reasons: readonly Reason[];
  /** What it has to say in the sentence. */
  readonly headline: string | null;
  /** It says so first: that the services work matters more than where a branch is. */
  readonly leads: boolean;
}

/** Why the run came out as it did, so far: what steps said, what failed, what was left out. Blockers first. */
export function reasonsOf(steps: readonly VerdictStep[], run: Pick<RunState, 'budgetUsed' | 'steps'>): Reason[] {
  const found = steps.flatMap((step) => stepReasons(step, run.steps[step.id]));
  const left = steps.filter(({ id }) => run.steps[id]?.state === 'blocked').length;
  const budget: Reason[] =
    run.budgetUsed && left > 0
      ? [
          {
            kind: 'blocker',
            step: null,
            title: 'The time budget was used up',
            detail: `${left} ${left === 1 ? 'step was' : 'steps were'} not started.`,
            remedy: 'Retry a step to go on, or give the routine a larger budget.',
            service: null,
          },
        ]
      : [];
  const all = [...budget, ...found];
  return [...all.filter(({ kind }) => kind === 'blocker'), ...all.filter(({ kind }) => kind === 'remark')].slice(
    0,
    200,
  );
}

function stepReasons(step: VerdictStep, state: StepState | undefined): Reason[] {
  if (state === undefined) return [];
  // What a step found stands while what it found it in is not over.
  if (state.state === 'failed') return failedReasons(step, state.error);
  if (state.state === 'skipped' && state.skippedBy === 'user')
    return [reason(step, 'remark', `${step.title} was skipped`, null, null)];
  return [...step.reasons];
}

function failedReasons(step: VerdictStep, error: ErrorShape | null): Reason[] {
  const kind = step.optional ? 'remark' : 'blocker';
  const own = step.reasons.map((each): Reason => (step.optional ? { ...each, kind } : each));
  // It said better what is wrong than its error does.
  if (own.some((each) => each.kind === kind)) return own;
  return [reason(step, kind, `${step.title} failed`, error?.message ?? null, error?.remedy ?? null), ...own];
}

function reason(
  step: VerdictStep,
  kind: Reason['kind'],
  title: string,
  detail: string | null,
  remedy: string | null,
): Reason {
  return { kind, step: step.id, title, detail, remedy, service: null };
}

/** `words`: how the routine calls it when all went well, `Ready` or `Done`. */
export function verdictOf(
  steps: readonly VerdictStep[],
  run: Pick<RunState, 'budgetUsed' | 'cancelled' | 'steps'>,
  words: { readonly well: string; readonly not: string },
): Verdict {
  const reasons = reasonsOf(steps, run);
  const states = steps.map(({ id }) => run.steps[id]?.state);
  const over = states.filter((state) => state === 'done' || state === 'skipped').length;
  if (run.cancelled || states.includes('cancelled'))
    return { kind: 'cancelled', sentence: `Cancelled – ${over} of ${steps.length} steps done`, reasons };
  const blockers = reasons.filter(({ kind }) => kind === 'blocker');
  if (blockers.length > 0) {
    const [first] = blockers;
    const more = blockers.length === 1 ? '' : `, and ${blockers.length - 1} more`;
    return { kind: 'not-ready', sentence: `${words.not} – ${lowerFirst(first?.title ?? '')}${more}`, reasons };
  }
  const ordered = [...steps.filter(({ leads }) => leads), ...steps.filter(({ leads }) => !leads)];
  const headlines = ordered.flatMap(({ id, headline }) => (run.steps[id]?.state === 'done' ? (headline ?? []) : []));
  const remarks = reasons.length === 0 ? [] : [`${reasons.length} ${reasons.length === 1 ? 'remark' : 'remarks'}`];
  const said = [...new Set(headlines), ...remarks];
  return {
    kind: reasons.length === 0 ? 'ready' : 'remarks',
    sentence: said.length === 0 ? words.well : `${words.well} – ${said.join(', ')}`,
    reasons,
  };
}

/** A name stays as it is written; a sentence goes on after a dash. */
function lowerFirst(text: string): string {
  const [first = ''] = text.split(' ');
  return /^[A-Z][a-z]+$/.test(first) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
