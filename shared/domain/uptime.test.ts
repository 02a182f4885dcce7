import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveredMs, uptimeOf } from './uptime.ts';

describe('uptime', () => {
  it('leaves out what says nothing: not watched, stopped, paused, starting', () => {
    expect(
      uptimeOf([
        { from: 0, to: 10, state: 'starting' },
        { from: 10, to: 70, state: 'healthy' },
        { from: 70, to: 80, state: 'suspect' },
        { from: 80, to: 100, state: 'down' },
        { from: 100, to: 120, state: 'degraded' },
        { from: 120, to: 500, state: 'stopped' },
        { from: 500, to: 900, state: 'unknown' },
        { from: 900, to: 950, state: 'paused' },
        { from: 950, to: 990, state: 'unreachable' },
      ]),
    ).toEqual({ upMs: 70, countedMs: 110 });
  });
});

it('covers each moment once, whatever overlaps', () => {
  const interval = fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]) => ({ from, to: from + length }));
  fc.assert(
    fc.property(fc.array(interval), (intervals) => {
      const on = new Set<number>();
      for (const { from, to } of intervals) for (let at = from; at < to; at += 1) on.add(at);
      expect(coveredMs(intervals)).toBe(on.size);
    }),
  );
});
