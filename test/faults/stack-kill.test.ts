import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import type { StackOperations } from '../../electron/engine/stacks/operations/index.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { connectClient, runWell, type TestStacks, testStacks } from '../support/docker-stacks.ts';
import { Killed, memoryJournal, runOperation } from '../support/operations.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/**
 * Death between any two changes of the engine, not only between journal entries: the process ends right after the nth
 * call that changes something. The next life must come to the state before or the state after.
 */

const docker = connectDocker();
const projectName = uniqueProjectName('kill');
let parent: TemporaryFolder;
let folder = '';
let calm: TestStacks;

/** Passes calls on until the `after`th change was made; from then on this life is over. */
function mortalClient(client: DockerClient, after: number): DockerClient & { readonly changes: () => number } {
  let changes = 0;
  let dead = false;
  const reads = /^(describe|list|say|read|look)/;
  return {
    ...client,
    changes: () => changes,
    async call(what, options, run) {
      if (dead) throw new Killed(what);
      const result = await client.call(what, options, run);
      if (reads.test(what)) return result;
      changes += 1;
      if (changes < after) return result;
      dead = true;
      throw new Killed(what);
    },
  };
}

const composeFile = (mark: string, net: string): string => `
services:
  app:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
    environment: { MARK: ${mark} }
    volumes: ["data:/data"]
    networks: [default, second]
  side:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
    depends_on: [app]
networks: { second: { labels: { net: ${net} } } }
volumes: { data: {} }
`;
const write = (mark: string, net = 'one'): Promise<void> =>
  writeFile(join(folder, 'compose.yaml'), composeFile(mark, net));

interface Picture {
  readonly containers: readonly string[];
  /** With their mark. */
  readonly networks: readonly string[];
  readonly volumes: number;
}

/** What a user could see of it: names, whether they run, and which version of the configuration they have. */
async function picture(): Promise<Picture> {
  const found = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
  const containers = await Promise.all(
    found.containers.map(async (id) => {
      const { Name, State, Config, NetworkSettings } = await docker.getContainer(id).inspect();
      const mark = (Config.Env ?? []).find((each) => each.startsWith('MARK=')) ?? '';
      return `${Name} ${State.Status} ${mark} ${Object.keys(NetworkSettings.Networks).length}`;
    }),
  );
  const networks = await Promise.all(
    found.networks.map(async (id) => {
      const { Name, Labels } = await docker.getNetwork(id).inspect();
      return `${Name} ${Labels?.['net'] ?? ''}`.trim().replace(projectName, 'P');
    }),
  );
  return {
    containers: containers.sort().map((each) => each.replace(projectName, 'P')),
    networks: networks.sort(),
    volumes: found.volumes.length,
  };
}

async function dataOf(): Promise<string> {
  const label = [`com.docker.compose.project=${projectName}`, 'com.docker.compose.service=app'];
  const [container] = await docker.listContainers({ filters: JSON.stringify({ label }) });
  if (container === undefined) return 'app does not run';
  const result = await calm.client.exec(
    container.Id,
    { command: ['cat', '/data/words'] },
    { signal: AbortSignal.timeout(20_000) },
  );
  return result.stdout;
}

/** Kills the operation after every change it makes, one after the other, and lets the next life take it up. */
async function killEverywhere(
  kind: keyof StackOperations,
  input: () => Promise<Record<string, unknown>>,
  reset: () => Promise<void>,
  expected: { readonly before: Picture; readonly after: Picture },
  check?: () => Promise<void>,
): Promise<number> {
  for (let after = 1; ; after += 1) {
    await reset();
    expect(await picture(), `reset ${after}`).toEqual(expected.before);
    const client = mortalClient(connectClient(), after);
    const mortal = testStacks({ folder, client });
    const whole = { environmentId: calm.environmentId, ...(await input()) };
    const journal = memoryJournal(`kill${after}`);
    const life = async (stacks: TestStacks): Promise<string> => {
      const ended = await runOperation(stacks.operations[kind] as StackOperations['up'], whole, journal);
      return ended.state;
    };
    let survived = false;
    try {
      await life(mortal);
      survived = client.changes() < after;
    } catch (error) {
      expect(error, `change ${after}`).toBeInstanceOf(Killed);
    }
    client.close();
    if (survived) {
      expect(await picture()).toEqual(expected.after);
      return after - 1;
    }
    const state = await life(calm);
    const now = await picture();
    const wanted = state === 'done' ? expected.after : expected.before;
    // Volumes and their data are never taken back.
    expect(now, `${state} after change ${after}`).toEqual({ ...wanted, volumes: now.volumes });
    expect(now.volumes).toBeGreaterThanOrEqual(wanted.volumes);
    await check?.();
    // And the next start finds nothing odd.
    const plan = await calm.plan(kind === 'up' ? 'up' : 'down');
    expect(plan.problems, `plan after change ${after}`).toEqual([]);
  }
}

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(folder);
  await write('one');
  calm = testStacks({ folder });
});

afterAll(async () => {
  await removeProject(docker, projectName);
  calm.client.close();
  await parent.remove();
});

const nothing: Picture = { containers: [], networks: [], volumes: 0 };
const running = (mark: string, net = 'one'): Picture => ({
  containers: [`/P-app-1 running MARK=${mark} 2`, '/P-side-1 running  1'],
  networks: ['P_default', `P_second ${net}`],
  volumes: 1,
});

describe('death after every change of the engine', () => {
  it('during the first start', async () => {
    const changes = await killEverywhere(
      'up',
      async () => ({}),
      () => removeProject(docker, projectName),
      { before: nothing, after: running('one') },
    );
    expect(changes).toBeGreaterThan(6);
  });

  it('during a change of one service', async () => {
    const stayed = async (): Promise<void> => expect(await dataOf()).toBe('kept');
    await write('one');
    await runWell(calm, 'up');
    const [app] = await docker.listContainers({
      filters: JSON.stringify({
        label: [`com.docker.compose.project=${projectName}`, 'com.docker.compose.service=app'],
      }),
    });
    await calm.client.exec(
      app?.Id ?? '',
      { command: ['bash', '-c', 'printf kept > /data/words'] },
      { signal: AbortSignal.timeout(20_000) },
    );
    const changes = await killEverywhere(
      'up',
      async () => ({}),
      async () => {
        await write('one');
        await runWell(calm, 'up');
        await write('two');
      },
      { before: running('one'), after: running('two') },
      stayed,
    );
    expect(changes).toBeGreaterThan(4);
  });

  it('during a change of a network', async () => {
    const changes = await killEverywhere(
      'up',
      async () => ({}),
      async () => {
        await write('one');
        await runWell(calm, 'up');
        await write('one', 'two');
      },
      { before: running('one'), after: running('one', 'two') },
      async () => {
        const label = [`com.docker.compose.project=${projectName}`, 'com.docker.compose.service=app'];
        const [app] = await docker.listContainers({ filters: JSON.stringify({ label }) });
        const { NetworkSettings } = await docker.getContainer(app?.Id ?? '').inspect();
        expect(NetworkSettings.Networks[`${projectName}_second`]?.Aliases).toContain('app');
        expect(NetworkSettings.Networks[`${projectName}_second`]?.IPAddress).not.toBe('');
      },
    );
    expect(changes).toBeGreaterThan(6);
  });

  it('while it is taken down', async () => {
    const changes = await killEverywhere(
      'down',
      async () => ({}),
      async () => {
        await write('one');
        await runWell(calm, 'up');
      },
      { before: running('one'), after: { ...nothing, volumes: 1 } },
    );
    expect(changes).toBeGreaterThan(4);
  });

  it('while it is removed with its data', async () => {
    const changes = await killEverywhere(
      'remove',
      async () => ({ volumes: true, planHash: (await calm.plan('remove', { volumes: true })).hash }),
      async () => {
        await write('one');
        await runWell(calm, 'up');
      },
      { before: running('one'), after: nothing },
    );
    expect(changes).toBeGreaterThan(5);
  });
});
