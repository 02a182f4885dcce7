import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { type LoopFileSystem, loopFileSystem } from '../support/loop.ts';

const run = promisify(execFile);

const compose = `
services:
  files:
    image: goldenhour-fixture/tools:1
    user: root
    init: true
    command: ['sleep', 'infinity']
    stop_grace_period: 1s
    volumes: ['data:/data']
volumes:
  data: {}
`;

let disk: LoopFileSystem;
let rig: GoldenRig;
let stack: RigStack;
/** Runs right after a journal entry is on disk. */
let atJournal: (point: string) => void = () => undefined;

const inContainer = (script: string): Promise<string> => stack.exec('files', 'sh', '-c', script);
const checksum = (): Promise<string> =>
  inContainer('cd /data && find . -type f -print0 | sort -z | xargs -0 sha256sum');
const startedAt = async (): Promise<string> => (await stack.container('files')).State.StartedAt;

beforeAll(async () => {
  disk = await loopFileSystem({ type: 'ext4', bytes: 400_000_000 });
  rig = await createGoldenRig({ storePath: disk.path, onJournal: (point) => atJournal(point) });
  stack = await rigStack(rig, 'oneshot', { files: { 'compose.yaml': compose } });
  await stack.up();
  await inContainer('head -c 60000000 /dev/urandom >/data/big; echo one >/data/n; sync');
});

afterAll(async () => {
  await stack?.remove();
  await rig?.close();
  await disk?.remove();
});

async function fill(leave: number): Promise<void> {
  const { stdout } = await run('stat', ['-f', '-c', '%a %S', disk.path]);
  const [blocks = 0, size = 0] = stdout.trim().split(' ').map(Number);
  await run('fallocate', ['-l', String(blocks * size - leave), join(disk.path, 'filler')]);
}

const empty = (): Promise<void> => rm(join(disk.path, 'filler'), { force: true });

test('a full store refuses captures and restores before anything is stopped', async () => {
  await rig.done(rig.golden.api.capture({ environmentId: stack.id, purpose: 'while there was room' }, rig.call));
  const [image] = await rig.golden.api.list({}, rig.call);
  await inContainer('echo two >/data/n; sync');
  const before = { sums: await checksum(), startedAt: await startedAt() };
  await fill(50_000_000);
  try {
    const input = { environmentId: stack.id, imageId: image?.id ?? '' };
    const plan = await rig.golden.api.planRestore(input, rig.call);
    expect(plan.problems).toMatchObject([{ code: 'golden.no-space' }]);
    expect(plan.neededBytes).toBeGreaterThan(plan.freeBytes ?? 0);
    const restored = await rig.settled(await rig.golden.api.restore(input, rig.call));
    expect(restored).toMatchObject({ state: 'failed', error: { code: 'golden.no-space' } });
    expect(restored.steps.some((step) => step.name === 'run:stop')).toBe(false);
    const captured = await rig.settled(
      await rig.golden.api.capture({ environmentId: stack.id, purpose: 'without room' }, rig.call),
    );
    expect(captured).toMatchObject({ state: 'failed', error: { code: 'golden.no-space' } });
    expect({ sums: await checksum(), startedAt: await startedAt() }).toEqual(before);
  } finally {
    await empty();
  }
});

test('a store that fills up in the middle leaves the state before and nothing else', async () => {
  const [image] = await rig.golden.api.list({}, rig.call);
  const before = { sums: await checksum(), startedAt: await startedAt() };
  const listed = (): Promise<string> =>
    rig.inStore('sh', '-c', 'cd /store && find . -maxdepth 4 ! -name filler | sort');
  const files = await listed();
  for (const [point, start] of [
    [
      'begin golden.capture/copy',
      () => rig.golden.api.capture({ environmentId: stack.id, purpose: 'cut off' }, rig.call),
    ],
    [
      'begin golden.restore/prepare',
      () => rig.golden.api.restore({ environmentId: stack.id, imageId: image?.id ?? '' }, rig.call),
    ],
  ] as const) {
    let filled: Promise<void> = Promise.resolve();
    atJournal = (reached) => {
      if (reached === point) filled = fill(20_000_000);
    };
    try {
      const ended = await rig.settled(await start());
      await filled;
      expect(ended, point).toMatchObject({ state: 'failed', error: { code: 'golden.no-space' } });
    } finally {
      atJournal = () => undefined;
      await empty();
    }
    expect({ sums: await checksum(), startedAt: await startedAt() }, point).toEqual(before);
    expect((await stack.container('files')).State.Paused).toBe(false);
    expect(await listed(), point).toBe(files);
  }
});
