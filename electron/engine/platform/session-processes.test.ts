import { describe, expect, it } from 'vitest';
import { parsePs, parseStat } from './session-processes.ts';

describe('members of a session', () => {
  it.each([
    ['42 (bash) S 1 42 41 34816 42 x', { pid: 42, name: 'bash', state: 'S', group: 42, session: 41 }],
    ['42 (a) S 9 (b) R 1 7 8 0', { pid: 42, name: 'a) S 9 (b', state: 'R', group: 7, session: 8 }],
    ['', null],
    ['42 (bash', null],
  ])('are read from %j', (text, expected) => expect(parseStat(text)).toEqual(expected));

  it('are read from ps by their terminal', () => {
    const text =
      '  1   1 Ss   ??       /sbin/launchd\n 20  20 Ss+  ttys003  -zsh\n 21  21 Z    ttys003  (sh)\n 22 22 S ttys003 /usr/bin/my app\n';
    expect(parsePs(text, 'ttys003')).toEqual([
      { pid: 20, group: 20, name: '-zsh' },
      { pid: 22, group: 22, name: 'my app' },
    ]);
  });
});
