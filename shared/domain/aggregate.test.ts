import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Aggregate,
  average,
  bucketFor,
  fineKeptMs,
  keptBuckets,
  measured,
  mergeAggregates,
  minutesKeptMs,
  share,
  sourceOf,
  timed,
} from './aggregate.ts';

const hour = 3_600_000;
const value = fc.integer({ min: 0, max: 1_000_000 });

describe('aggregates', () => {
  it('keep sum, least, most and number, however they are merged', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.infiniteStream(fc.nat()), (values, picks) => {
        let parts: Aggregate[] = values.map(timed);
        while (parts.length > 1) {
          const at = (picks.next().value as number) % (parts.length - 1);
          const merged = mergeAggregates(parts[at] as Aggregate, parts[at + 1] as Aggregate);
          parts = [...parts.slice(0, at), merged, ...parts.slice(at + 2)];
        }
        const whole = parts[0] as Aggregate;
        expect(whole.count).toBe(values.length);
        expect(whole.sum).toBe(values.reduce((a, b) => a + b, 0));
        expect(whole.min).toBe(Math.min(...values));
        expect(whole.max).toBe(Math.max(...values));
        expect(whole.sketch?.count).toBe(values.length);
      }),
    );
  });

  it('weigh shares by their wholes', () => {
    expect(average(mergeAggregates(share(0, 10), share(10, 30)))).toBe(0.25);
    expect(mergeAggregates(share(0, 10), share(3, 3))).toMatchObject({ min: 0, max: 1 });
    expect(average(mergeAggregates(measured(2), measured(4)))).toBe(3);
  });
});

describe('the width of buckets', () => {
  const now = 1_800_000_000_000;
  it('is the finest that is kept and fits', () => {
    expect(bucketFor(now - hour / 2, now, 300, now)).toBe(10_000);
    expect(bucketFor(now - hour, now, 300, now)).toBe(20_000);
    expect(bucketFor(now - 24 * hour, now, 300, now)).toBe(5 * 60_000);
    expect(bucketFor(now - 7 * 24 * hour, now, 300, now)).toBe(hour);
    // Half an hour of yesterday is kept by the minute.
    expect(bucketFor(now - 24 * hour, now - 23.5 * hour, 300, now)).toBe(60_000);
    expect(bucketFor(now - minutesKeptMs - 1, now - minutesKeptMs + 1, 300, now)).toBe(hour);
    expect(bucketFor(now - fineKeptMs, now - fineKeptMs + 60_000, 300, now)).toBe(10_000);
  });

  it('never gives more than was asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * 24 * hour }),
        fc.integer({ min: 1, max: 400 * 24 * hour }),
        fc.integer({ min: 2, max: 2000 }),
        (ago, length, points) => {
          const from = now - ago;
          const width = bucketFor(from, from + length, points, now);
          expect(Math.ceil((from + length) / width) - Math.floor(from / width)).toBeLessThanOrEqual(points + 1);
          expect(width % sourceOf(width)).toBe(0);
          expect(keptBuckets).toContain(sourceOf(width));
        },
      ),
    );
  });
});
