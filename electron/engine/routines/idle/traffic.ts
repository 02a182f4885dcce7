import type { MetricSeries } from '../../../../shared/contract/metrics.ts';

/** Buckets that it takes to know what goes over the network when nobody uses it. */
const leastBuckets = 60;
/** What is there in four of five buckets is there by itself: probes, heartbeats, polling. */
const quietShare = 0.2;
/** Above so many times that, and by so many bytes a second, somebody is there. */
const factor = 4;
const leastBytesPerSecond = 4096;

/**
 * When the containers of an environment last had more traffic than they have by themselves; ms since the epoch, null
 * when they had not, or too little is known. `series` holds received and sent of all services, in the same buckets.
 */
export function lastTraffic(series: readonly Pick<MetricSeries, 'points'>[], bucketMs: number): number | null {
  const sums = new Map<number, number>();
  for (const { points } of series) {
    for (const { at, average } of points) sums.set(at, (sums.get(at) ?? 0) + average);
  }
  if (sums.size < leastBuckets) return null;
  const sorted = [...sums.values()].sort((a, b) => a - b);
  const quiet = sorted[Math.floor(sorted.length * quietShare)] ?? 0;
  const limit = Math.max(quiet * factor, quiet + leastBytesPerSecond);
  let last: number | null = null;
  for (const [at, sum] of sums) if (sum > limit && (last === null || at > last)) last = at;
  return last === null ? null : last + bucketMs;
}
