import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Baseline,
  baselineSchema,
  describeAnomaly,
  deviation,
  emptyBaseline,
  initialAnomalyWatch,
  learn,
  usualP95,
  watchAnomaly,
} from './baseline.ts';

const day = 86_400_000;
const hour = 3_600_000;
const monday = Date.UTC(2026, 1, 2);
const mb = 2 ** 20;

/** Days with 330 MB by night and 1 GB from 9 to 18, ± 5 %. */
function learned(days: number, from = monday): Baseline {
  let baseline = emptyBaseline(from);
  for (let at = from; at < from + days * day; at += 5 * 60_000) {
    const busy = at % day >= 9 * hour && at % day < 18 * hour;
    const wobble = 1 + 0.05 * Math.sin(at / 777_777);
    baseline = learn(baseline, (busy ? 1024 : 330) * mb * wobble, at, 0);
  }
  return baseline;
}

describe('baseline', () => {
  it('knows that what is usual by day is unusual by night', () => {
    const baseline = learned(7);
    const at = monday + 7 * day;
    expect(Math.abs(deviation(baseline, 1024 * mb, at + 12 * hour, 0)?.score ?? 9)).toBeLessThan(3.5);
    expect(deviation(baseline, 1024 * mb, at + 3 * hour, 0)?.score).toBeGreaterThan(3.5);
    expect(deviation(baseline, 330 * mb, at + 12 * hour, 0)?.score).toBeLessThan(-3.5);
    expect(deviation(baseline, 1024 * mb, at + 11 * hour, 9 * -60)?.hour).toBe(2);
  });

  it('says it in words', () => {
    const found = deviation(learned(7), 640 * mb, monday + 7 * day + 3 * hour, 0);
    if (found === null) throw new Error('nothing known');
    expect(describeAnomaly({ metric: 'Memory', service: 'db', unit: 'bytes' }, found, 180_000)).toMatch(
      /^Memory of db has been 640 MB for 3 minutes; between 03:00 and 04:00 it is usually 3\d\d MB to 3\d\d MB\.$/,
    );
  });

  it('says nothing while it knows too little, and uses all hours until it knows this one', () => {
    let baseline = emptyBaseline(monday);
    for (let turn = 0; turn < 29; turn++) baseline = learn(baseline, 10, monday + 14 * hour, 0);
    expect(deviation(baseline, 1_000, monday + 14 * hour, 0)).toBeNull();
    expect(usualP95(baseline, monday + 14 * hour, 0)).toBeNull();
    baseline = learn(baseline, 10, monday + 14 * hour, 0);
    expect(deviation(baseline, 1_000, monday + 2 * hour, 0)).toMatchObject({ hour: null });
    expect(usualP95(baseline, monday + 14 * hour, 0)).toBeCloseTo(10);
  });

  it('forgets what was usual two weeks ago', () => {
    let baseline = learned(7);
    const later = monday + 30 * day;
    expect(deviation(baseline, 64 * mb, later + 3 * hour, 0)?.score).toBeLessThan(-3.5);
    for (let at = later; at < later + 7 * day; at += 5 * 60_000) baseline = learn(baseline, 64 * mb, at, 0);
    expect(Math.abs(deviation(baseline, 64 * mb, later + 3 * hour, 0)?.score ?? 9)).toBeLessThan(1);
  });

  it('is not alarmed by a hair’s breadth of what never varies', () => {
    let baseline = emptyBaseline(monday);
    for (let turn = 0; turn < 100; turn++) baseline = learn(baseline, 200, monday + turn, 0);
    expect(deviation(baseline, 210, monday, 0)?.score).toBeLessThan(3.5);
    expect(deviation(baseline, 400, monday, 0)?.score).toBeGreaterThan(3.5);
  });

  it('takes two minutes on one side, seen all the while, to call it an anomaly', () => {
    const high = { score: 5, value: 1, median: 1, usual: [1, 1] as const, hour: null };
    const run = (steps: readonly (readonly [number, number])[]): boolean => {
      let watch = initialAnomalyWatch;
      let anomalous = false;
      for (const [seconds, score] of steps)
        ({ watch, anomalous } = watchAnomaly(watch, { ...high, score }, monday + seconds * 1000));
      return anomalous;
    };
    expect(
      run([
        [0, 5],
        [60, 5],
        [110, 5],
      ]),
    ).toBe(false);
    expect(
      run([
        [0, 5],
        [60, 5],
        [120, 5],
      ]),
    ).toBe(true);
    expect(
      run([
        [0, 5],
        [60, 1],
        [120, 5],
      ]),
    ).toBe(false);
    expect(
      run([
        [0, 5],
        [60, -5],
        [120, 5],
      ]),
    ).toBe(false);
    expect(
      run([
        [0, 5],
        [7_200, 5],
      ]),
    ).toBe(false);
    expect(
      run([
        [0, 5],
        [60, 5],
        [-3_600, 5],
      ]),
    ).toBe(false);
  });

  it('stays valid and bounded whatever it learns', () => {
    const readings = fc.array(
      fc.record({
        value: fc.double(),
        at: fc.double({ min: -1e13, max: 1e13 }),
        offset: fc.integer({ min: -720, max: 840 }),
      }),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(readings, (all) => {
        let baseline = emptyBaseline(monday);
        for (const { value, at, offset } of all) {
          baseline = learn(baseline, value, at, offset);
          const found = deviation(baseline, value, at, offset);
          if (found !== null) expect(Number.isFinite(found.score)).toBe(true);
        }
        expect(baselineSchema.parse(JSON.parse(JSON.stringify(baseline)))).toEqual(baseline);
      }),
    );
  });
});
