import { expect, it } from 'vitest';
import type { StepPart } from '../../../shared/contract/operations.ts';
import { partWords, restWords, shownParts } from './part-words.ts';

const part = (name: string, change: Partial<StepPart> = {}): StepPart => ({
  name,
  state: 'running',
  progress: null,
  perSecond: null,
  detail: null,
  ...change,
});
const bytes = (done: number, total: number | null): StepPart['progress'] => ({ done, total, unit: 'bytes' });

it('writes what was measured, and nothing that was not', () => {
  expect(partWords(part('a'))).toBe('');
  expect(partWords(part('a', { progress: bytes(3_100_000, null) }))).toBe('3.1 MB');
  expect(partWords(part('a', { progress: bytes(3_100_000, 12_000_000), perSecond: 4_200_000 }))).toBe(
    '3.1 of 12 MB, 4.2 MB/s',
  );
  expect(partWords(part('a', { state: 'waiting' }))).toBe('waiting');
  expect(partWords(part('a', { state: 'done', detail: 'Up to date' }))).toBe('Up to date');
  expect(partWords(part('a', { state: 'failed', detail: 'no such tag' }))).toBe('failed');
});

it('keeps what moves on screen when there are many', () => {
  const few = [part('a'), part('b', { state: 'done' })];
  expect(shownParts(few)).toEqual({ shown: few, rest: [] });
  const many = [
    ...['d1', 'd2', 'd3', 'd4', 'd5'].map((name) => part(name, { state: 'done' })),
    part('r1'),
    part('f1', { state: 'failed' }),
    part('r2'),
    ...['w1', 'w2', 'w3', 'w4'].map((name) => part(name, { state: 'waiting' })),
  ];
  const { shown, rest } = shownParts(many);
  expect(shown.map((each) => each.name)).toEqual(['r1', 'f1', 'r2', 'w1', 'w2', 'w3']);
  expect(restWords(rest)).toBe('and 6 more: 1 waiting, 5 done');
});
