import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondition } from './condition.ts';
import { type Condition, comparisons, type FactNames, type FactType, type Operand } from './condition-types.ts';
import { conditionHolds, conditionWords } from './condition-value.ts';
import { bytesWords, durationWords, printCondition } from './condition-words.ts';

const names: FactNames = {
  'data.changed': { type: 'bytes', about: '' },
  'data.age': { type: 'duration', about: '' },
  'branch.behind': { type: 'number', about: '' },
  'on.battery': { type: 'flag', about: '' },
  weekday: { type: 'text', about: '' },
};

function read(text: string): Condition {
  const parsed = parseCondition(text, names);
  if (!parsed.ok) throw new Error(`${parsed.fault.column}: ${parsed.fault.message} ${parsed.fault.remedy}`);
  return parsed.condition;
}
const fault = (text: string): string => {
  const parsed = parseCondition(text, names);
  return parsed.ok ? 'well' : `${parsed.fault.column} ${parsed.fault.message} ${parsed.fault.remedy}`;
};
const holds = (text: string, facts: Parameters<typeof conditionHolds>[1]): boolean => conditionHolds(read(text), facts);

describe('a condition', () => {
  it.each([
    ['data.changed > 50MiB', { 'data.changed': 50 * 1024 ** 2 + 1 }, true],
    ['data.changed > 50MiB', { 'data.changed': 50 * 1024 ** 2 }, false],
    ['data.changed >= 1.5GB', { 'data.changed': 1_500_000_000 }, true],
    ['data.age > 1d12h', { 'data.age': 36 * 3_600_000 + 1 }, true],
    ['branch.behind > 0 and not on.battery', { 'branch.behind': 2, 'on.battery': false }, true],
    ['weekday == "fri" or weekday == \'mon\'', { weekday: 'mon' }, true],
    ['weekday != "fri"', { weekday: 'fri' }, false],
    // `and` binds stronger than `or`, `not` stronger than both.
    ['on.battery or on.battery and not on.battery', { 'on.battery': true }, true],
    ['(on.battery or on.battery) and not on.battery', { 'on.battery': true }, false],
    ['not on.battery == true', { 'on.battery': false }, true],
    ['on.battery', {}, false],
    // What cannot be told is neither more nor less, equal nor different.
    ['branch.behind > 0 or branch.behind <= 0 or branch.behind == 0 or branch.behind != 0', {}, false],
    ['branch.behind > -3', { 'branch.behind': -2 }, true],
    ['true', {}, true],
  ])('%s with %j is %s', (text, facts, expected) => {
    expect(holds(text, facts)).toBe(expected);
  });

  it.each([
    ['data.chnged > 1MB', '1 There is nothing called data.chnged. Did you mean data.changed?'],
    [
      'weekday == fri',
      '12 There is nothing called fri. Text stands in quotes. Known are branch.behind, data.age, data.changed, on.battery, weekday.',
    ],
    ['data.changed > 50', '16 data.changed is a size, and 50 a number. Write for example data.changed > 50MiB.'],
    ['data.changed > 3h', '16 data.changed is a size, and 3h a duration. Write for example data.changed > 50MiB.'],
    ['branch.behind', '14 branch.behind has to be compared with something. Write for example branch.behind > 0.'],
    ['branch.behind = 1', '15 “=” does not belong in a condition. Write ==.'],
    ['on.battery && true', '12 “&” does not belong in a condition. Write and.'],
    ['weekday > "a"', '1 weekday is text: it has no order. Compare it with == or !=.'],
    ['(on.battery', '1 This bracket is never closed. Add a closing bracket.'],
    ['on.battery)', '11 This bracket was never opened. Remove it.'],
    ['weekday == "fri', '12 A quote is opened and never closed. Close it with ".'],
    [
      'data.changed > 5parsec',
      '16 “5parsec” is neither a size nor a duration. Sizes are written as 50MiB or 1.5GB, durations as 90s, 1h30m or 7d.',
    ],
    ['', '1 The condition ends too early. Add what is to be compared.'],
    ['on.battery and', '15 The condition ends too early. Add what is to be compared.'],
    ['on.battery on.battery', '12 “on.battery” is not expected here. Join conditions with and, or.'],
  ])('%s is refused', (text, expected) => {
    expect(fault(text)).toBe(expected);
  });

  it('says what it was decided by', () => {
    const condition = read('data.changed > 50MiB and not on.battery and weekday == "fri"');
    expect(conditionWords(condition, names, { 'data.changed': 12_300_000, 'on.battery': true })).toBe(
      'data.changed is 12.3 MB, on.battery is yes, weekday is not known',
    );
  });

  it('says with words of their own what one thing was measured as, and what that falls short of', () => {
    const own = {
      ...names,
      'data.changed': { ...names['data.changed'], type: 'bytes', about: '', words: '{} of data changed' },
    } as const;
    const say = (text: string, changed?: number) => conditionWords(read(text), own, { 'data.changed': changed });
    expect(say('data.changed > 50MiB', 40_200_000)).toBe('40.2 MB of data changed, not more than 50MiB');
    expect(say('data.changed == 5B', 40_200_000)).toBe('40.2 MB of data changed');
    expect(say('data.changed > 50MiB')).toBe('data.changed is not known');
    expect(say('data.changed > 1GB or branch.behind > 3', 7)).toBe('7 B of data changed, branch.behind is not known');
  });

  it('says sizes and durations as people do', () => {
    expect([0, 999, 1000, 9950, 99_500, 212_400_000, 1.44e9].map(bytesWords)).toEqual([
      '0 B',
      '999 B',
      '1 KB',
      '10 KB',
      '100 KB',
      '212 MB',
      '1.4 GB',
    ]);
    expect([12, 2100, 38_000, 118_000, 150_000, 7_200_000, 86_400_000, 864_000_000].map(durationWords)).toEqual([
      '12 ms',
      '2.1 s',
      '38 s',
      '118 s',
      '3 min',
      '2 h',
      '24 h',
      '10 days',
    ]);
  });
});

const operand = (type: FactType): fc.Arbitrary<Operand> => {
  const name = Object.keys(names).find((each) => names[each]?.type === type) as string;
  const value: fc.Arbitrary<number | string | boolean> =
    type === 'flag'
      ? fc.boolean()
      : type === 'text'
        ? fc.string().filter((text) => !(text.includes('"') && text.includes("'")) && text.length < 20)
        : type === 'number'
          ? fc.integer({ min: -1e9, max: 1e9 })
          : fc.integer({ min: 0, max: type === 'bytes' ? Number.MAX_SAFE_INTEGER : 1e13 });
  return fc.oneof(
    fc.constant<Operand>({ kind: 'name', name }),
    value.map((each): Operand => ({ kind: 'value', type, value: each })),
  );
};

const single: fc.Arbitrary<Condition> = fc.oneof(
  operand('flag').map((of): Condition => ({ kind: 'flag', of })),
  fc
    .constantFrom<FactType[]>('bytes', 'number', 'duration', 'text', 'flag')
    .chain((type) =>
      fc
        .tuple(
          operand(type),
          fc.constantFrom(...(type === 'text' || type === 'flag' ? (['==', '!='] as const) : comparisons)),
          operand(type),
        )
        .map(([left, operator, right]): Condition => ({ kind: 'compare', left, operator, right })),
    ),
);
const condition = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    single,
    tie('any').map((of): Condition => ({ kind: 'not', of })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), tie('any'), tie('any'))
      .map(([kind, left, right]): Condition => ({ kind, left, right })),
  ),
})).any;

describe('any condition', () => {
  it('is read from its own text as the same', () => {
    fc.assert(
      fc.property(condition, (each) => {
        const text = printCondition(each);
        fc.pre(text.length <= 500);
        expect(parseCondition(text, names)).toEqual({ ok: true, condition: each });
      }),
      { numRuns: 500 },
    );
  });

  it('is read or refused with a place in it, whatever it is', () => {
    const word = fc.constantFrom(
      '(',
      ')',
      'and',
      'or',
      'not',
      '>',
      '==',
      '5',
      '50MiB',
      '1h',
      '"a"',
      "'",
      'weekday',
      'data.changed',
      'on.battery',
      'x',
      '-',
      '1e9',
      '.',
      'ä',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const parsed = parseCondition(text, names);
          if (parsed.ok) expect(read(printCondition(parsed.condition))).toEqual(parsed.condition);
          else {
            expect(parsed.fault.column).toBeGreaterThanOrEqual(1);
            expect(parsed.fault.column).toBeLessThanOrEqual(Math.max(text.length, 499) + 1);
            expect(parsed.fault.remedy).not.toBe('');
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
