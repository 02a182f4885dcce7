import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listByLabel } from '../support/docker.ts';
import { type ChildCall, childCall } from '../support/engine-child/kill-bed.ts';
import { entriesOf, type KilledStack, killedStack } from '../support/engine-child/killed-stack.ts';

/**
 * kill -9 of the engine's process after every single journal entry of up and remove. The next start must leave the state
 * before or the state after, and the data of one of the two, by checksum.
 */

let stack: KilledStack;

beforeAll(async () => {
  stack = await killedStack('kill');
});

afterAll(() => stack?.close());

describe('kill -9 at every journal entry', () => {
  it('of up: nothing or everything', async () => {
    const clean = await stack.well(stack.up, stack.down);
    await stack.killEverywhere({
      entries: entriesOf(clean, 0),
      calls: () => [stack.down, stack.up],
      async check(state, at) {
        expect(await stack.running(), at).toEqual(
          state === 'done' ? { up: 2, paused: 0, all: 2 } : { up: 0, paused: 0, all: 0 },
        );
      },
    });
  });

  it('of remove with its data: all of it there, or all of it gone', async () => {
    const plan = childCall('environments.plan', {
      environmentId: stack.environmentId,
      action: 'remove',
      volumes: true,
    });
    const remove = async (): Promise<ChildCall> => {
      const { answers } = await stack.well(stack.up, plan);
      const shown = answers[1]?.result as { hash: string } | undefined;
      return childCall('environments.remove', {
        environmentId: stack.environmentId,
        volumes: true,
        planHash: shown?.hash,
      });
    };
    // The store holds an image and an undo point of it as well.
    const { environmentId } = stack;
    const taken = await stack.well(
      stack.up,
      childCall('golden.capture', { environmentId, purpose: 'restore-point' }),
      childCall('golden.list', { environmentId }),
    );
    const [image] = (taken.answers[2]?.result ?? []) as { readonly id: string }[];
    await stack.well(childCall('golden.restore', { environmentId, imageId: image?.id }));
    const clean = await stack.well(await remove());
    expect(await listByLabel(stack.docker, stack.projectLabel)).toEqual({ containers: [], networks: [], volumes: [] });
    let before = '';
    let round = 0;
    await stack.killEverywhere({
      entries: entriesOf(clean, 0),
      async calls() {
        const last = await remove();
        round += 1;
        await stack.write(`precious ${round}`);
        before = await stack.checksum();
        return [last];
      },
      async check(state, at) {
        if (state === 'done') {
          expect(await listByLabel(stack.docker, stack.projectLabel), at).toEqual({
            containers: [],
            networks: [],
            volumes: [],
          });
        } else {
          expect(await stack.running(), at).toEqual({ up: 2, paused: 0, all: 2 });
          expect(await stack.checksum(), at).toBe(before);
        }
      },
    });
  });
});
