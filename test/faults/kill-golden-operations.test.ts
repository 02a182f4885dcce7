import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildCall, childCall } from '../support/engine-child/kill-bed.ts';
import { entriesOf, type KilledStack, killedStack } from '../support/engine-child/killed-stack.ts';

/**
 * kill -9 of the engine's process after every single journal entry of capture and restore. The next start must leave the
 * state before or the state after, and the data of one of the two, by checksum.
 */

let stack: KilledStack;
type Image = { readonly id: string; readonly name: string };

beforeAll(async () => {
  stack = await killedStack('kill-golden');
});

afterAll(() => stack?.close());

describe('kill -9 at every journal entry', () => {
  it('of capture: the services run on with their data, the image is whole or absent', async () => {
    await stack.well(stack.up);
    await stack.write('captured');
    const before = await stack.checksum();
    const capture = (tag: string): ChildCall =>
      childCall('golden.capture', { environmentId: stack.environmentId, purpose: 'kill-test', tag });
    const list = childCall('golden.list', { environmentId: stack.environmentId });
    const clean = await stack.well(capture('clean'));
    let cutImages: Image[] = [];
    await stack.killEverywhere({
      entries: entriesOf(clean, 0),
      calls: () => [
        ...cutImages.map(({ id, name }) => childCall('golden.remove', { imageId: id, name })),
        capture('cut'),
      ],
      ask: [list],
      async check(state, at, answers) {
        expect(await stack.running(), at).toEqual({ up: 2, paused: 0, all: 2 });
        expect(await stack.checksum(), at).toBe(before);
        cutImages = ((answers[0]?.result ?? []) as Image[]).filter((image) => image.name.endsWith('-cut'));
        expect(cutImages.length, at).toBe(state === 'done' ? 1 : 0);
        for (const image of cutImages) await stack.well(childCall('golden.verify', { imageId: image.id }));
      },
    });
  });

  it('of restore: the data of before or of the image, running', async () => {
    await stack.well(stack.up);
    await stack.write('to be restored');
    const captured = await stack.checksum();
    const taken = await stack.well(
      childCall('golden.capture', { environmentId: stack.environmentId, purpose: 'restore-point' }),
      childCall('golden.list', { environmentId: stack.environmentId }),
    );
    const image = (taken.answers[1]?.result as Image[] | undefined)?.find((each) =>
      each.name.includes('restore-point'),
    );
    const restore = childCall('golden.restore', { environmentId: stack.environmentId, imageId: image?.id });
    const clean = await stack.well(restore);
    expect(await stack.checksum()).toBe(captured);
    let later = '';
    let round = 0;
    await stack.killEverywhere({
      entries: entriesOf(clean, 0),
      async calls() {
        round += 1;
        await stack.write(`later ${round}`);
        later = await stack.checksum();
        expect(later).not.toBe(captured);
        return [restore];
      },
      async check(state, at) {
        expect(await stack.running(), at).toEqual({ up: 2, paused: 0, all: 2 });
        expect(await stack.checksum(), at).toBe(state === 'done' ? captured : later);
      },
    });
  });
});
