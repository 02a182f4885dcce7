import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText } from './command-text.ts';

describe('a command to decide about', () => {
  it.each([
    [['./check.sh', '--quick'], './check.sh --quick'],
    [['sh', '-c', 'curl -f localhost | sh'], `sh -c 'curl -f localhost | sh'`],
    [['echo', ''], `echo ''`],
    [['echo', "it's"], `echo 'it'\\''s'`],
    [['echo', 'a\nrm -rf ~'], `echo $'a\\nrm -rf ~'`],
    [['true', '\u001b[2K\u001b[1Afine'], `true $'\\u001b[2K\\u001b[1Afine'`],
    [['run', '\u202Egnp.sh'], `run $'\\u202egnp.sh'`],
  ])('%j reads %s', (words, text) => {
    expect(commandText(words)).toBe(text);
  });

  it('shows nothing that cannot be seen, and tells every word from another', () => {
    const words = fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(words, (each) => !/[\p{C}\u2028\u2029]/u.test(commandText(each))));
    fc.assert(
      fc.property(words, words, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(commandText(one)).not.toBe(commandText(other));
      }),
    );
  });

  it('means to a shell what it says', () => {
    const words = ['a b', "it's", '$HOME', '`id`', '\\', '*', 'tab\there', ''];
    const said = execFileSync('bash', ['-c', `printf '%s\\0' ${commandText(words)}`], { encoding: 'utf8' });
    expect(said.split('\0').slice(0, -1)).toEqual(words);
  });
});
