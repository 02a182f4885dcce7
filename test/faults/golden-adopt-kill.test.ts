import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CapturePlan } from '../../shared/contract/golden.ts';
import { compose } from '../support/compose.ts';
import { fixtureImages } from '../support/docker.ts';
import { type ChildCall, childCall, type KillBed, killBed } from '../support/engine-child/kill-bed.ts';
import type { ChildResult } from '../support/engine-child/run.ts';

/**
 * kill -9 at every journal entry of a capture that moves a volume of `docker compose` into the store, and of one that
 * moves it back because its service does not become healthy. Afterwards the volume is where it was or in the store, with
 * all that was in it, its containers run, and Compose has nothing to do.
 */

// On the store it is healthy only as long as the test says so.
const composeFile = `
services:
  app:
    image: ${fixtureImages.tools}
    command: [sleep, infinity]
    stop_signal: SIGKILL
    volumes: ["data:/data", "./outside:/outside:ro"]
    healthcheck: { test: ["CMD-SHELL", "[ ! -e /outside/sick ] || ! grep -q 'adoptkill-store.* /data ' /proc/self/mountinfo"], interval: 300ms, retries: 1 }
  side:
    image: ${fixtureImages.tools}
    command: [sleep, infinity]
    stop_signal: SIGKILL
    depends_on: { app: { condition: service_healthy } }
volumes:
  data:
`;

let bed: KillBed;
let planHash = '';
let round = 0;

const capture = (tag: string): ChildCall =>
  childCall('golden.capture', {
    environmentId: bed.environmentId,
    purpose: 'first of all',
    tag,
    adopt: true,
    planHash,
  });
const list = (): ChildCall => childCall('golden.list', { environmentId: bed.environmentId });

async function run(...args: string[]): Promise<string> {
  const result = await compose(args, { folder: bed.folder });
  if (result.exitCode !== 0) throw new Error(`docker compose ${args.join(' ')}: ${result.stderr}`);
  return `${result.stdout}${result.stderr}`;
}
const inApp = async (command: string): Promise<string> => (await run('exec', '-T', 'app', 'sh', '-c', command)).trim();
const checksum = (): Promise<string> =>
  inApp(
    "cd /data && { find . -print0 | sort -z | xargs -0 stat -c '%n %f %u %g %s %Y'; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum",
  );
const volumeName = (): string => `${bed.projectName}_data`;
const isBound = async (): Promise<boolean> =>
  (await bed.docker.getVolume(volumeName()).inspect()).Options?.['device'] !== undefined;

/** The project as Compose starts it, with data of its own. */
async function fresh(): Promise<string> {
  await run('down', '-v', '-t', '0');
  await run('up', '-d', '--wait');
  round += 1;
  await inApp(
    `printf '%s' 'round ${round}' > /data/words && head -c 300000 /dev/urandom > '/data/$(touch x) ; rm' && mkdir -p /data/sub && cp /data/words /data/sub/copy && chown 12:34 /data/sub`,
  );
  return checksum();
}

async function expectWhole(at: string): Promise<void> {
  const said = await run('up', '-d', '--wait');
  expect(said, at).not.toMatch(/Creat|Recreat|Starting|exists but/);
}

const nameOf = (result: ChildResult, tag: string): string[] =>
  ((result.answers.at(-1)?.result ?? []) as { name: string }[])
    .map((image) => image.name)
    .filter((name) => name.endsWith(`-${tag}`));

/** Journal entries of a capture in a life of its own, by what they say. */
let entries: string[] = [];
function entry(point: string): number {
  const found = entries.findIndex((each) => each === point.replace(' ', ' golden.capture/') || each === point);
  if (found === -1) throw new Error(`no entry ${point} in ${entries.join(', ')}`);
  return found + 1;
}

/** One life cut off at an entry, and the next one, which takes up what it left. */
async function cutAt(
  point: string,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<{ state: string; summary: string | null; images: string[]; error: string }> {
  const tag = `round-${round}`;
  const cut = await bed.life([capture(tag)], { call: 0, entry: entry(point) });
  expect(cut.killed, `${point}: ${cut.journal.at(-1)?.journal}`).toBe(true);
  await meanwhile();
  const next = await bed.life([list()]);
  const operation = next.operations.find((each) => each.kind === 'golden.capture');
  return {
    state: operation?.state ?? 'none',
    summary: operation?.summary ?? null,
    images: nameOf(next, tag),
    error: operation?.error?.message ?? '',
  };
}

beforeAll(async () => {
  bed = await killBed({ prefix: 'adoptkill', composeFile });
  await mkdir(join(bed.folder, 'outside'));
  await fresh();
  const first = await bed.life([
    childCall('stacks.add', { folder: bed.folder }),
    childCall('golden.planCapture', { environmentId: bed.environmentId }),
  ]);
  planHash = (first.answers[1]?.result as CapturePlan | undefined)?.hash ?? '';
});

afterAll(() => bed?.close());

it('finishes or undoes a move, wherever it was cut off', async () => {
  const before = await fresh();
  const clean = await bed.life([capture('clean'), list()]);
  expect(clean.answers[0]?.error).toBeUndefined();
  expect(clean.answers[0]?.result).toMatchObject({ state: 'done' });
  expect(await checksum()).toBe(before);
  expect(await isBound()).toBe(true);
  await expectWhole('clean');
  entries = clean.journal.filter((each) => each.call === 0).map((each) => each.journal);
  for (const [point, state] of [
    ['begin rest', 'failed'],
    ['commit golden.capture', 'done'],
    ['end move', 'done'],
    ['end create', 'done'],
    ['end describe', 'done'],
  ] as const) {
    const data = await fresh();
    const after = await cutAt(point);
    expect(after.state, `${point}: ${after.error}`).toBe(state);
    expect(after.images.length, point).toBe(state === 'done' ? 1 : 0);
    expect(await isBound(), point).toBe(state === 'done');
    await expectWhole(point);
    expect(await checksum(), point).toBe(data);
  }
});

it('finishes a move that was cut off while there was no volume', async () => {
  const data = await fresh();
  const after = await cutAt('begin move', async () => {
    await run('rm', '-s', '-f', 'app');
    await bed.docker.getVolume(volumeName()).remove();
  });
  expect(after.state, after.error).toBe('done');
  expect(await isBound()).toBe(true);
  await expectWhole('no volume');
  expect(await checksum()).toBe(data);
});

it('leaves what somebody wrote meanwhile by hand, and keeps the data from before in the image', async () => {
  await fresh();
  const after = await cutAt('commit golden.capture', async () => {
    await run('up', '-d', '--wait');
    await inApp('printf later > /data/words');
  });
  expect(after.state, after.error).toBe('done');
  expect(after.summary).toContain('stays as it is');
  expect(await isBound()).toBe(false);
  expect(await inApp('cat /data/words')).toBe('later');
  expect(after.images).toHaveLength(1);
  await expectWhole('written by hand');
});

it('makes no other containers than there were', async () => {
  const data = await fresh();
  const path = join(bed.folder, 'compose.yaml');
  const after = await cutAt('end move', () => writeFile(path, composeFile.replaceAll('infinity', 'inf')));
  expect(after).toMatchObject({ state: 'failed', error: expect.stringContaining('do not say the same of app') });
  expect(after.images).toHaveLength(1);
  await writeFile(path, composeFile);
  await run('up', '-d', '--wait');
  expect(await isBound()).toBe(true);
  expect(await checksum()).toBe(data);
});

it('puts everything back when the service does not become healthy, also when that is cut off', async () => {
  const before = await fresh();
  await writeFile(join(bed.folder, 'outside', 'sick'), '');
  const clean = await bed.life([capture('sick'), list()]);
  expect(clean.answers[0]?.result).toMatchObject({
    state: 'failed',
    error: { code: 'golden.gate-failed', message: expect.stringContaining('the services run again') },
  });
  expect(nameOf(clean, 'sick')).toEqual([]);
  expect(await isBound()).toBe(false);
  await expectWhole('sick');
  expect(await checksum()).toBe(before);
  entries = clean.journal.filter((each) => each.call === 0).map((each) => each.journal);
  for (const point of ['end start', 'begin back-move', 'end back-move']) {
    const data = await fresh();
    const after = await cutAt(point);
    expect(after.state, point).toBe('failed');
    expect(after.images, point).toEqual([]);
    expect(await isBound(), point).toBe(false);
    await expectWhole(point);
    expect(await checksum(), point).toBe(data);
  }
});
