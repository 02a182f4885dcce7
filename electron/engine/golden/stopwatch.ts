import type { Clock } from '../platform/clock.ts';

/** Milliseconds since the call, whole. */
export function stopwatch(clock: Clock): () => number {
  const start = clock.monotonic();
  return () => Math.round(clock.monotonic() - start);
}
