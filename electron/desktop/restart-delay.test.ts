import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restartDelay } from './restart-delay.ts';

describe('restartDelay', () => {
  it('starts again at once after the first crashes, then ever later, at most ten seconds', () => {
    const at = 1_000_000;
    const delays = Array.from({ length: 12 }, (_, count) => restartDelay(Array(count + 1).fill(at), at));
    expect(delays.slice(0, 6)).toEqual([0, 0, 0, 250, 500, 1000]);
    expect(delays.at(-1)).toBe(10_000);
  });

  it('forgets crashes after a minute', () => {
    expect(restartDelay(Array(12).fill(0), 60_000)).toBe(0);
  });

  it('never waits longer than ten seconds, nor less for more crashes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 50 }), (times) => {
        const now = 120_000;
        const delay = restartDelay(times, now);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(10_000);
        expect(restartDelay([...times, now], now)).toBeGreaterThanOrEqual(delay);
      }),
    );
  });
});
