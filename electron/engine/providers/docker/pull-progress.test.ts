import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPullProgress, type PullLine } from './pull-progress.ts';
import { createRate } from './pull-rate.ts';

const downloading = (id: string, current: number, total: number): PullLine => ({
  status: 'Downloading',
  id,
  progressDetail: { current, total },
});

it('counts a pull in bytes, never backwards', () => {
  const progress = createPullProgress();
  expect(progress.sums()).toEqual({ done: 0, total: null });
  expect(progress.words()).toBe('Asking the registry');
  for (const id of ['a', 'b', 'c']) progress.take({ status: 'Pulling fs layer', id });
  progress.take({ status: 'Already exists', id: 'a' });
  progress.take(downloading('b', 10, 100));
  // c has not said how large it is: nobody knows the whole.
  expect(progress.sums()).toEqual({ done: 10, total: null });
  progress.take(downloading('c', 5, -1));
  expect(progress.sums()).toEqual({ done: 15, total: null });
  progress.take({ status: 'Download complete', id: 'c' });
  expect(progress.sums()).toEqual({ done: 15, total: 105 });
  expect(progress.words()).toBe('Downloading, 1 of 3 layers');
  expect(progress.take({ status: 'Download complete', id: 'b' })).toBe(true);
  progress.take({ status: 'Extracting', id: 'b', progressDetail: { current: 1, total: 100 } });
  expect(progress.sums()).toEqual({ done: 105, total: 105 });
  expect(progress.words()).toBe('Extracting, 1 of 3 layers');
  expect(progress.finished()).toEqual([
    { id: 'c', bytes: 5 },
    { id: 'b', bytes: 100 },
  ]);
  expect(progress.finished()).toEqual([]);
  for (const id of ['b', 'c']) progress.take({ status: 'Pull complete', id });
  expect(progress.layers()).toEqual({ all: 3, done: 3, here: 1 });
});

it('goes on where a cut attempt ended, also when the engine begins again', () => {
  const progress = createPullProgress();
  progress.take(downloading('a', 80, 100));
  progress.take({ status: 'Retrying in 5 seconds', id: 'a' });
  expect(progress.words()).toContain('tries again');
  progress.take({ status: 'Pulling fs layer', id: 'a' });
  progress.take(downloading('a', 10, 100));
  expect(progress.sums()).toEqual({ done: 80, total: 100 });
  progress.take({ status: 'Already exists', id: 'a' });
  expect(progress.sums()).toEqual({ done: 100, total: 100 });
});

it('never falls, whatever an engine says', () => {
  const status = fc.constantFrom(
    ...['Pulling fs layer', 'Waiting', 'Downloading', 'Verifying Checksum', 'Download complete', 'Extracting'],
    ...['Pull complete', 'Already exists', 'Retrying in 3 seconds', 'nonsense'],
  );
  const detail = fc.record({ current: fc.integer(), total: fc.integer() }, { requiredKeys: [] });
  const line = fc.record(
    { status, id: fc.constantFrom('a', 'b', 'c'), progressDetail: detail },
    { requiredKeys: ['status'] },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const progress = createPullProgress();
      let before = 0;
      for (const each of lines) {
        progress.take(each);
        const { done, total } = progress.sums();
        expect(done).toBeGreaterThanOrEqual(before);
        if (total !== null) expect(total).toBeGreaterThanOrEqual(done);
        expect(progress.layers().done).toBeLessThanOrEqual(progress.layers().all);
        before = done;
      }
    }),
  );
});

it('measures a rate over the last seconds only', () => {
  let now = 0;
  const rate = createRate({ monotonic: () => now });
  expect(rate.take(0)).toBeNull();
  now = 1000;
  expect(rate.take(5_000_000)).toBe(5_000_000);
  now = 2000;
  expect(rate.take(6_000_000)).toBe(3_000_000);
  now = 6000;
  // Nothing moved for as long as it looks back.
  expect(rate.take(6_000_000)).toBeNull();
});
