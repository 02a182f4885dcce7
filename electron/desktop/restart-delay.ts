const windowMs = 60_000;
const freeRestarts = 3;
const longestMs = 10_000;

/**
 * How long to wait before starting the engine's process again, ms. The first crashes within a minute cost nothing; then
 * the wait doubles up to ten seconds, so that an engine that cannot live does not keep the machine busy.
 */
export function restartDelay(crashTimes: readonly number[], now: number): number {
  const recent = crashTimes.filter((time) => now - time < windowMs).length;
  return recent <= freeRestarts ? 0 : Math.min(longestMs, 250 * 2 ** (recent - freeRestarts - 1));
}
