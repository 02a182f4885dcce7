import type { OperationView } from '../../shared/contract/operations.ts';

/**
 * How far the step that runs has got, 0 to 1; null when it measures nothing. Steps are known only once they begin, so
 * counting them would say "nearly done" from the start.
 */
export function measuredProgress(operation: OperationView): number | null {
  const progress = operation.steps.find((step) => step.state === 'running')?.progress ?? null;
  if (progress === null || progress.total === null || progress.total <= 0) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}
