import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { runWell, testStacks } from '../support/docker-stacks.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/* post_start and pre_stop, beside the real docker compose. */

const docker = connectDocker();
const projectName = uniqueProjectName('hooks');
let parent: TemporaryFolder;
let folder = '';
const base = `image: ${fixtureImages.tools}, command: sleep infinity, stop_signal: SIGKILL`;

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(join(folder, 'source'), { recursive: true });
});

afterEach(() => removeProject(docker, projectName));
afterAll(() => parent.remove());

const write = (services: string): Promise<void> =>
  writeFile(join(folder, 'compose.yaml'), `name: ${projectName}\nservices:\n${services}`);

describe('hooks', () => {
  const hooked = (last: string): string => `
  first:
    ${base.replaceAll(', ', '\n    ')}
    volumes: ["./source:/out"]
    environment: { OWN: own, GONE: gone }
    post_start:
      - command: sh -c 'echo "$$OWN $$ADDED $\${GONE-none} $$(id -u) $$(pwd)" >> /out/log'
        user: "1000"
        working_dir: /tmp
        environment: [ADDED=added, GONE]
      - command: ${last}
    pre_stop:
      - command: [sh, -c, "echo stopping >> /out/log"]
  second:
    ${base.replaceAll(', ', '\n    ')}
    depends_on: [first]
    volumes: ["./source:/out"]
    post_start: [{ command: [sh, -c, "echo second >> /out/log"] }]
`;
  const emptyLog = async (): Promise<void> => {
    await writeFile(join(folder, 'source', 'log'), '');
    await chmod(join(folder, 'source', 'log'), 0o666);
  };
  const log = async (): Promise<string> => readFile(join(folder, 'source', 'log'), 'utf8');

  it('run in the same order and surroundings as with docker compose, on up, restart and stop', async () => {
    await write(hooked(`sh -c 'echo up >> /out/log'`));
    const from = async (work: () => Promise<unknown>): Promise<string> => {
      await emptyLog();
      await work();
      return log();
    };
    const well = async (...args: string[]): Promise<void> => {
      const done = await compose(args, { folder });
      expect(done.exitCode, done.stderr).toBe(0);
    };
    const theirs = [await from(() => well('up', '-d')), await from(() => well('stop'))];
    await removeProject(docker, projectName);
    const stacks = testStacks({ folder });
    try {
      const ours = [await from(() => runWell(stacks, 'up')), await from(() => runWell(stacks, 'stop'))];
      expect(ours).toEqual(theirs);
      expect(ours[0]).toBe('own added none 1000 /tmp\nup\nsecond\n');
      await runWell(stacks, 'up');
      expect(await from(() => runWell(stacks, 'restart', { services: ['first'] }))).toBe(
        'stopping\nown added none 1000 /tmp\nup\n',
      );
      // Nothing is started, so nothing is run.
      expect(await from(() => runWell(stacks, 'up'))).toBe('');
    } finally {
      stacks.client.close();
    }
  });

  it('that fail after the start fail the start, before any dependant starts', async () => {
    await write(hooked(`sh -c 'echo broken; exit 3'`));
    await emptyLog();
    const theirs = await compose(['up', '-d'], { folder });
    expect(theirs.exitCode).not.toBe(0);
    expect(await log()).not.toContain('second');
    await removeProject(docker, projectName);
    await emptyLog();
    const stacks = testStacks({ folder });
    try {
      const ended = await stacks.run('up');
      expect(ended).toMatchObject({
        state: 'failed',
        error: { code: 'docker.hook-failed', details: { hook: 'post_start[1]', exitCode: 3, log: ['broken'] } },
      });
      expect(await log()).not.toContain('second');
      const left = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
      expect(left.containers).toEqual([]);
    } finally {
      stacks.client.close();
    }
  });

  it('that fail before the stop keep the container running, as with docker compose', async () => {
    await write(`  kept: { ${base}, pre_stop: [{ command: [sh, -c, "exit 4"] }] }\n`);
    const stacks = testStacks({ folder });
    try {
      await runWell(stacks, 'up');
      expect((await compose(['stop'], { folder })).exitCode).not.toBe(0);
      const ended = await stacks.run('stop');
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.hook-failed', details: { exitCode: 4 } } });
      const shown = await docker.getContainer(`${projectName}-kept-1`).inspect();
      expect(shown.State.Running).toBe(true);
    } finally {
      stacks.client.close();
    }
  });
});
