import fc from 'fast-check';
import { expect, it } from 'vitest';
import { settingsSchema } from '../../../shared/contract/settings.ts';
import { parseHours } from './hours.ts';

it('accepts exactly what the setting itself accepts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), (hours) => {
      expect(parseHours(String(hours)).ok).toBe(settingsSchema.shape.undoHours.safeParse(hours).success);
    }),
  );
});

it.each(['', '2d', '-24', '24.5', 'many'])('says that %j is no number of hours', (text) => {
  expect(parseHours(text)).toEqual({ ok: false, problem: 'A number of hours' });
});

it('ignores space around it', () => expect(parseHours(' 48 ')).toEqual({ ok: true, hours: 48 }));
