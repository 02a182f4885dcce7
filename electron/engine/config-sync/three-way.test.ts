import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from './three-way.ts';

const side = fc.constantFrom('a', 'b', 'c', null);

it.each([
  ['nobody changed it', 'a', 'a', 'a', 'same'],
  ['only the team did', 'a', 'a', 'b', 'write'],
  ['only the user did', 'a', 'b', 'a', 'keep'],
  ['both did, differently', 'a', 'b', 'c', 'conflict'],
  ['both did, the same', 'a', 'b', 'b', 'same'],
  ['it was never written and is not there', null, null, 'a', 'write'],
  ['it was never written and another one is there', null, 'b', 'a', 'conflict'],
  ['the user removed it', 'a', null, 'a', 'write'],
  ['the team removed it', 'a', 'a', null, 'gone'],
] as const)('%s', (_words, base, mine, theirs, decision) => {
  expect(decide({ base, mine, theirs })).toBe(decision);
});

it('never overwrites what the user has and the team does not know', () => {
  fc.assert(
    fc.property(side, side, side, (base, mine, theirs) => {
      const decision = decide({ base, mine, theirs });
      if (decision === 'write') expect(mine === null || mine === base).toBe(true);
      // What it says is what holds: running it again after writing changes nothing.
      if (decision === 'write') expect(decide({ base: theirs, mine: theirs, theirs })).toBe('same');
    }),
  );
});
