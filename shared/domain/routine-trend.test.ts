import { expect, it } from 'vitest';
import { median, type TrendRun, trendOf } from './routine-trend.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 21);

function run(daysAgo: number, seconds: number, pull: number, more: Partial<TrendRun> = {}): TrendRun {
  return {
    id: `${daysAgo}`,
    at: now - daysAgo * day,
    tookMs: seconds * 1000,
    verdict: 'ready',
    counts: true,
    steps: [
      { id: 'stack.up', title: 'Start services', ms: pull * 1000 },
      { id: 'ready', title: 'Wait until everything is ready', ms: (seconds - pull) * 1000 },
    ],
    ...more,
  };
}

it('says what takes longer than the week before, and which step it is', () => {
  const trend = trendOf(
    'Morning startup',
    [run(10, 21, 12), run(9, 20, 12), run(8, 22, 13), run(2, 38, 30), run(1, 39, 30)],
    now,
  );
  expect(trend).toMatchObject({
    nowMs: 38_000,
    beforeMs: 21_000,
    words: 'Morning startup takes 38 s, was 21 s the week before: Start services',
  });
  expect(trend.steps[0]).toEqual({ id: 'stack.up', title: 'Start services', nowMs: 30_000, beforeMs: 12_000 });
  expect(trend.runs).toHaveLength(5);
});

it('says nothing where nothing changed much, or nothing is known', () => {
  expect(trendOf('X', [run(10, 21, 12), run(1, 22, 12)], now).words).toBeNull();
  expect(trendOf('X', [run(1, 22, 12)], now)).toMatchObject({ words: null, beforeMs: null, nowMs: 22_000 });
  expect(trendOf('X', [], now)).toMatchObject({ words: null, runs: [], steps: [] });
  // One that failed is shown, and does not count.
  const failed = run(1, 300, 12, { counts: false, verdict: 'not-ready' });
  expect(trendOf('X', [run(10, 21, 12), failed], now)).toMatchObject({ words: null, nowMs: null, runs: [{}, {}] });
});

it('names no step where none of them explains it', () => {
  const flat = (daysAgo: number, seconds: number): TrendRun => run(daysAgo, seconds, 1, { steps: [] });
  expect(trendOf('X', [flat(9, 10), flat(1, 5)], now).words).toBe('X takes 5 s, was 10 s the week before');
});

it('takes the middle', () => {
  expect([median([]), median([3]), median([1, 9]), median([5, 1, 9])]).toEqual([null, 3, 1, 5]);
});
