import type { HealthStore } from './health-store.ts';

const aliveMs = 60_000;
/** How often it is asked what is usual at this hour. */
const habitMs = 600_000;
const dayMs = 86_400_000;
/** How long incidents and spans are kept. */
const keptMs = 90 * dayMs;

/**
 * Says now and then that somebody watches, forgets what is old, and takes over what is usual. Call what this returns
 * often.
 */
export function createUpkeep(
  store: Pick<HealthStore, 'alive' | 'prune'>,
  now: () => number,
  refreshRules: () => void,
): () => void {
  let aliveAt = Number.NEGATIVE_INFINITY;
  let prunedAt = now();
  let refreshedAt = now();
  return () => {
    const at = now();
    // A clock that was set back counts too.
    if (Math.abs(at - aliveAt) >= aliveMs) {
      aliveAt = at;
      store.alive(at);
    }
    if (Math.abs(at - refreshedAt) >= habitMs) {
      refreshedAt = at;
      refreshRules();
    }
    if (Math.abs(at - prunedAt) >= dayMs) {
      prunedAt = at;
      store.prune(at - keptMs);
    }
  };
}
