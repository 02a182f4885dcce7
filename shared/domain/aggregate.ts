import { fromValues, type Histogram, merge as mergeSketches, quantile } from './histogram.ts';

/**
 * What a bucket of time keeps of the figures in it. Merging buckets gives what one bucket over both would have: nothing
 * is lost but the order. In ratios `count` is the weight (probes, watched ms) and `sum` the part (failures, ms up).
 */
export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Of latencies; null for everything else. */
  readonly sketch: Histogram | null;
}

/** One figure. */
export const measured = (value: number): Aggregate => ({ count: 1, sum: value, min: value, max: value, sketch: null });

/** One latency, with its sketch. */
export const timed = (value: number): Aggregate => ({ ...measured(value), sketch: fromValues([value]) });

/** A part of a whole: 2 of 5 probes, 9 s of 10 s. The whole must be more than nothing. */
export function share(part: number, whole: number): Aggregate {
  const ratio = part / whole;
  return { count: whole, sum: part, min: ratio, max: ratio, sketch: null };
}

export function mergeAggregates(a: Aggregate, b: Aggregate): Aggregate {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    sketch: a.sketch === null || b.sketch === null ? (a.sketch ?? b.sketch) : mergeSketches(a.sketch, b.sketch),
  };
}

export const average = ({ count, sum }: Aggregate): number => (count === 0 ? 0 : sum / count);

export const quantilesOf = (sketch: Histogram | null) => ({
  p50: sketch === null ? null : quantile(sketch, 0.5),
  p95: sketch === null ? null : quantile(sketch, 0.95),
  p99: sketch === null ? null : quantile(sketch, 0.99),
});

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Widths of the buckets that are kept, ms. */
export const keptBuckets = [10 * second, minute, hour] as const;
export type KeptBucket = (typeof keptBuckets)[number];

/** How long each is kept, ms; hours by the class of the environment. */
export const fineKeptMs = 2 * hour;
export const minutesKeptMs = 48 * hour;
export const hoursKeptDays = { development: 7, test: 30, 'production-like': 90 } as const;

/** Widths that figures are shown in: each holds a whole number of one that is kept. */
const shownBuckets: readonly number[] = [
  ...[10, 20, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12, 24, 48, 7 * 24].map((count) => count * hour),
];

/** The finest width kept back to `from` of which at most `points` lie between the two. */
export function bucketFor(from: number, to: number, points: number, now: number): number {
  const kept = from >= now - fineKeptMs ? 10 * second : from >= now - minutesKeptMs ? minute : hour;
  // The first and the last bucket may be cut.
  const fits = (width: number): boolean => Math.ceil(to / width) - Math.floor(from / width) <= points;
  const found = shownBuckets.find((width) => width >= kept && width % kept === 0 && fits(width));
  if (found !== undefined) return found;
  const week = shownBuckets.at(-1) as number;
  return week * Math.ceil((to - from) / Math.max(1, points - 1) / week);
}

/** The widest kept bucket that divides the shown one. */
export const sourceOf = (width: number): KeptBucket =>
  width % hour === 0 ? hour : width % minute === 0 ? minute : 10_000;
