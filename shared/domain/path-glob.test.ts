import fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { pathGlob } from './path-glob.ts';

describe('a pattern of paths', () => {
  it.each([
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', true],
    ['src/**', 'source/a', false],
    ['**/*.sql', 'a.sql', true],
    ['**/*.sql', 'db/deep/.hidden.sql', true],
    ['db/*.sql', 'db/deep/a.sql', false],
    ['db/migrations/[0-9]*_?*.{sql,rb}', 'db/migrations/0142_x.rb', true],
    ['db/migrations/[0-9]*_?*.{sql,rb}', 'db/migrations/0142_.rb', false],
    ['[!a-c]*', 'dog', true],
    ['[!a-c]*', 'cat', false],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['{a,b{c,d}}/x', 'bd/x', true],
    ['{a}', '{a}', true],
    ['[a', '[a', true],
    ['ünï*', 'ünïcödé 名前', true],
    ['**/a/**/b', 'x/a/y/a/z/b', true],
    ['./src/', 'src', true],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(pathGlob(pattern)(path)).toBe(expected);
  });

  it('means what it means to picomatch', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', '*', '?', 'ab'), { minLength: 1, maxLength: 4 })
      .map((all) => all.join(''));
    const part = fc.oneof(name, fc.constantFrom('**', '*', 'a', 'b', '{a,b}', '{a,b*}c', '[ab]', '[^a]x'));
    const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((all) => all.join('/'));
    const path = fc
      .array(fc.array(fc.constantFrom('a', 'b', 'c', 'x'), { minLength: 1, maxLength: 4 }), {
        minLength: 1,
        maxLength: 5,
      })
      .map((names) => names.map((each) => each.join('')).join('/'));
    fc.assert(
      fc.property(pattern, path, (wanted, given) => {
        // It reads several stars within a name, such as a**, as something of its own, and wants more after */**.
        fc.pre(!/[^/]\*\*|\*\*[^/]|\*[^/]*\/\*\*/.test(wanted));
        expect(pathGlob(wanted)(given)).toBe(
          picomatch.isMatch(given, wanted, { dot: true, noextglob: true, nonegate: true }),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('ends soon, whatever it is', () => {
    const hostile = [
      `${'a*'.repeat(100)}b`,
      `${'**/a/'.repeat(50)}b`,
      `${'{a,a*,a*a}'.repeat(50)}b`,
      '{'.repeat(500),
      '['.repeat(500),
    ];
    const paths = ['a'.repeat(255), `${'a/'.repeat(1000)}y`];
    for (const pattern of hostile) for (const path of paths) expect(pathGlob(pattern)(path)).toBe(false);
  }, 5_000);
});
