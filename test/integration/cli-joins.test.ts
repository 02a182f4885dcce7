import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDown, runPlan, runVerb } from '../../electron/cli/commands/stack.ts';
import { type CommandContext, contextOf, type GlobalOptions } from '../../electron/cli/context.ts';
import { createRouter } from '../../electron/doors/router.ts';
import { serveSocket } from '../../electron/doors/socket.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { EnvironmentView, Plan } from '../../shared/contract/environments.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** The commands beside an engine that runs already, as the window's does, with other variables than the shell has. */

const docker = connectDocker();
const projectName = uniqueProjectName('joins');
const otherName = `${projectName}-other`;
const secret = `secret-${projectName}-value`;
const signal = new AbortController().signal;
const call = { actor: { door: 'window' as const, user: 'tester' }, signal };
let home: TemporaryFolder;
let folder = '';
let engine: Engine;
let closeDoor: () => Promise<void>;

const base = `    image: ${fixtureImages.tools}
    command: [sleep, inf]
    stop_signal: SIGKILL
`;

async function startEngine(): Promise<void> {
  const dataFolder = join(home.path, 'data');
  const environment = { PATH: process.env.PATH ?? '', GOLDEN_HOUR_HOME: dataFolder, WORD: 'of the engine' };
  engine = await createEngine({ dataFolder, version: '0.0.0-test', home: homedir(), environment });
  const serve = createServeWire(createRouter({ api: engine.api, checkOutputs: true }));
  const door = await serveSocket({ dataFolder, environment, serve, actor: { door: 'socket', user: 'tester' } });
  closeDoor = () => door.close();
}

async function stopEngine(): Promise<void> {
  await closeDoor();
  await engine.close();
}

/** A command as typed in the folder, with these variables in its shell; what it prints. */
async function golden(
  run: (context: CommandContext) => Promise<unknown>,
  environment: Readonly<Record<string, string>>,
  options: Partial<GlobalOptions> = {},
): Promise<string> {
  const out = new PassThrough();
  let text = '';
  out.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const stream = out as unknown as NodeJS.WriteStream;
  const all: GlobalOptions = {
    directory: folder,
    json: true,
    file: undefined,
    envFile: undefined,
    profile: undefined,
    projectName: undefined,
    ...options,
  };
  const shell = { PATH: process.env.PATH ?? '', GOLDEN_HOUR_HOME: join(home.path, 'data'), ...environment };
  await run(contextOf({ stdout: stream, stderr: stream, json: all.json }, all, shell));
  return text;
}

const up = (context: CommandContext): Promise<unknown> => runVerb(context, 'up', []);
const plan = async (environment: Record<string, string>, options: Partial<GlobalOptions> = {}): Promise<string[]> =>
  (JSON.parse(await golden((context) => runPlan(context, []), environment, options)) as Plan).changes.map(
    (each) => `${each.action} ${each.name}`,
  );

async function wordOf(container: string): Promise<string> {
  const { Config } = await docker.getContainer(container).inspect();
  return Config.Env.find((text) => text.startsWith('WORD='))?.slice('WORD='.length) ?? '';
}

async function view(name: string): Promise<EnvironmentView> {
  return engine.api.environments.get({ environmentId: `${name}/main` }, call);
}

/** What the window shows once it has seen everything. */
async function expectNoDrift(name: string): Promise<void> {
  await waitFor(
    async () => {
      const services = (await view(name)).services;
      return services.every((each) => each.drift === 'none') ? true : undefined;
    },
    { what: `${name} shows no difference`, deadlineMs: 10_000 },
  );
}

beforeAll(async () => {
  home = await temporaryFolder();
  folder = join(home.path, projectName);
  await mkdir(folder);
  await writeFile(
    join(folder, 'compose.yaml'),
    `services:\n  app:\n${base}    environment: { WORD: "\${WORD:?}" }\n    secrets: [token]\nsecrets: { token: { environment: TOKEN } }\n`,
  );
  await writeFile(join(folder, 'first.yaml'), `services:\n  one:\n${base}  two:\n${base}    profiles: [more]\n`);
  await writeFile(join(folder, 'second.yaml'), 'services:\n  one:\n    environment: { WORD: "$OTHER_WORD" }\n');
  await writeFile(join(folder, 'words.env'), 'OTHER_WORD=of the file\n');
  await startEngine();
});

afterAll(async () => {
  await stopEngine();
  for (const name of [projectName, otherName]) await removeProject(docker, name);
  await home.remove();
});

describe('a command beside a running engine', () => {
  it('brings the variables of its shell, and the window goes on with those of the last start', async () => {
    const app = `${projectName}-app-1`;
    await golden(up, { WORD: 'one', TOKEN: secret });
    expect(await wordOf(app)).toBe('one');
    await expectNoDrift(projectName);
    const { Id: id } = await docker.getContainer(app).inspect();

    // Looking does not change what is remembered.
    expect(await plan({ WORD: 'two', TOKEN: secret })).toEqual([`recreate ${app}`]);
    expect(await plan({ WORD: 'one', TOKEN: secret })).toEqual([]);
    await expect(plan({ TOKEN: secret })).rejects.toMatchObject({ code: 'compose.variable-missing' });
    await expectNoDrift(projectName);

    // The window starts it as it was started.
    const { changes } = await engine.api.environments.plan(
      { environmentId: `${projectName}/main`, action: 'up', volumes: false },
      call,
    );
    expect(changes).toEqual([]);
    expect((await docker.getContainer(app).inspect()).Id).toBe(id);

    await golden(up, { WORD: 'two', TOKEN: secret });
    expect(await wordOf(app)).toBe('two');
    await expectNoDrift(projectName);
    // And docker compose in the same shell has nothing to do.
    const beside = await compose(['up', '--detach'], { folder, environment: { WORD: 'two', TOKEN: secret } });
    expect(beside.stderr).toMatch(/Running/);
    expect(beside.stderr).not.toMatch(/Recreate/);
  });

  it('leaves nothing of them on the disk', async () => {
    const data = join(home.path, 'data');
    for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
      expect(text.includes(secret), entry.name).toBe(false);
    }
  });

  it('takes the options of docker compose, and remembers which files they name', async () => {
    const options = {
      file: ['first.yaml', 'second.yaml'],
      envFile: ['words.env'],
      profile: ['more'],
      projectName: otherName,
    };
    await golden(up, {}, options);
    expect(await wordOf(`${otherName}-one-1`)).toBe('of the file');
    const arguments_ = '-f first.yaml -f second.yaml --env-file words.env --profile more'.split(' ');
    const beside = await compose([...arguments_, '-p', otherName, 'up', '--detach'], { folder });
    expect(beside.stderr).toMatch(/two-1\s+Running/);
    expect(beside.stderr).not.toMatch(/Recreate|Creating/);
    // The other stack of the folder is another one.
    await expectNoDrift(projectName);
    expect((await view(otherName)).services.map((each) => each.name).sort()).toEqual(['one', 'two']);

    await stopEngine();
    await startEngine();
    await waitFor(async () => ((await view(otherName)).services.length === 2 ? true : undefined), {
      what: 'the files are read again',
      deadlineMs: 10_000,
    });
    await expectNoDrift(otherName);
    expect(await plan({}, { projectName: otherName })).toEqual([]);

    // Only what the profile does not need stays.
    await golden((context) => runDown(context, { removeOrphans: false }), {}, { projectName: otherName });
    const left = await docker.listContainers({
      all: true,
      filters: JSON.stringify({ label: [`com.docker.compose.project=${otherName}`] }),
    });
    expect(left).toEqual([]);
  });
});
