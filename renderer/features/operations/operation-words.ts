import type { OperationView, StepView } from '../../../shared/contract/operations.ts';
import { formatDuration } from '../../ui/format.ts';
import { measured } from '../../ui/operation-progress.ts';

export const isActive = (operation: OperationView): boolean => operation.endedAt === null;

/** Time under way or taken, ms; null while it waits. */
export function elapsedMs(operation: Pick<OperationView, 'startedAt' | 'endedAt'>, now: number): number | null {
  if (operation.startedAt === null) return null;
  const end = operation.endedAt === null ? now : Date.parse(operation.endedAt);
  return Math.max(0, end - Date.parse(operation.startedAt));
}

/** The step to name: the one that runs, else the one that failed, else the next. */
export function currentStep(operation: OperationView): StepView | null {
  const of = (state: StepView['state']): StepView | undefined => operation.steps.find((step) => step.state === state);
  return of('running') ?? of('failed') ?? of('pending') ?? null;
}

/** `1.8 of 2.8 GB`, `3 of 7`, `1.8 GB` when the total is not known; null when nothing is measured. */
export const progressWords = (step: Pick<StepView, 'progress'>): string | null =>
  step.progress === null ? null : measured(step.progress);

/** Part of a step that is done, 0 to 1, when both ends are measured. */
export function stepFraction(step: Pick<StepView, 'progress'>): number | null {
  const progress = step.progress;
  if (progress === null || progress.total === null || progress.total <= 0) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

/** What is left by the measure of earlier runs. Nothing when there were none: never a guess. */
export function estimateWords(operation: OperationView, now: number): string | null {
  const elapsed = elapsedMs(operation, now);
  if (operation.estimateMs === null || !isActive(operation)) return null;
  if (operation.state === 'cancelling' || operation.state === 'undoing') return null;
  if (elapsed === null) return `usually ${formatDuration(operation.estimateMs)}`;
  const left = operation.estimateMs - elapsed;
  return left > 500 ? `about ${formatDuration(left)} left` : `usually ${formatDuration(operation.estimateMs)}`;
}

/** What an operation is doing or how it ended, in a word or two. */
export function stateWords(operation: OperationView): string {
  switch (operation.state) {
    case 'queued':
      return 'Waiting for the operation before it';
    case 'running':
      return currentStep(operation)?.title ?? 'Under way';
    case 'cancelling':
      return 'Cancelling';
    case 'undoing':
      return 'Undoing what was done';
    case 'done':
      return 'Done';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

/** Tray order: what is under way first (oldest first), then what ended (newest first). */
export function trayOrder(operations: readonly OperationView[]): readonly OperationView[] {
  const active = operations.filter(isActive).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const ended = operations
    .filter((one) => !isActive(one))
    .sort((a, b) => ((a.endedAt ?? '') > (b.endedAt ?? '') ? -1 : 1));
  return [...active, ...ended];
}
