import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OperationKind } from '../../electron/engine/operations/types.ts';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { connectClient, runWell, type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { Killed, memoryJournal, runOperation } from '../support/operations.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/** What the next life must not get wrong although it does not know all that the one before knew. */

const docker = connectDocker();
const projectName = uniqueProjectName('resume');
let parent: TemporaryFolder;
let folder = '';
const open: TestStacks[] = [];

function stacksWith(environment: Record<string, string>, client?: DockerClient): TestStacks {
  const made = testStacks({ folder, environment, ...(client === undefined ? {} : { client }) });
  open.push(made);
  return made;
}

/** Each start writes a line, and so does each hook. */
const write = (mark: string, command = 'echo start >>/data/log; exec sleep inf'): Promise<void> =>
  writeFile(
    join(folder, 'compose.yaml'),
    `
services:
  app:
    image: ${fixtureImages.tools}
    command: [sh, -c, '${command}']
    stop_signal: SIGKILL
    environment: { MARK: ${mark} }
    scale: \${N:-1}
    volumes: ["data:/data"]
    post_start: [{ command: [sh, -c, 'echo hook >>/data/log'], user: root }]
    user: root
volumes: { data: {} }
`,
  );

async function containers(): Promise<string[]> {
  const label = [`com.docker.compose.project=${projectName}`];
  const found = await docker.listContainers({ all: true, filters: JSON.stringify({ label }) });
  const texts = await Promise.all(
    found.map(async (each) => {
      const { Name, State, Config } = await docker.getContainer(each.Id).inspect();
      return `${Name.replace(`/${projectName}-`, '')} ${State.Status} ${Config.Env?.find((value) => value.startsWith('MARK='))}`;
    }),
  );
  return texts.sort();
}

async function logOf(stacks: TestStacks): Promise<string[]> {
  const label = [`com.docker.compose.project=${projectName}`];
  const [app] = await docker.listContainers({ filters: JSON.stringify({ label }) });
  const command = { command: ['cat', '/data/log'] };
  const { stdout } = await stacks.client.exec(app?.Id ?? '', command, { signal: AbortSignal.timeout(20_000) });
  return stdout.trim().split('\n');
}

/** Ends this life right after the first call of this name. */
function dyingAt(what: string): DockerClient {
  const client = connectClient();
  let dead = false;
  return {
    ...client,
    async call(name, options, run) {
      if (dead) throw new Killed(name);
      const result = await client.call(name, options, run);
      dead = name.startsWith(what);
      if (dead) throw new Killed(name);
      return result;
    },
    exec: async () => {
      throw new Killed('exec');
    },
  };
}

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(folder);
});

afterAll(async () => {
  await removeProject(docker, projectName);
  for (const each of open) each.client.close();
  await parent.remove();
});

describe('the life after', () => {
  it('removes what the start replaced and nothing else, whatever its variables say', async () => {
    await write('one');
    const shell = stacksWith({ N: '4' });
    await runWell(shell, 'up');
    await write('two');
    const fewer = stacksWith({ N: '3' });
    const journal = memoryJournal('resume');
    const input = { environmentId: fewer.environmentId };
    const dies = runOperation(fewer.operations.up, input, journal, {
      onEntry(entry) {
        if (entry === 'commit') throw new Killed(entry);
      },
    });
    await expect(dies).rejects.toBeInstanceOf(Killed);
    expect(await containers()).toHaveLength(7);
    const ended = await runOperation(stacksWith({}).operations.up, input, journal);
    expect(ended.state).toBe('done');
    expect(await containers()).toEqual([1, 2, 3].map((number) => `app-${number} running MARK=two`));
  });

  it('ends well when the files cannot be read any more', async () => {
    const shell = stacksWith({ N: '1' });
    const journal = memoryJournal('unreadable');
    const input = { environmentId: shell.environmentId };
    const dies = runOperation(shell.operations.up, input, journal, {
      onEntry(entry) {
        if (entry === 'commit') throw new Killed(entry);
      },
    });
    await expect(dies).rejects.toBeInstanceOf(Killed);
    await writeFile(join(folder, 'compose.yaml'), 'services: [');
    expect((await runOperation(stacksWith({}).operations.up, input, journal)).state).toBe('done');
    expect(await containers()).toEqual(['app-1 running MARK=two']);
  });

  it('runs the hook of a container that had only just been started', async () => {
    await write('three');
    const calm = stacksWith({});
    await removeProject(docker, projectName);
    await runWell(calm, 'up');
    await runWell(calm, 'stop');
    const journal = memoryJournal('hooks');
    const start = (stacks: TestStacks): OperationKind<unknown> => ({
      kind: 'start',
      input: z.unknown(),
      title: () => 'Start',
      environmentId: () => null,
      async run(_, context) {
        const target = await stacks.target();
        context.pointOfNoReturn();
        await context.step('start', { title: 'Start', result: z.object({}) }, async (step) => {
          await stacks.stacks.runtime.start(target, ['app'], step, step.signal);
          return {};
        });
        return { summary: 'Started.' };
      },
      undo: async () => undefined,
    });
    const dies = runOperation(start(stacksWith({}, dyingAt('start container'))), {}, journal);
    await expect(dies).rejects.toBeInstanceOf(Killed);
    expect(await logOf(calm)).toEqual(['start', 'hook', 'start']);
    await runOperation(start(calm), {}, journal);
    expect(await logOf(calm)).toEqual(['start', 'hook', 'start', 'hook']);
    // Whoever starts what runs already, runs no hook.
    await runOperation(start(calm), {}, memoryJournal('again'));
    expect(await logOf(calm)).toHaveLength(4);
  });

  it('runs the hooks of what it starts again when a start failed', async () => {
    const calm = stacksWith({});
    const before = (await logOf(calm)).length;
    await write('four', 'exit 3');
    expect((await calm.run('up')).state).toBe('failed');
    expect(await containers()).toEqual(['app-1 running MARK=three']);
    expect((await logOf(calm)).slice(before)).toEqual(['start', 'hook']);
  });
});
