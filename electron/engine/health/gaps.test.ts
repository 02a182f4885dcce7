import { describe, expect, it } from 'vitest';
import { createGapFinder } from './gaps.ts';

const start = Date.UTC(2026, 1, 4, 8);

function bed() {
  let [wall, monotonic] = [start, 0];
  const sleep = async (): Promise<void> => undefined;
  const { check } = createGapFinder({ now: () => new Date(wall), monotonic: () => monotonic, sleep });
  return (byWall: number, byMonotonic: number) => {
    wall += byWall;
    monotonic += byMonotonic;
    return check()?.reason ?? null;
  };
}

describe('times in which nobody watched', () => {
  it.each([
    ['an ordinary wait', 5000, 5000, null],
    ['a busy machine', 14_000, 14_000, null],
    ['a clock that is corrected a little', 9000, 5000, null],
    ['a sleep that stops the monotonic clock', 3_600_000, 5000, 'sleep'],
    ['a sleep that does not', 3_600_000, 3_600_000, 'sleep'],
    ['a process that was stopped', 60_000, 60_000, 'sleep'],
    ['a clock that is set forward by little', 15_000, 5000, 'clock'],
    ['a clock that is set back', -3_600_000, 5000, 'clock'],
  ])('%s', (_what, byWall, byMonotonic, wanted) => {
    const pass = bed();
    expect(pass(5000, 5000)).toBeNull();
    expect(pass(byWall, byMonotonic)).toBe(wanted);
    // It is told once.
    expect(pass(5000, 5000)).toBeNull();
  });

  it('begin when somebody last looked', () => {
    let wall = start;
    const finder = createGapFinder({ now: () => new Date(wall), monotonic: () => 0, sleep: async () => undefined });
    wall += 1000;
    finder.check();
    wall += 3_600_000;
    expect(finder.check()).toEqual({ reason: 'sleep', from: start + 1000 });
  });
});
