import type { RunStep } from '../../../shared/contract/routines.ts';

/** Which outputs are unfolded: those that we opened, once each, and what the user made of it. */
export interface OpenSteps {
  readonly open: ReadonlySet<string>;
  /** `step attempt` of those that were opened by themselves. */
  readonly seen: ReadonlySet<string>;
  /** The user opened or folded it: no longer ours to change. */
  readonly touched: ReadonlySet<string>;
}

export const noSteps: OpenSteps = { open: new Set(), seen: new Set(), touched: new Set() };

/** It writes something, or an operation that does it keeps a log. */
export const canUnfold = (step: Pick<RunStep, 'hasOutput' | 'operationId'>): boolean =>
  step.hasOutput || step.operationId !== null;

/**
 * Opens what runs or failed, once for each try, and of several that run at once only the first; folds again what ended
 * well, or was skipped, and nobody touched.
 */
export function followSteps(before: OpenSteps, steps: readonly RunStep[]): OpenSteps {
  const open = new Set(before.open);
  const seen = new Set(before.seen);
  const runsOpen = (): boolean => steps.some((one) => one.state === 'running' && open.has(one.id));
  for (const step of steps) {
    const key = `${step.id} ${step.attempts} ${step.startedAt}`;
    if ((step.state === 'done' || step.state === 'skipped') && !before.touched.has(step.id)) open.delete(step.id);
    const wanted = step.state === 'failed' || (step.state === 'running' && !runsOpen());
    if (canUnfold(step) && wanted && !seen.has(key)) {
      seen.add(key);
      if (!before.touched.has(step.id)) open.add(step.id);
    }
  }
  const same =
    open.size === before.open.size && seen.size === before.seen.size && [...open].every((id) => before.open.has(id));
  return same ? before : { ...before, open, seen };
}

export function toggleStep(before: OpenSteps, id: string): OpenSteps {
  const open = new Set(before.open);
  if (!open.delete(id)) open.add(id);
  return { ...before, open, touched: new Set([...before.touched, id]) };
}
