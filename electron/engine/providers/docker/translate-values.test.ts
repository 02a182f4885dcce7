import { assert, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiAtLeast, bytes, nanoseconds } from './translate-values.ts';

describe('nanoseconds', () => {
  it.each([
    ['0s', 0],
    ['0', 0],
    ['1m30s', 90e9],
    ['2.5s', 2.5e9],
    ['500ms', 5e8],
    ['100us', 1e5],
    ['100µs', 1e5],
    ['1h0m0s', 3600e9],
    ['7ns', 7],
  ])('reads %s', (text, expected) => expect(nanoseconds(text)).toBe(expected));

  it.each(['', 'soon', '5', '1m30', '-1s'])('does not guess at %j', (text) =>
    expect(nanoseconds(text)).toBeUndefined(),
  );

  it('adds up whatever Go prints', () => {
    const parts = record({
      h: integer({ min: 0, max: 99 }),
      m: integer({ min: 0, max: 59 }),
      ms: integer({ min: 0, max: 999 }),
    });
    assert(property(parts, ({ h, m, ms }) => nanoseconds(`${h}h${m}m${ms}ms`) === h * 3600e9 + m * 60e9 + ms * 1e6));
  });
});

describe('bytes', () => {
  it.each([
    ['134217728', 134217728],
    [42, 42],
    ['64m', 64 * 1024 ** 2],
    ['1.5gb', 1.5 * 1024 ** 3],
    ['2KiB', 2048],
    ['-1', -1],
  ])('reads %s', (text, expected) => expect(bytes(text)).toBe(expected));
  it('does not guess', () => expect(bytes('lots')).toBeUndefined());
});

it('compares API versions as numbers', () => {
  expect(apiAtLeast('1.41', '1.9')).toBe(true);
  expect(apiAtLeast('1.41', '1.44')).toBe(false);
  expect(apiAtLeast('2.0', '1.44')).toBe(true);
});
