import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv } from './dotenv.ts';
import { createProblems } from './problems.ts';

function read(text: string, shell: Readonly<Record<string, string>> = {}): Record<string, string> {
  const problems = createProblems();
  const parsed = parseDotenv(text, '/p/.env', (name) => shell[name], problems);
  problems.throwIfAny();
  return Object.fromEntries([...parsed].map(([name, { value }]) => [name, value]));
}

describe('parseDotenv', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['A = 1 ', { A: '1' }],
    ['export A=1', { A: '1' }],
    ['export\tA=1', { A: '1' }],
    ['exported=1', { exported: '1' }],
    ['A: 1', { A: '1' }],
    ['A=', { A: '' }],
    ['A=b # c', { A: 'b' }],
    ['A=b#c', { A: 'b#c' }],
    ['# A=1\n\n  # B=2\nC=3', { C: '3' }],
    ["A='b $C \\' # d' # e", { A: "b $C ' # d" }],
    ['A="b \\" c"', { A: 'b " c' }],
    ['A="b\\nc\\td"', { A: 'b\nc\td' }],
    ["A='b\\nc'", { A: 'b\\nc' }],
    ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['A=1\nB=${A}2', { A: '1', B: '12' }],
    ["A=1\nB='${A}'", { A: '1', B: '${A}' }],
    ['A="\\$B"', { A: '$B' }],
    ['A=$$B', { A: '$B' }],
    ['A=${B:-c}', { A: 'c' }],
    ['A=1\nA=2', { A: '2' }],
    ['A.b-C=1', { 'A.b-C': '1' }],
    ['A="x\\0101"', { A: 'xA' }],
    ['\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('takes lone names, and variables, from the shell first', () => {
    expect(read('HOME\nNOWHERE\nA=1\nB=$A', { HOME: '/h', A: 'shell' })).toEqual({ HOME: '/h', A: '1', B: 'shell' });
  });

  it('keeps the place of each variable', () => {
    const parsed = parseDotenv('# x\nA="1\n2"\n  export B=3', '/p/.env', () => undefined, createProblems());
    expect(parsed.get('A')?.position).toEqual({ file: '/p/.env', line: 2, column: 1 });
    expect(parsed.get('B')?.position).toEqual({ file: '/p/.env', line: 4, column: 10 });
  });

  it.each([
    ['A=1\nB="open', 2, 3],
    ["A='open\nmore", 1, 3],
    ['A=1\nB!C=1', 2, 2],
    ['A B=1', 1, 1],
    ['A=${', 1, 3],
    ['A=1\nB=${A:?}${C:?need c}', 2, 3],
  ])('%j is refused at %i:%i', (text, line, column) => {
    const problems = createProblems();
    parseDotenv(text, '/p/.env', () => undefined, problems);
    expect(() => problems.throwIfAny()).toThrow(`/p/.env:${line}:${column}: `);
  });

  it('reads back what is written in single quotes', () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,10}$/);
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !/['\\]/.test(text));
    fc.assert(
      fc.property(fc.dictionary(name, value), (variables) => {
        const text = Object.entries(variables)
          .map(([key, content]) => `${key}='${content}'\n`)
          .join('');
        expect(read(text)).toEqual({ ...variables });
      }),
    );
  });

  it('ends on any text', () => {
    const part = fc.constantFrom('A', '=', '"', "'", '\n', ' ', '#', '\\', '$', '${', '}', 'export ', ':', '-', 'é');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 100 }), (parts) => {
        parseDotenv(parts.join(''), '/p/.env', () => undefined, createProblems());
      }),
    );
  });
});
