import { array, assert, bigInt, boolean, dictionary, property, record, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { solveRequest } from './messages.ts';
import { bool, bytes, int64, many, message, nested, one, text, textMap, uint32 } from './wire.ts';

const inner = message({ name: one(1, text) });
const sample = message({
  text: one(1, text),
  flag: one(2, bool),
  time: one(3, int64),
  data: one(4, bytes),
  names: many(5, text),
  map: textMap(6),
  inner: one(7, nested(inner)),
});

describe('a message', () => {
  it('reads what it wrote', () => {
    const values = record({
      text: string({ unit: 'grapheme' }),
      flag: boolean(),
      time: bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      data: uint8Array({ maxLength: 300 }),
      names: array(string({ unit: 'grapheme' }), { maxLength: 5 }),
      map: dictionary(
        string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
        string({ unit: 'grapheme' }),
        { noNullPrototype: true },
      ),
      inner: record({ name: string({ unit: 'grapheme' }) }),
    });
    assert(
      property(values, (value) => {
        const read = sample.decode(sample.encode(value));
        expect({ ...read, data: new Uint8Array(read.data) }).toEqual(value);
      }),
    );
  });

  it('is the bytes that the format prescribes', () => {
    // From the format's own documentation: a varint of 150 in field 1, a text in field 2.
    expect([...message({ a: one(1, uint32) }).encode({ a: 150 })]).toEqual([0x08, 0x96, 0x01]);
    expect([...message({ b: one(2, text) }).encode({ b: 'testing' })]).toEqual([0x12, 7, ...Buffer.from('testing')]);
    expect(sample.encode({ text: '', flag: false, time: 0n, names: [] })).toHaveLength(0);
  });

  it('tells an absent message from an empty one, and passes over what it does not know', () => {
    expect(sample.decode(new Uint8Array()).inner).toBeUndefined();
    expect(sample.decode(sample.encode({ inner: { name: '' } })).inner).toEqual({ name: '' });
    const longer = message({ text: one(1, text), more: one(99, text), flag: one(2, text) });
    // A known number of another kind is passed over too.
    expect(sample.decode(longer.encode({ text: 'a', more: 'b', flag: 'c' }))).toMatchObject({ text: 'a', flag: false });
  });

  it('never hangs on bytes that are none', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (junk) => {
        try {
          solveRequest.decode(junk);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
