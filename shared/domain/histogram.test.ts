import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  countUpTo,
  emptyHistogram,
  fromValues,
  type Histogram,
  histogramSchema,
  maxBuckets,
  mean,
  medianDeviation,
  merge,
  quantile,
  relativeError,
} from './histogram.ts';

const value = fc.oneof(
  fc.double({ min: 0.001, max: 60_000, noNaN: true }),
  fc.double({ min: 0.001, max: 1e13, noNaN: true }),
  fc.integer({ min: 0, max: 500 }),
);
const values = fc.array(value, { maxLength: 300 });
const trueQuantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
/** Sums of floating point numbers differ by rounding. */
const exact = ({ sum: _sum, ...rest }: Histogram): object => rest;

describe('histogram', () => {
  it('gives every quantile within its error', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, q) => {
          const truth = trueQuantile(
            all.toSorted((a, b) => a - b),
            q,
          );
          const found = quantile(fromValues(all), q) as number;
          expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * relativeError * (1 + 1e-9) + 1e-9);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('merges in any order and grouping to the sketch of everything', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [fromValues(a), fromValues(b), fromValues(c)];
        const whole = fromValues([...a, ...b, ...c]);
        const left = merge(merge(x, y), z);
        expect(exact(left)).toEqual(exact(whole));
        expect(exact(merge(x, merge(y, z)))).toEqual(exact(left));
        expect(exact(merge(y, x))).toEqual(exact(merge(x, y)));
        expect(left.sum).toBeCloseTo(whole.sum, -Math.ceil(Math.log10(whole.sum + 1)) + 9);
        expect(merge(x, emptyHistogram)).toEqual(x);
      }),
    );
  });

  it('is the same one value at a time, survives JSON, and never grows past its range', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(value, fc.double()), { maxLength: 200 }), (all) => {
        const sketch = all.reduce((so, each) => add(so, each), emptyHistogram);
        expect(exact(sketch)).toEqual(exact(fromValues(all)));
        expect(histogramSchema.parse(JSON.parse(JSON.stringify(sketch)))).toEqual(sketch);
        expect(sketch.buckets.length).toBeLessThanOrEqual(maxBuckets);
        expect(sketch.count).toBe(sketch.zeros + sketch.buckets.reduce((sum, [, times]) => sum + times, 0));
      }),
    );
    const wide = fromValues(Array.from({ length: 5_000 }, (_, index) => 10 ** (index / 250 - 4)));
    expect(wide.buckets.length).toBeLessThanOrEqual(maxBuckets);
    expect(maxBuckets).toBeLessThan(1_000);
  });

  it('keeps quantiles in order, and cumulative counts with them', () => {
    fc.assert(
      fc.property(values, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }), (all, shares) => {
        const sketch = fromValues(all);
        const found = shares.toSorted((a, b) => a - b).map((q) => quantile(sketch, q) ?? 0);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
        const counts = [0.5, 5, 50, 500, 5e5, Infinity].map((limit) => countUpTo(sketch, limit));
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(counts.at(-1)).toBe(all.length);
      }),
    );
  });

  it('ignores what is no measurement', () => {
    expect([Number.NaN, -1, Infinity].reduce((so, each) => add(so, each), emptyHistogram)).toEqual(emptyHistogram);
    expect(quantile(emptyHistogram, 0.5)).toBeNull();
    expect(mean(emptyHistogram)).toBeNull();
    expect(medianDeviation(emptyHistogram)).toBeNull();
  });

  it('knows median and spread, unmoved by a few wild values', () => {
    const calm = Array.from({ length: 101 }, (_, index) => 300 + index);
    const { median, mad } = medianDeviation(fromValues([...calm, 1e6, 1e6, 1e6])) ?? { median: 0, mad: 0 };
    expect(median / 351.5).toBeCloseTo(1, 1);
    expect(mad).toBeGreaterThan(15);
    expect(mad).toBeLessThan(40);
  });
});
