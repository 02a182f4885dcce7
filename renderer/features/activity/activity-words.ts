import type { OperationView } from '../../../shared/contract/operations.ts';
import { formatDuration } from '../../ui/format.ts';
import type { Shape, Tone } from '../../ui/health.ts';

const looks: Record<OperationView['state'], { readonly tone: Tone; readonly shape: Shape; readonly word: string }> = {
  queued: { tone: 'idle', shape: 'ring', word: 'Waiting' },
  running: { tone: 'healthy', shape: 'half', word: 'Under way' },
  cancelling: { tone: 'idle', shape: 'half', word: 'Cancelling' },
  undoing: { tone: 'idle', shape: 'half', word: 'Being undone' },
  done: { tone: 'healthy', shape: 'disc', word: 'Done' },
  failed: { tone: 'down', shape: 'square', word: 'Failed' },
  cancelled: { tone: 'idle', shape: 'ring', word: 'Cancelled' },
};

export const operationLook = (operation: OperationView): { tone: Tone; shape: Shape; word: string } =>
  looks[operation.state];

/** How long it took, or has taken by `now`. Empty before it started. */
export function tookWords(
  span: { readonly startedAt: string | null; readonly endedAt: string | null },
  now: number,
): string {
  if (span.startedAt === null) return '';
  const end = span.endedAt === null ? now : new Date(span.endedAt).getTime();
  return formatDuration(Math.max(0, end - new Date(span.startedAt).getTime()));
}

/** What changed, or why not, in one line. */
export const resultWords = (operation: OperationView): string =>
  operation.summary ?? operation.error?.message ?? (operation.resumed ? 'Taken up again after a restart' : '');

/** Live operations replace their entry in the history, new ones join it; newest first. */
export function mergeHistory(
  history: readonly OperationView[],
  live: readonly OperationView[],
): readonly OperationView[] {
  const all = new Map(history.map((one) => [one.id, one]));
  for (const one of live) all.set(one.id, one);
  return [...all.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
}
