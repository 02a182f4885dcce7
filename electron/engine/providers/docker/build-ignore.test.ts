import { array, assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIgnore } from './build-ignore.ts';

describe('parseIgnore', () => {
  it.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'app/node_modules/a.js', false],
    ['**/node_modules', 'app/node_modules/a.js', true],
    ['/dist/', 'dist/x', true],
    ['*.log', 'a.log', true],
    ['*.log', 'logs/a.log', false],
    ['**/*.log', 'logs/deep/a.log', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[!a-c]x', 'bx', false],
    ['docs/**', 'docs/a/b', true],
    ['# comment', '# comment', false],
    ['a.b', 'axb', false],
    ['file (1)+$', 'file (1)+$', true],
    ['*\n!keep.txt', 'keep.txt', false],
    ['*\n!keep.txt', 'lose.txt', true],
    ['docs\n!docs/keep.md\ndocs/keep*', 'docs/keep.md', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
  ])('%j and %s: %s', (text, path, ignored) => expect(parseIgnore(text).ignores(path)).toBe(ignored));

  it('never fails, whatever somebody wrote', () => {
    const pieces = array(constantFrom('*', '**', '[', ']', '!', '\\', '/', '?', 'a', '-', '.', '(', '+', ' '), {
      maxLength: 12,
    });
    assert(
      property(pieces, string(), (pattern, path) => {
        const first = parseIgnore(pattern.join('')).ignores(path);
        return typeof first === 'boolean';
      }),
    );
  });
});
