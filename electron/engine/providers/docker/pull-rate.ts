import type { Clock } from '../../platform/clock.ts';

/** Over which stretch a rate is measured, ms. */
const stretchMs = 3000;
/** A shorter stretch says nothing. */
const leastMs = 400;

/** Units per second over the last three seconds; null until there is enough to measure, and while nothing moves. */
export function createRate(clock: Pick<Clock, 'monotonic'>): { take(done: number): number | null } {
  let samples: { readonly at: number; readonly done: number }[] = [];
  return {
    take(done) {
      const at = clock.monotonic();
      const kept = samples.filter((sample) => at - sample.at <= stretchMs);
      samples = [...kept, { at, done }].slice(-300);
      const [first] = samples;
      if (first === undefined || at - first.at < leastMs || done <= first.done) return null;
      return ((done - first.done) * 1000) / (at - first.at);
    },
  };
}
