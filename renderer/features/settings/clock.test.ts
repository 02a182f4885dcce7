import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clockText, parseClock } from './clock.ts';

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1439 }), (minute) => {
      expect(parseClock(clockText(minute))).toBe(minute);
    }),
  );
});

it.each([
  ['8', 480],
  ['0830', 510],
  [' 8:30 ', 510],
  ['23.59', 1439],
])('takes %j', (text, minute) => expect(parseClock(text)).toBe(minute));

it.each(['', '24:00', '12:60', 'noon', '8:3', '-1'])('takes no %j', (text) => expect(parseClock(text)).toBeNull());
