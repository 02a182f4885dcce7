import type { Clock } from '../../platform/clock.ts';
import type { Existing } from './containers.ts';

/** A container without a health check counts as up after it ran this long without ending. */
export const settleMs = 300;
/** What an engine with a clock of its own says about a container's age is believed from here on, ms. */
const surelyOldMs = 10_000;

/**
 * How long each container has still to run until it counts as up, ms; 0 or less when it does. Restarting begins anew.
 * `sameClock`: the engine's clock is this machine's, so that the time it gives for a start can be compared with ours.
 */
export function settlingFor(clock: Clock, sameClock: boolean): (look: Existing) => number {
  const since = new Map<string, { readonly start: string; readonly at: number }>();
  return ({ info }) => {
    const now = clock.monotonic();
    const start = `${info.startedAt}/${info.restarts}`;
    let seen = since.get(info.id);
    if (seen?.start !== start) {
      const age = info.startedAt === null ? 0 : clock.now().getTime() - Date.parse(info.startedAt);
      const counts = (sameClock && age > 0) || age > surelyOldMs;
      seen = { start, at: counts ? now - age : now };
      since.set(info.id, seen);
    }
    return settleMs - (now - seen.at);
  };
}
