import type { Watched } from './watch-book.ts';

export interface DueProbe {
  readonly watched: Watched;
  readonly service: string;
}

/**
 * Which probes are due, the longest due first: when there is more to do than can be done at once, everybody has a turn.
 * `next`: when another one is; Infinity: none that is known of.
 */
export function dueProbes(
  all: readonly Watched[],
  at: number,
): { readonly due: readonly DueProbe[]; readonly next: number } {
  const due: (DueProbe & { readonly since: number })[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const watched of all) {
    for (const [service, { nextProbeAt }] of Object.entries(watched.health.services)) {
      if (nextProbeAt === null || watched.configs[service] === undefined) continue;
      if (nextProbeAt > at) next = Math.min(next, nextProbeAt);
      else due.push({ watched, service, since: nextProbeAt });
    }
  }
  return { due: due.sort((a, b) => a.since - b.since), next };
}
