import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from '../stacks/compose/dotenv.ts';
import { createProblems } from '../stacks/compose/problems.ts';
import { appendKeys, keysOf, readTemplate } from './env-file.ts';

const file = '/shop/.env';

function readBack(text: string, key: string): string | undefined {
  const problems = createProblems();
  const found = parseDotenv(text, file, () => undefined, problems).get(key)?.value;
  expect(problems.hasErrors).toBe(false);
  return found;
}

describe('a template', () => {
  it('gives keys in order with proposal and the comment right above', () => {
    const text = [
      '# All of it is for development.',
      '',
      '# How many levels a fractal has.',
      '#   1 to 12',
      'FRACTAL_LEVELS=4',
      'EMPTY=',
      'export QUOTED="a b" # behind',
      'URL=http://${HOST:-localhost}:$PORT/',
      'MANY="one',
      '# not a comment',
      'two"',
      '',
      '# nothing below',
    ].join('\n');
    expect(readTemplate(text, file)).toEqual([
      {
        key: 'FRACTAL_LEVELS',
        proposal: '4',
        comment: 'How many levels a fractal has.\n  1 to 12',
        variables: false,
        source: 'FRACTAL_LEVELS=4',
      },
      { key: 'EMPTY', proposal: '', comment: null, variables: false, source: 'EMPTY=' },
      { key: 'QUOTED', proposal: 'a b', comment: null, variables: false, source: 'export QUOTED="a b" # behind' },
      {
        key: 'URL',
        proposal: 'http://${HOST:-localhost}:$PORT/',
        comment: null,
        variables: true,
        source: 'URL=http://${HOST:-localhost}:$PORT/',
      },
      {
        key: 'MANY',
        proposal: 'one\n# not a comment\ntwo',
        comment: null,
        variables: false,
        source: 'MANY="one\n# not a comment\ntwo"',
      },
    ]);
  });

  it('is refused with its place where it cannot be read', () => {
    expect(() => readTemplate('A=1\nB="open\n', '/shop/.env.example')).toThrowError(
      expect.objectContaining({
        code: 'compose.syntax',
        details: expect.objectContaining({ problems: [expect.anything()] }),
      }),
    );
  });

  it('may be written with the line ends of Windows', () => {
    const [first, second] = readTemplate('\uFEFF# one\r\nA=1\r\nB=2\r\n', file);
    expect(first).toMatchObject({ key: 'A', proposal: '1', comment: 'one', source: 'A=1' });
    expect(second).toMatchObject({ key: 'B', source: 'B=2' });
  });
});

describe('keys that are there', () => {
  it('include empty ones, those from the shell, and those with variables that nothing sets', () => {
    expect([...keysOf('A=\nB\nC=${NOT_SET:?must be}\nexport D=1\n', file)].sort()).toEqual(['A', 'B', 'C', 'D']);
  });
});

describe('appending', () => {
  it('takes the template’s own lines and its comment where the proposal is taken', () => {
    const text = appendKeys(
      'A=1',
      [{ key: 'B', value: 'x y', comment: 'what it is', variables: false, source: 'B="x y"' }],
      file,
    );
    expect(text).toBe('A=1\n\n# what it is\nB="x y"\n');
  });

  it('keeps to the line ends of the file', () => {
    const text = appendKeys('A=1\r\n', [{ key: 'B', value: '2', comment: 'b', variables: false }], file);
    expect(text).toBe('A=1\r\n\r\n# b\r\nB=2\r\n');
  });

  it('leaves variables in an answer where the template had them, and only there', () => {
    const url = { key: 'URL', value: 'http://${HOST}/"a"', comment: null };
    const before = 'HOST=here\n';
    expect(readBack(appendKeys(before, [{ ...url, variables: true }], file), 'URL')).toBe('http://here/"a"');
    expect(readBack(appendKeys(before, [{ ...url, variables: false }], file), 'URL')).toBe(url.value);
  });

  const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc
      .array(fc.constantFrom('$', '\\', '"', "'", '#', ' ', '\n', '\r', 'a', '{', '}', '=', '\t'), { maxLength: 12 })
      .map((all) => all.join('')),
  );
  /** Files as people write them: what Compose can read. */
  const written = fc
    .array(
      fc.oneof(
        fc.tuple(key, fc.stringMatching(/^[a-z0-9 ./:]{0,10}$/)).map(([name, text]) => `${name}=${text}`),
        fc.tuple(key, fc.stringMatching(/^[a-z0-9 #]{0,10}$/)).map(([name, text]) => `${name}="${text}"`),
        fc.constantFrom('', '# a comment', '   ', 'export A=1', 'LONE', "Q='it # is'"),
      ),
      { maxLength: 8 },
    )
    .chain((lines) =>
      fc.tuple(fc.constantFrom('\n', '\r\n'), fc.boolean()).map(([eol, end]) => lines.join(eol) + (end ? eol : '')),
    );

  it('keeps every byte of what was there, and Compose reads back what was given', () => {
    fc.assert(
      fc.property(
        written,
        fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 }),
        (text, given) => {
          const there = keysOf(text, file);
          const added = given.filter(([name]) => !there.has(name));
          const after = appendKeys(
            text,
            added.map(([name, each]) => ({ key: name, value: each, comment: 'say # it', variables: false })),
            file,
          );
          expect(after.startsWith(text)).toBe(true);
          for (const [name, each] of added) expect(readBack(after, name)).toBe(each);
          for (const name of there) expect(keysOf(after, file).has(name)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
