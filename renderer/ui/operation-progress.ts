import type { OperationView, StepView } from '../../shared/contract/operations.ts';
import { formatBytes } from './format.ts';

/**
 * How far the step that runs has got, 0 to 1; null when it measures nothing. Steps are known only once they begin, so
 * counting them would say "nearly done" from the start.
 */
export function measuredProgress(operation: OperationView): number | null {
  const progress = operation.steps.find((step) => step.state === 'running')?.progress ?? null;
  if (progress === null || progress.total === null || progress.total <= 0) return null;
  return Math.min(1, Math.max(0, progress.done / progress.total));
}

/** `2.9 of 3.9 GB`, `13 of 18`, `1.8 GB` when the total is not known. */
export function measured(progress: NonNullable<StepView['progress']>): string {
  const form = (value: number): string => (progress.unit === 'bytes' ? formatBytes(value) : String(value));
  if (progress.total === null) return form(progress.done);
  const [done, total] = [form(progress.done), form(progress.total)];
  const unit = total.slice(total.indexOf(' '));
  return progress.unit === 'bytes' && done.endsWith(unit)
    ? `${done.slice(0, -unit.length)} of ${total}`
    : `${done} of ${total}`;
}
