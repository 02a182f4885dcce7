import type { OperationView } from '../../../shared/contract/operations.ts';
import { formatDuration } from '../../ui/format.ts';

/** How long it took, or has taken by `now`. Empty before it started. */
export function tookWords(
  span: { readonly startedAt: string | null; readonly endedAt: string | null },
  now: number,
): string {
  if (span.startedAt === null) return '';
  const end = span.endedAt === null ? now : new Date(span.endedAt).getTime();
  return formatDuration(Math.max(0, end - new Date(span.startedAt).getTime()));
}

/** Live operations replace their entry in the history, new ones join it; newest first. */
export function mergeHistory(
  history: readonly OperationView[],
  live: readonly OperationView[],
): readonly OperationView[] {
  const all = new Map(history.map((one) => [one.id, one]));
  for (const one of live) all.set(one.id, one);
  return [...all.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}
