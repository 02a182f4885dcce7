import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Aggregate, measured, mergeAggregates, share, timed } from '../../../shared/domain/aggregate.ts';
import { decodeBucket, encodeBucket } from './bucket-codec.ts';

const figure = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 2 ** 39 }),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
);
const several = (one: (value: number) => Aggregate) =>
  fc.array(figure, { minLength: 1, maxLength: 30 }).map((values) => values.map(one).reduce(mergeAggregates));
const aggregate = fc.oneof(
  several(measured),
  several(timed),
  fc
    .tuple(fc.integer({ min: 0, max: 3_600_000 }), fc.integer({ min: 1, max: 3_600_000 }))
    .map(([part, whole]) => share(part, whole)),
);

describe('stored buckets', () => {
  it('read back as they were', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(40), aggregate), { selector: ([key]) => key }), (entries) => {
        const bucket = new Map(entries);
        expect(decodeBucket(encodeBucket(bucket))).toEqual(bucket);
      }),
    );
  });

  it('are small for a quiet service', () => {
    const quiet = new Map(Array.from({ length: 12 }, (_, metric) => [metric, measured(0)]));
    expect(encodeBucket(quiet).length).toBe(24);
  });

  it('are empty when they cannot be read, and never fail', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeBucket(bytes)));
    expect(decodeBucket(encodeBucket(new Map([[3, measured(7)]])).subarray(0, 5)).size).toBe(0);
  });
});
