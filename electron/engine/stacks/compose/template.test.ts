import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { substitute } from './template.ts';

const values: Readonly<Record<string, string>> = { SET: 'value', EMPTY: '', NUMBER: '1' };
const lookup = (name: string): string | undefined => values[name];

describe('substitute', () => {
  it.each([
    ['no variables', 'no variables'],
    ['$SET', 'value'],
    ['${SET}', 'value'],
    ['a${SET}b', 'avalueb'],
    ['$SET-x', 'value-x'],
    ['$SETx', ''],
    ['$$SET', '$SET'],
    ['$$$SET', '$value'],
    ['$', '$'],
    ['$1 and $ and $-', '$1 and $ and $-'],
    ['${UNSET-a}', 'a'],
    ['${EMPTY-a}', ''],
    ['${EMPTY:-a}', 'a'],
    ['${SET:-a}', 'value'],
    ['${SET+a}', 'a'],
    ['${EMPTY+a}', 'a'],
    ['${EMPTY:+a}', ''],
    ['${UNSET+a}', ''],
    ['${SET:?no}', 'value'],
    ['${EMPTY?no}', ''],
    ['${UNSET:-${EMPTY:-${SET}}}', 'value'],
    ['${UNSET:-{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ['${UNSET:-}', ''],
    ['${UNSET:-a:-b}', 'a:-b'],
    ['${UNSET:-$$}', '$'],
    ['${UNSET:-a}${SET}', 'avalue'],
  ])('%s becomes %s', (template, expected) => {
    expect(substitute(template, lookup)).toMatchObject({ text: expected, faults: [] });
  });

  it.each(['${', '${}', '${1}', '${SET', '${SET!}', '${SET:=a}', '${SET:-a\nb}', '${ SET}'])(
    '%s is invalid',
    (template) => {
      expect(substitute(template, lookup).faults).toMatchObject([{ kind: 'invalid', offset: 0 }]);
    },
  );

  it('says which variable is required, where, and why, with the reason filled in', () => {
    expect(substitute('x: ${UNSET:?set it like $SET}', lookup).faults).toEqual([
      { kind: 'required', offset: 3, name: 'UNSET', reason: 'set it like value' },
    ]);
    expect(substitute('${SET:-${UNSET?inner}}', lookup).faults).toMatchObject([{ kind: 'required', offset: 7 }]);
  });

  it('reports variables without a value or a default', () => {
    expect(substitute('a $UNSET ${ALSO} ${SET} ${OTHER:-x}', lookup).missing).toEqual([
      { name: 'UNSET', offset: 2 },
      { name: 'ALSO', offset: 9 },
    ]);
  });

  it('gives back any text whose dollar signs are doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(substitute(text.replaceAll('$', '$$$$'), lookup)).toEqual({ text, faults: [], missing: [], reads: [] });
      }),
    );
  });

  it('ends on any text, also on deeply nested defaults', () => {
    const part = fc.constantFrom('$', '{', '}', '${', 'A', ':-', '?', '+', '-', '\n', '$$', '${A:-', '${A:?');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 200 }), (parts) => {
        expect(typeof substitute(parts.join(''), lookup).text).toBe('string');
      }),
    );
    const deep = `${'${A:-'.repeat(20_000)}x${'}'.repeat(20_000)}`;
    expect(substitute(deep, lookup).faults.length).toBeGreaterThan(0);
  });
});
