import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchPieces } from './fuzzy.ts';

const hits = (text: string, query: string): string | null =>
  matchPieces(text, query)
    ?.map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('') ?? null;

describe('what matched', () => {
  it('prefers the start of a word', () => {
    expect(hits('interest rest', 'rest')).toBe('interest [rest]');
    expect(hits('Restart shop/main', 'main')).toBe('Restart shop/[main]');
  });
  it('falls back to letters in order', () => expect(hits('Golden images', 'gim')).toBe('[G]olden [im]ages'));
  it('says when they are not all there', () => expect(hits('Stacks', 'xyz')).toBeNull());
  it('never loses a letter of the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, query) => {
        const pieces = matchPieces(text, query);
        return pieces === null || pieces.map((piece) => piece.text).join('') === text;
      }),
    );
  });
});
