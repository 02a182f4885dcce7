import { describe, expect, it } from 'vitest';
import { containerOf, stateOf, targetOf } from '../../../../test/support/engine-state.ts';
import { networkHash } from '../../stacks/compose/hash.ts';
import { composeLabels } from '../provider.ts';
import type { ExistingNetwork } from './networks.ts';
import { networkHolders, networksToReplace, replacedFor } from './networks-replace.ts';

const declared = { name: 'shop_default', internal: true };
const target = targetOf(
  { a: {}, b: {} },
  {
    project: { name: 'shop', services: {}, networks: { default: declared } },
  },
);
const made = (labels: Readonly<Record<string, string>>): ExistingNetwork => ({
  Id: 'net1',
  Name: 'shop_default',
  Driver: 'bridge',
  Internal: false,
  Attachable: false,
  EnableIPv6: false,
  Options: null,
  IPAM: null,
  Labels: { [composeLabels.project]: 'shop', [composeLabels.network]: 'default', ...labels },
});
const other = made({ [composeLabels.configHash]: 'other' });
const both = [containerOf('a'), containerOf('b')];
const keys = (order: readonly string[], network: ExistingNetwork): string[] =>
  networksToReplace(target, order, stateOf(both, { networks: [network] })).map((each) => each.key);

describe('a network', () => {
  it('is made anew when its hash is another one, and only then', () => {
    expect(keys(['a', 'b'], other)).toEqual(['default']);
    expect(keys(['a', 'b'], made({ [composeLabels.configHash]: networkHash(declared) }))).toEqual([]);
    // Made before networks had one, or by hand: nobody can tell what it was declared as.
    expect(keys(['a', 'b'], made({}))).toEqual([]);
  });

  it('of somebody else stays', () => {
    expect(keys(['a', 'b'], { ...other, Labels: { ...other.Labels, [composeLabels.project]: 'theirs' } })).toEqual([]);
    expect(keys(['a', 'b'], { ...other, Labels: { ...other.Labels, [composeLabels.network]: 'back' } })).toEqual([]);
  });

  it('stays while services that are left out are in it', () => {
    expect(keys(['a'], other)).toEqual([]);
  });

  it('is held by running containers that are none of the services', () => {
    const state = stateOf(both, { networks: [other] });
    const replaced = networksToReplace(target, ['a', 'b'], state);
    expect(replacedFor(target, 'a', replaced)).toEqual(['shop_default']);
    expect(networkHolders(target, replaced, state)).toEqual([]);
    const [first] = state.everything;
    for (const [more, problems] of [
      [{ projectName: 'theirs' }, 1],
      [{ oneOff: true }, 1],
      [{ service: 'gone' }, 1],
      [{ service: 'gone', state: 'exited' }, 0],
      [{ projectName: null, networks: ['bridge'] }, 0],
    ] as const) {
      const everything = first === undefined ? [] : [{ ...first, ...more }];
      expect(networkHolders(target, replaced, { everything }), JSON.stringify(more)).toHaveLength(problems);
    }
  });
});
