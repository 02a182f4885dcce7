import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJournal } from '../../electron/engine/operations/journal.ts';
import { createOperations, type OperationsRunner } from '../../electron/engine/operations/runner.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { closeDatabase, type Database, openDatabase } from '../../electron/engine/storage/database.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { type EngineProxy, engineProxy } from '../support/engine-proxy.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** The engine goes away or falls silent at any step of an operation, and comes back: nothing is lost or doubled. */

const docker = connectDocker();
const projectName = uniqueProjectName('loss');
let parent: TemporaryFolder;
let folder = '';
let proxy: EngineProxy;
let stacks: TestStacks;
let database: Database;
let operations: OperationsRunner;
/** What happens when this entry is on disk. */
let at: { readonly point: string; readonly act: () => void } | undefined;

const write = (mark: string): Promise<void> =>
  writeFile(
    join(folder, 'compose.yaml'),
    `
services:
  app:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
    environment: { MARK: ${mark} }
    volumes: ["data:/data"]
  side:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
    depends_on: [app]
volumes: { data: {} }
`,
  );

async function containers(): Promise<readonly string[]> {
  const found = await docker.listContainers({
    all: true,
    filters: JSON.stringify({ label: [`com.docker.compose.project=${projectName}`] }),
  });
  const described = await Promise.all(
    found.map(async (each) => {
      const { Name, State, Config } = await docker.getContainer(each.Id).inspect();
      const mark = (Config.Env ?? []).find((text) => text.startsWith('MARK=')) ?? '';
      return `${Name.replace(projectName, 'P')} ${State.Status} ${mark}`.trim();
    }),
  );
  return described.sort();
}

async function run(kind: 'up' | 'down'): Promise<OperationView> {
  const { operationId } = operations.start(stacks.operations[kind], { environmentId: stacks.environmentId });
  return operations.settled(operationId, AbortSignal.timeout(100_000));
}

/** Does something to the engine once the operation gets there, and undoes it after the operation noticed. */
async function during(
  point: string,
  kind: 'up' | 'down',
  away: () => void,
  back: () => Promise<void>,
): Promise<OperationView> {
  let gone = false;
  at = {
    point,
    act: () => {
      gone = true;
      away();
    },
  };
  const ended = run(kind);
  await waitFor(() => gone, { what: `${point} is reached` });
  at = undefined;
  // The operation notices by itself; a frozen engine only after a deadline.
  await waitFor(
    () => operations.busy().some((each) => each.state === 'undoing') || operations.busy().length === 0 || noted(),
    { what: 'the operation notices', deadlineMs: 90_000 },
  );
  await back();
  return ended;
}

function noted(): boolean {
  return operations
    .busy()
    .some((each) => operations.log(each.id).some((line) => line.text.includes('Waiting for the engine')));
}

const on = (mark: string): readonly string[] => [`/P-app-1 running MARK=${mark}`, '/P-side-1 running'];

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(folder);
  await write('one');
  const socket = join(parent.path, 'engine.sock');
  proxy = engineProxy(socket);
  await proxy.start();
  const client = createDockerClient({ engineId: 'test', endpoint: { kind: 'unix', path: socket } });
  stacks = testStacks({ folder, client });
  database = openDatabase(join(parent.path, 'journal.db'));
  operations = createOperations({
    journal: createJournal(database),
    clock: systemClock,
    onChange: () => undefined,
    onRemoved: () => undefined,
    engineAvailable: async (signal) => {
      const ping = (): Promise<boolean> =>
        client.call('answer', { signal, timeoutMs: 1_000 }, async (engine) => (await engine.ping()) !== undefined);
      await waitFor(ping, { what: 'the engine answers', deadlineMs: 90_000 });
    },
    onJournal: (entry) => {
      if (at !== undefined && entry.replace(/ .*\//, ' ') === at.point) at.act();
    },
  });
  operations.register(Object.values(stacks.operations) as never);
});

afterAll(async () => {
  await operations.close();
  closeDatabase(database);
  stacks.client.close();
  await proxy.stop();
  await removeProject(docker, projectName);
  await parent.remove();
});

const stop = (): void => void proxy.stop();
const start = (): Promise<void> => proxy.start();

describe('an engine that goes away', () => {
  it.each(['containers', 'start', 'wait'])('while a first start is at %s: nothing stays', async (step) => {
    await write('one');
    await run('down');
    const ended = await during(`begin ${step}`, 'up', stop, start);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.gone' } });
    expect(await containers()).toEqual([]);
  });

  it.each(['containers', 'start', 'wait'])('while a change is at %s: what ran before runs', async (step) => {
    await write('one');
    expect((await run('up')).state).toBe('done');
    await write('two');
    const ended = await during(`begin ${step}`, 'up', stop, start);
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.gone' } });
    expect(await containers()).toEqual(on('one'));
    expect((await run('up')).state).toBe('done');
    expect(await containers()).toEqual(on('two'));
  });

  it('after the point of no return: the work is finished', async () => {
    await write('one');
    expect((await run('up')).state).toBe('done');
    const ended = await during('begin containers', 'down', stop, start);
    expect(ended.state).toBe('done');
    expect(await containers()).toEqual([]);
  });
});

describe('an engine that falls silent', () => {
  it('is given up after a deadline, and found whole when it comes back', async () => {
    await write('one');
    expect((await run('up')).state).toBe('done');
    await write('two');
    const ended = await during(
      'begin containers',
      'up',
      () => proxy.freeze(),
      async () => proxy.thaw(),
    );
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.not-responding' } });
    expect(await containers()).toEqual(on('one'));
    expect((await run('up')).state).toBe('done');
    expect(await containers()).toEqual(on('two'));
  });
});
