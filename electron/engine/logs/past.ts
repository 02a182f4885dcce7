import type { ParsedLine } from '../providers/docker/log-parser.ts';
import { compareStamps } from '../providers/docker/log-stamp.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import type { ContainerLog } from './container-log.ts';

/** The past of all containers together that is put in order of time; the oldest goes first. */
const pastBytes = 16 * 1024 * 1024;

interface Past {
  readonly container: ContainerInfo;
  readonly line: ParsedLine;
}

/** Everything of the past that was asked for, in order of time, bounded. */
export async function readPast(
  logs: readonly ContainerLog[],
  { tail, since }: { readonly tail: number; readonly since?: string | undefined },
  signal: AbortSignal,
): Promise<{ readonly kept: readonly Past[]; readonly dropped: number }> {
  const share = pastBytes / Math.max(1, logs.length);
  let dropped = 0;
  const collected = await Promise.all(
    logs.map(async (log) => {
      let lines: Past[] = [];
      let bytes = 0;
      await log.past({
        tail,
        signal,
        ...(since === undefined ? {} : { since }),
        onLine(line) {
          lines.push({ container: log.container, line });
          bytes += line.text.length;
          if (bytes <= share) return;
          // Half at once, so that a long log does not cost a shift per line.
          const half = Math.ceil(lines.length / 2);
          dropped += half;
          lines = lines.slice(half);
          bytes = lines.reduce((sum, each) => sum + each.line.text.length, 0);
        },
      });
      return lines;
    }),
  );
  return { kept: mergeByTime(collected), dropped };
}

/** Each list is in order; lines without a time stay with the one before them. */
function mergeByTime(lists: readonly (readonly Past[])[]): Past[] {
  if (lists.length <= 1) return [...(lists[0] ?? [])];
  const keyed = lists.flatMap((list, index) => {
    let stamp = '';
    return list.map((past, order) => {
      stamp = past.line.stamp ?? stamp;
      return { past, stamp, index, order };
    });
  });
  keyed.sort(
    (a, b) =>
      (a.stamp === '' || b.stamp === '' ? a.stamp.length - b.stamp.length : compareKeys(a.stamp, b.stamp)) ||
      a.index - b.index ||
      a.order - b.order,
  );
  return keyed.map(({ past }) => past);
}

/** Docker's own form sorts as text. */
function compareKeys(a: string, b: string): number {
  if (a.length === b.length && a.endsWith('Z') && b.endsWith('Z')) return a < b ? -1 : a > b ? 1 : 0;
  return compareStamps(a, b);
}
