import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type LoopFileSystem, loopFileSystem } from '../support/loop.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** Moving the volumes of a Compose project into a store that clones files. */

const docker = connectDocker();
const call = { actor: { door: 'cli', user: 'tester' } as const, signal: new AbortController().signal };
const tools = `
    image: ${fixtureImages.tools}
    command: [sleep, infinity]
    init: true`;
let home: TemporaryFolder;

async function done(started: Promise<{ readonly operationId: string }>): Promise<OperationView> {
  const { operationId } = await started;
  const view = await waitFor(
    async () => {
      const each = await engine.api.operations.get({ operationId }, call);
      return each.endedAt === null ? undefined : each;
    },
    { what: 'the end of the operation', deadlineMs: 120_000 },
  );
  expect(view, JSON.stringify(view.error)).toMatchObject({ state: 'done' });
  return view;
}

const other = uniqueProjectName('adopt-clone');
const id = `${other}/main`;
const names = { volume: `${other}-store`, helper: `${other}-helper` };
const otherFile = `
services:
  app:${tools}
    volumes: ["data:/data"]
  gone:${tools}
    volumes: ["idle:/idle"]
volumes: { data: {}, idle: {} }
`;
let disk: LoopFileSystem;
let engine: Engine;
const at = () => join(home.path, other);
const there = async (...args: string[]): Promise<string> => {
  const result = await compose(args, { folder: at() });
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return `${result.stdout}${result.stderr}`;
};

beforeAll(async () => {
  home = await temporaryFolder();
  disk = await loopFileSystem({ type: 'xfs', bytes: 400_000_000 });
  await mkdir(at());
  await writeFile(join(at(), 'compose.yaml'), otherFile);
  await there('up', '-d');
  await there('exec', '-T', 'app', 'sh', '-c', 'head -c 3000000 /dev/urandom >/data/big; printf one >/data/n');
  await there('exec', '-T', 'gone', 'sh', '-c', 'printf idle >/idle/n');
  await there('rm', '-s', '-f', 'gone');
  engine = await createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0-test',
    home: home.path,
    environment: process.env as Record<string, string>,
    storeNames: names,
  });
  await engine.api.settings.set({ storePath: disk.path }, call);
  await engine.api.stacks.add({ folder: at() }, call);
});

afterAll(async () => {
  await engine?.close();
  await removeProject(docker, other);
  await docker
    .getContainer(names.helper)
    .remove({ force: true })
    .catch(() => undefined);
  await docker
    .getVolume(names.volume)
    .remove({ force: true })
    .catch(() => undefined);
  await disk?.remove();
  await home?.remove();
});

test('moves volumes with and without a container, and what goes on is a clone of the image', async () => {
  const sum = await there('exec', '-T', 'app', 'sha256sum', '/data/big');
  const plan = await engine.api.golden.planCapture({ environmentId: id }, call);
  expect(plan.move).toMatchObject({ volumes: ['data', 'idle'], recreate: ['app'], restart: ['app'] });
  const view = await done(
    engine.api.golden.capture({ environmentId: id, purpose: 'first of all', adopt: true, planHash: plan.hash }, call),
  );
  expect(view.summary).toContain('data, idle moved into the golden store');
  expect(await engine.api.golden.store(undefined, call)).toMatchObject({ way: 'reflink' });
  expect(await there('up', '-d', 'app')).not.toMatch(/Creat/);
  expect(await there('exec', '-T', 'app', 'sha256sum', '/data/big')).toBe(sum);
  await there('up', '-d', 'gone');
  expect(await there('exec', '-T', 'gone', 'cat', '/idle/n')).toBe('idle');
  const [image] = await engine.api.golden.list({ environmentId: id }, call);
  await done(engine.api.golden.verify({ imageId: image?.id ?? '' }, call));
  await there('exec', '-T', 'app', 'sh', '-c', 'printf two >/data/n');
  await done(engine.api.golden.restore({ environmentId: id, imageId: image?.id ?? '' }, call));
  expect(await there('exec', '-T', 'app', 'cat', '/data/n')).toBe('one');
});
