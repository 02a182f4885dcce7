import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { type LoopFileSystem, loopFileSystem } from '../support/loop.ts';
import { pgCheck, pgEndLoad, pgInit, pgLoad, pgSums, pgTransactions, type Sums } from '../support/pgbench.ts';
import { waitFor } from '../support/wait.ts';

function expectConsistent(sums: Sums): void {
  expect({ tellers: sums.tellers, branches: sums.branches, history: sums.history }).toEqual({
    tellers: sums.accounts,
    branches: sums.accounts,
    history: sums.accounts,
  });
}

describe.each([
  ['where the engine keeps its volumes', null],
  ['an XFS file system with reflinks', 'xfs'],
] as const)('Postgres with its store on %s', (_title, type) => {
  let disk: LoopFileSystem | undefined;
  let rig: GoldenRig;
  let stack: RigStack;

  beforeAll(async () => {
    if (type !== null) disk = await loopFileSystem({ type, bytes: 2_000_000_000 });
    rig = await createGoldenRig({ storePath: disk?.path ?? null });
    stack = await rigStack(rig, 'postgres');
    await stack.up();
    await pgInit(stack, 3);
  });

  afterAll(async () => {
    await stack?.remove();
    await rig?.close();
    await disk?.remove();
  });

  test('the store finds out by trying what it can do', async () => {
    const view = await rig.golden.api.store(undefined, rig.call);
    expect(view.ready).toBe(true);
    expect(view.way).toBe(type === 'xfs' ? 'reflink' : 'copy');
    if (type === 'xfs') expect(view.fileSystem).toBe('xfs');
    expect(view.freeBytes).toBeGreaterThan(0);
  });

  test('a capture under load restores to one instant of it, and undo brings the later data back', async () => {
    // Until it is ended: however long the capture takes, it is under load.
    const load = pgLoad(stack, 150).catch(() => undefined);
    await waitFor(async () => (await pgSums(stack)).transactions > 50, { what: 'transactions under way' });
    const before = await pgSums(stack);
    const captured = await rig.done(
      rig.golden.api.capture({ environmentId: stack.id, purpose: 'under load' }, rig.call),
    );
    const after = await pgSums(stack);
    await pgEndLoad(stack);
    await load;
    await pgTransactions(stack, 20);
    const later = await pgSums(stack);
    expect(captured.summary).toMatch(/services frozen for/);
    const [image] = await rig.golden.api.list({ environmentId: stack.id }, rig.call);
    expect(image?.consistency).toBe('crash-consistent');
    expect(image?.awayMs).toBeGreaterThan(0);

    const plan = await rig.golden.api.planRestore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call);
    expect(plan.problems).toEqual([]);
    expect(plan.services).toMatchObject([{ service: 'db', effect: 'data' }]);
    const restored = await rig.done(
      rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '', planHash: plan.hash }, rig.call),
    );
    expect(restored.undoable).toBe(true);
    const then = await pgSums(stack);
    expectConsistent(then);
    expect(then.transactions).toBeGreaterThanOrEqual(before.transactions);
    expect(then.transactions).toBeLessThanOrEqual(after.transactions);
    await pgCheck(stack);

    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await pgSums(stack)).toEqual(later);
    await pgCheck(stack);

    // Undoing the undo.
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect((await pgSums(stack)).transactions).toBe(then.transactions);
    // The container was never recreated.
    expect((await stack.container('db')).State.Running).toBe(true);
  });

  test('a capture of the stopped stack is clean and restores exactly', async () => {
    const sums = await pgSums(stack);
    await stack.compose('stop');
    const captured = await rig.done(
      rig.golden.api.capture({ environmentId: stack.id, purpose: 'stopped for the night' }, rig.call),
    );
    expect(captured.summary).toMatch(/stopped services/);
    const [image] = await rig.golden.api.list({}, rig.call);
    expect(image).toMatchObject({ consistency: 'clean', awayMs: null, damaged: false, verifiedAt: null });
    await stack.up();
    await pgTransactions(stack, 30);
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call));
    expect(await pgSums(stack)).toEqual(sums);
    await rig.done(rig.golden.api.verify({ imageId: image?.id ?? '' }, rig.call));
    const [verified] = await rig.golden.api.list({}, rig.call);
    expect(verified).toMatchObject({ damaged: false });
    expect(verified?.verifiedAt).not.toBeNull();
  });
});
