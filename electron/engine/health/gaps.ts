import type { Clock } from '../platform/clock.ts';

/** Differences below this are scheduling, not sleep. */
const toleratedMs = 15_000;
/** A clock that is corrected by less than this needs no grace. */
const clockStepMs = 5_000;

/**
 * Finds times in which nobody watched. A machine that sleeps stops the monotonic clock on Linux and not on macOS, a
 * process that is stopped stops neither, a clock that is set moves the wall clock alone.
 */
export function createGapFinder(clock: Clock): {
  /** `from`: when somebody last watched, by the clock of then. */
  check(): { readonly reason: 'sleep' | 'clock'; readonly from: number } | null;
} {
  let wall = clock.now().getTime();
  let monotonic = clock.monotonic();
  return {
    check() {
      const wallNow = clock.now().getTime();
      const monotonicNow = clock.monotonic();
      const byWall = wallNow - wall;
      const byMonotonic = monotonicNow - monotonic;
      const from = wall;
      wall = wallNow;
      monotonic = monotonicNow;
      if (byMonotonic > toleratedMs) return { reason: 'sleep', from };
      if (byWall - byMonotonic > toleratedMs) return { reason: 'sleep', from };
      if (Math.abs(byWall - byMonotonic) > clockStepMs) return { reason: 'clock', from };
      return null;
    },
  };
}
