import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../shared/errors.ts';
import { bytes, duration, exitCodeOf, table } from './output.ts';

describe('exit codes', () => {
  it.each([
    ['compose.invalid', 2],
    ['input.invalid', 2],
    ['golden.name-invalid', 2],
    ['golden-file.invalid', 2],
    ['docker.not-found', 3],
    ['docker.gone', 3],
    ['guard.refused', 4],
    ['plan.stale', 4],
    ['operation.cancelled', 130],
    ['docker.port-taken', 1],
    ['internal', 1],
  ] as const)('%s is %i', (code, exit) => expect(exitCodeOf(code)).toBe(exit));

  it('never says done for an error', () => {
    for (const code of errorCodes) expect(exitCodeOf(code)).not.toBe(0);
  });
});

describe('words', () => {
  it('writes sizes and durations the way the window does', () => {
    expect([bytes(0), bytes(999), bytes(1500), bytes(4_200_000_000), bytes(null)]).toEqual([
      '0 B',
      '999 B',
      '1.5 kB',
      '4.2 GB',
      '?',
    ]);
    expect([duration(270), duration(4200), duration(125_000)]).toEqual(['270 ms', '4.2 s', '2 min 5 s']);
  });

  it('lines columns up without trailing blanks', () => {
    expect(
      table([
        ['A', 'B'],
        ['long', ''],
      ]),
    ).toBe('A     B\nlong\n');
  });
});
