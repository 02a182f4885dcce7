import { z } from 'zod';

/**
 * A mergeable sketch of a distribution: how many values fell into each bucket, buckets growing by a constant factor, so
 * that every quantile is within 2 % of the true one (the idea of DDSketch, Masson et al. 2019). Plain data: JSON is its
 * stored form. Covers a microsecond counted in ms to 10 TB counted in bytes; what is smaller counts as zero, what is
 * larger as the largest. At most `maxBuckets` buckets, since the range is fixed: merging loses nothing and does not
 * depend on the order.
 */
export const histogramSchema = z.object({
  count: z.number().int().nonnegative(),
  /** For the mean; exact but for rounding. */
  sum: z.number(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  zeros: z.number().int().nonnegative(),
  /** Bucket number and count, ascending. */
  buckets: z.array(z.tuple([z.number().int(), z.number().int().positive()]).readonly()).readonly(),
});
export type Histogram = Readonly<z.infer<typeof histogramSchema>>;

export const relativeError = 0.02;
const gamma = (1 + relativeError) / (1 - relativeError);
const logGamma = Math.log(gamma);
const smallest = 1e-3;
const largest = 1e13;
/** Adding zero makes -0 plain. */
const bucketOf = (value: number): number => Math.ceil(Math.log(value) / logGamma) + 0;
const firstBucket = bucketOf(smallest);
export const maxBuckets = bucketOf(largest) - firstBucket + 1;

/** What a number counts as; null when it is no measurement. */
const measured = (value: number): number | null =>
  Number.isFinite(value) && value >= 0 ? Math.min(value, largest) + 0 : null;

/** The value whose distance to both ends of the bucket is the same share of them. */
const middleOf = (bucket: number): number => (2 * gamma ** bucket) / (gamma + 1);

export const emptyHistogram: Histogram = { count: 0, sum: 0, min: null, max: null, zeros: 0, buckets: [] };

/** Adds `times` values. Negative, infinite and undefined numbers are no measurements and change nothing. */
export function add(histogram: Histogram, number: number, times = 1): Histogram {
  const value = measured(number);
  if (value === null || !Number.isSafeInteger(times) || times < 1) return histogram;
  const isZero = value < smallest;
  return merge(histogram, {
    count: times,
    sum: value * times,
    min: value,
    max: value,
    zeros: isZero ? times : 0,
    buckets: isZero ? [] : [[bucketOf(value), times]],
  });
}

export function fromValues(values: Iterable<number>): Histogram {
  const counts = new Map<number, number>();
  let [count, sum, zeros, min, max] = [0, 0, 0, Infinity, -Infinity];
  for (const number of values) {
    const value = measured(number);
    if (value === null) continue;
    count++;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value < smallest) zeros++;
    else counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1);
  }
  if (count === 0) return emptyHistogram;
  return { count, sum, min, max, zeros, buckets: [...counts].sort(([a], [b]) => a - b) };
}

const lesser = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
const greater = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** The sketch of both sets of values; neither is changed. */
export function merge(a: Histogram, b: Histogram): Histogram {
  const buckets: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.buckets.length || j < b.buckets.length) {
    const left = a.buckets[i];
    const right = b.buckets[j];
    if (left !== undefined && (right === undefined || left[0] < right[0])) {
      buckets.push(left);
      i++;
    } else if (right !== undefined && (left === undefined || right[0] < left[0])) {
      buckets.push(right);
      j++;
    } else if (left !== undefined && right !== undefined) {
      buckets.push([left[0], left[1] + right[1]]);
      i++;
      j++;
    }
  }
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: lesser(a.min, b.min),
    max: greater(a.max, b.max),
    zeros: a.zeros + b.zeros,
    buckets,
  };
}

/**
 * The smallest value that at least the share `q` (0 to 1) of all values does not exceed, within 2 %; null when there
 * are no values. Minimum and maximum are exact.
 */
export function quantile(histogram: Histogram, q: number): number | null {
  const { count, min, max } = histogram;
  if (count === 0 || min === null || max === null) return null;
  const rank = Math.max(1, Math.ceil(Math.min(1, Math.max(0, q)) * count));
  if (rank === 1) return min;
  if (rank === count) return max;
  let seen = histogram.zeros;
  if (rank <= seen) return Math.max(min, 0);
  for (const [bucket, times] of histogram.buckets) {
    seen += times;
    if (rank <= seen) return Math.min(max, Math.max(min, middleOf(bucket)));
  }
  return max;
}

export const mean = ({ count, sum }: Histogram): number | null => (count === 0 ? null : sum / count);

/** How many values were at most `limit`, for cumulative buckets as Prometheus writes them; within 2 % of the limit. */
export function countUpTo(histogram: Histogram, limit: number): number {
  if (histogram.max !== null && limit >= histogram.max) return histogram.count;
  if (limit < smallest) return limit < 0 ? 0 : histogram.zeros;
  const last = bucketOf(Math.min(limit, largest));
  return histogram.buckets.reduce((sum, [bucket, times]) => (bucket <= last ? sum + times : sum), histogram.zeros);
}

/**
 * Median absolute deviation from the median: a spread that a few wild values do not move. From the sketch, so within
 * about 2 % of the median; null when there are no values.
 */
export function medianDeviation(histogram: Histogram): { readonly median: number; readonly mad: number } | null {
  const median = quantile(histogram, 0.5);
  if (median === null) return null;
  const distances = histogram.buckets.map(([bucket, times]): readonly [number, number] => [
    Math.abs(middleOf(bucket) - median),
    times,
  ]);
  if (histogram.zeros > 0) distances.push([median, histogram.zeros]);
  distances.sort(([a], [b]) => a - b);
  let seen = 0;
  for (const [distance, times] of distances) {
    seen += times;
    if (seen * 2 >= histogram.count) return { median, mad: distance };
  }
  return { median, mad: 0 };
}
