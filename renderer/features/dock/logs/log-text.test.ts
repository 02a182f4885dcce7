import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../ui/plain-text.ts';
import { logLevel } from './log-level.ts';
import { createMatcher, pieces } from './log-search.ts';

describe('plain text', () => {
  it.each([
    ['\u001b[31mred\u001b[0m text', 'red text'],
    ['\u001b]8;;https://x.example\u0007link\u001b]8;;\u0007', 'link'],
    ['10 %\r50 %\r100 %\r\n', '100 %'],
    ['tab\tstays', 'tab\tstays'],
    ['bell\u0007', 'bell'],
  ])('%j becomes %j', (text, plain) => expect(plainText(text)).toBe(plain));

  it('leaves no control character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plainText(text)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f]/);
      }),
    );
  });
});

describe('log level', () => {
  it.each([
    ['2026-11-21 05:00:00.1 UTC [71] ERROR:  relation "x" does not exist', 'error'],
    ['2026-11-21 05:00:00.1 UTC [71] WARNING:  out of date', 'warn'],
    ['2026-11-21 05:00:00.1 UTC [71] LOG:  checkpoint complete', null],
    ['time="2026" level=warning msg="x"', 'warn'],
    ['{"level":"error","msg":"no"}', 'error'],
    ['{"level":50,"msg":"no"}', 'error'],
    ['{"level":"info","msg":"error count 0"}', null],
    ['[error] 7#7: upstream timed out', 'error'],
    ['error produce timed out after 2000 ms', 'error'],
    ['WARN  kafka - throttling', 'warn'],
    ['GET /errors 200', null],
    ['terror', null],
  ])('%j is %j', (text, level) => expect(logLevel(text)).toBe(level));
});

describe('search', () => {
  it('ignores case until the query has a capital', () => {
    expect(createMatcher('err')?.('Err err')).toEqual([
      [0, 3],
      [4, 7],
    ]);
    expect(createMatcher('Err')?.('Err err')).toEqual([[0, 3]]);
    expect(createMatcher('')).toBeNull();
  });

  it('pieces give the text back, and the marked ones are the query', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' }),
        (text, query) => {
          const cut = pieces(text, createMatcher(query)?.(text) ?? []);
          expect(cut.map((piece) => piece.text).join('')).toBe(text);
          for (const piece of cut) if (piece.marked) expect(piece.text.toLowerCase()).toBe(query.toLowerCase());
        },
      ),
    );
  });
});
