import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timeline } from '../../../shared/contract/health.ts';
import { healthStates } from '../../../shared/domain/health.ts';
import { axisOf, markGroups, piecesOf, rowsOf, type Span, together, wellShare } from './horizon-model.ts';
import { readingAt } from './horizon-words.ts';

const at = (hour: number, minute = 0, day = 4): number => new Date(2026, 1, day, hour, minute).getTime();
const day = { fromMinute: 480, toMinute: 1080 };
const span = (from: number, to: number, state: Span['state'] = 'healthy', reason: string | null = null): Span => ({
  from,
  to,
  state,
  reason,
});
const timeline = (id: string, services: Record<string, readonly Span[]>, marks: Timeline['marks'] = []): Timeline => ({
  environmentId: id,
  from: at(8),
  to: at(19),
  services: Object.entries(services).map(([service, spans]) => ({ service, spans: [...spans] })),
  marks,
});

describe('the axis', () => {
  it.each([
    ['at noon', at(12), day, at(8), at(19)],
    ['before work', at(5, 30), day, at(5), at(19)],
    ['late', at(22, 10), day, at(8), at(23)],
    ['at night, for who works at night', at(2), { fromMinute: 1320, toMinute: 360 }, at(22, 0, 3), at(7)],
    ['in the evening, for who works at night', at(23), { fromMinute: 1320, toMinute: 360 }, at(22), at(7, 0, 5)],
  ])('%s', (_name, now, hours, from, to) => {
    const axis = axisOf(hours, now);
    expect([axis.from, axis.to]).toEqual([from, to]);
  });

  it('always has now and the whole working day on it', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 86_400_000 }), (fromMinute, toMinute, past) => {
        const now = at(0) + past;
        const axis = axisOf({ fromMinute, toMinute }, now);
        expect(axis.from <= Math.min(now, axis.rise) && axis.to > Math.max(now, axis.set)).toBe(true);
        expect(axis.set).toBeGreaterThan(axis.rise);
      }),
    );
  });
});

describe('rows', () => {
  const calm = [span(at(8), at(9))];
  it('are the services of one environment', () =>
    expect(rowsOf([timeline('a/main', { db: calm, api: calm })]).map((row) => row.label)).toEqual(['db', 'api']));

  it('fold into environments and what had trouble when there are too many', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`s${n}`, calm]));
    const rows = rowsOf([
      timeline('a/main', { ...many, bad: [span(at(8), at(9)), span(at(9), at(10), 'down')] }),
      timeline('b/main', many),
    ]);
    expect(rows.map((row) => row.label)).toEqual(['a/main', 'bad', 'b/main']);
    expect(rows[0]?.spans.map((one) => one.state)).toEqual(['healthy', 'down']);
  });
});

it('together is the worst at each moment, in order, without overlap', () => {
  const list = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(...healthStates)), { maxLength: 8 })
    .map((parts) => {
      let from = 0;
      return parts.map(([length, state]) => {
        const one = span(from, from + length, state);
        from += length;
        return one;
      });
    });
  fc.assert(
    fc.property(fc.array(list, { maxLength: 4 }), (lists) => {
      const merged = together(lists);
      for (const [index, one] of merged.entries()) {
        expect(one.from).toBeGreaterThanOrEqual(merged[index - 1]?.to ?? 0);
        const inside = lists.flatMap((spans) => spans.filter((each) => each.from <= one.from && one.from < each.to));
        expect(inside.map((each) => each.state)).toContain(one.state);
      }
      const reach = (spans: readonly Span[]): number => spans.at(-1)?.to ?? 0;
      expect(reach(merged)).toBe(Math.max(0, ...lists.map(reach)));
    }),
  );
});

it('draws no more than can be seen, and never hides what was down', () => {
  const axis = axisOf(day, at(12));
  const flaps = Array.from({ length: 2000 }, (_, n) =>
    span(at(8) + n * 5000, at(8) + (n + 1) * 5000, n === 777 ? 'down' : n % 2 === 0 ? 'healthy' : 'degraded'),
  );
  const pieces = piecesOf(flaps, axis);
  expect(pieces.length).toBeLessThanOrEqual(240);
  expect(pieces.some((one) => one.ribbon === 'down')).toBe(true);
  expect(piecesOf([span(at(7), at(9)), span(at(9), at(10), 'suspect')], axis)).toEqual([
    { from: at(8), to: at(10), ribbon: 'healthy' },
  ]);
});

it('counts what was watched and ran', () => {
  expect(wellShare([span(0, 30), span(30, 40, 'down'), span(40, 90, 'stopped'), span(90, 99, 'unknown')])).toBe(75);
  expect(wellShare([span(0, 9, 'stopped')])).toBeNull();
});

describe('a reading', () => {
  const mark = { at: at(11, 10), kind: 'incident' as const, label: 'db was down', service: 'db', ref: 'i' };
  const lines = [
    timeline(
      'a/main',
      {
        db: [span(at(8), at(11, 10)), span(at(11, 10), at(11, 20), 'down', 'Out of memory.'), span(at(11, 20), at(12))],
        api: [span(at(8), at(12))],
      },
      [mark, { ...mark, at: at(11, 11), kind: 'up', ref: 'o' }],
    ),
  ];
  const rows = rowsOf(lines);
  const groups = markGroups(lines, axisOf(day, at(12)));

  it('names what was wrong, for how long, and why', () => {
    const reading = readingAt(rows, groups, at(11, 12), at(12));
    expect([reading.time, reading.headline, reading.length]).toEqual(['11:12', 'db down', 'for 2 min']);
    expect(reading.details).toEqual(['Out of memory.', 'db was down', 'db was down', '1 of 2 healthy']);
  });

  it('is calm when all was well, and knows what it cannot know', () => {
    expect(readingAt(rows, groups, at(9), at(12)).headline).toBe('All healthy');
    expect(readingAt(rows, groups, at(15), at(12)).headline).toBe('Still to come');
    expect(readingAt(rows, groups, at(7), at(12)).headline).toBe('Nobody was watching');
  });

  it('puts marks that would cover each other into one, with the shape of the gravest', () =>
    expect(groups.map((group) => [group.first.kind, group.marks.length])).toEqual([['incident', 2]]));
});
