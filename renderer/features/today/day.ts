import type { OperationView } from '../../../shared/contract/operations.ts';
import { formatMoment } from '../../ui/format.ts';

const startOfDay = (now: number): number => new Date(new Date(now).toDateString()).getTime();

/** What was done since midnight, oldest first. */
export function operationsOfDay(operations: readonly OperationView[], now: number): readonly OperationView[] {
  const from = startOfDay(now);
  return operations
    .filter((one) => new Date(one.createdAt).getTime() >= from)
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** The day as a list to paste. */
export function dayMarkdown(operations: readonly OperationView[], now: number): string {
  const lines = operations.map((one) => {
    const result = one.summary ?? one.error?.message ?? one.state;
    return `- ${formatMoment(one.startedAt ?? one.createdAt, now)} ${one.title}: ${result}`;
  });
  return `## ${new Date(now).toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })}\n\n${lines.join('\n')}\n`;
}
