import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked } from '../../../../test/support/frames.ts';
import { createLineSplitter } from './lines.ts';

function split(chunks: readonly Buffer[], maxBytes?: number): { lines: string[]; most: number } {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), maxBytes);
  let most = 0;
  for (const chunk of chunks) {
    splitter.push(chunk);
    most = Math.max(most, splitter.pendingBytes);
  }
  splitter.flush();
  return { lines, most };
}

describe('the line splitter', () => {
  const text = fc
    .array(
      fc.string({ unit: 'grapheme', maxLength: 12 }).map((line) => line.replace(/[\r\n]/g, '.')),
      { maxLength: 12 },
    )
    .map((lines) => lines.filter((line) => line !== '' && !/\p{Surrogate}/u.test(line)));

  it('gives the same lines however the bytes are cut, no character torn', () => {
    fc.assert(
      fc.property(text, fc.boolean(), fc.array(fc.nat(), { maxLength: 30 }), (lines, ended, cuts) => {
        const bytes = Buffer.from(lines.join('\n') + (ended && lines.length > 0 ? '\n' : ''));
        expect(split(chunked(bytes, cuts)).lines).toEqual(lines);
      }),
    );
  });

  it('cuts long lines between characters and holds back no more than the cap', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 40 }), fc.array(fc.nat(), { maxLength: 20 }), (lines, cap, cuts) => {
        const whole = lines.join('');
        const { lines: found, most } = split(chunked(Buffer.from(whole), cuts), cap);
        expect(found.join('')).toBe(whole);
        for (const line of found) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(cap);
        expect(most).toBeLessThanOrEqual(cap);
      }),
    );
  });

  it('takes \\r\\n for one end, keeps empty lines, and other carriage returns', () => {
    expect(split([Buffer.from('a\r\n\r\nb\rc\n')]).lines).toEqual(['a', '', 'b\rc']);
  });

  it('survives bytes that are not UTF-8', () => {
    const { lines } = split([Buffer.from([0xff, 0xfe, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x0a])], 4);
    expect(lines.length).toBeGreaterThan(0);
  });
});
