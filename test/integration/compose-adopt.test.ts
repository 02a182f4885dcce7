import { mkdir, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { DiscoveredProject } from '../../shared/contract/compose-projects.ts';
import { stackPreviewSchema } from '../../shared/contract/environments.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/**
 * What `docker compose` started is recognised, and added as it is: whatever was said on its command line is found out
 * from the containers, so that the plan of what was added is empty.
 */

const docker = connectDocker();
const actor: Actor = { door: 'cli', user: 'test' };
const call: Call = { actor, signal: new AbortController().signal };
const service = (extra: string): string =>
  `{ image: ${fixtureImages.tools}, command: [sleep, inf], init: true, stop_grace_period: 0s, ${extra} }`;
const names = {
  plain: uniqueProjectName('adopt-plain'),
  full: uniqueProjectName('adopt-full'),
  apart: uniqueProjectName('adopt-apart'),
};

let home: TemporaryFolder;
let folder = '';
let engine: Engine;

async function state(): Promise<AppState> {
  const stop = new AbortController();
  try {
    for await (const event of await engine.api.state.watch({}, { actor, signal: stop.signal })) {
      if (event.kind === 'snapshot') return event.state;
    }
  } finally {
    stop.abort();
  }
  throw new Error('no snapshot');
}

async function found(projectName: string): Promise<DiscoveredProject | undefined> {
  return (await state()).discovered.find((one) => one.projectName === projectName);
}

const foundSoon = (
  projectName: string,
  fits: (one: DiscoveredProject) => boolean = () => true,
): Promise<DiscoveredProject> =>
  waitFor(
    async () => {
      const one = await found(projectName);
      return one !== undefined && fits(one) ? one : undefined;
    },
    { what: `${projectName} among the projects found` },
  );

const goneSoon = (projectName: string): Promise<boolean> =>
  waitFor(async () => (await found(projectName)) === undefined, { what: `${projectName} off the list` });

async function composeWell(...args: readonly string[]): Promise<void> {
  const done = await compose(args, { folder });
  expect(done.exitCode, done.stderr).toBe(0);
}

/** Adds a project that was found, expects an empty plan, and gives back what is remembered of its command line. */
async function addAsItIs(projectName: string): Promise<Record<string, unknown>> {
  const source = { folder, project: projectName };
  const preview = stackPreviewSchema.parse(await engine.api.stacks.preview(source, call));
  expect(preview.problems.filter((one) => one.severity === 'error')).toEqual([]);
  expect(preview).toMatchObject({ folder, projectName, adopts: true, creates: [] });
  const { environmentId } = await engine.api.stacks.add(source, call);
  const plan = await engine.api.environments.plan({ environmentId, action: 'up', volumes: false }, call);
  expect(plan).toMatchObject({ changes: [], problems: [] });
  await goneSoon(projectName);
  const view = await engine.api.environments.get({ environmentId }, call);
  expect(view.services.map((one) => one.drift)).toEqual(view.services.map(() => 'none'));
  expect(view.projectName).toBe(projectName);
  return { ...preview.loading, keeps: plan.keeps?.map((one) => [one.name, one.action]) };
}

async function openEngine(): Promise<void> {
  engine = await createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0',
    home: homedir(),
    environment: { HOME: homedir(), ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}) },
    storeNames: { volume: `${names.plain}-store`, helper: `${names.plain}-helper` },
  });
}

beforeAll(async () => {
  home = await temporaryFolder();
  folder = join(home.path, 'shop');
  await mkdir(join(folder, 'other'), { recursive: true });
  const files = {
    'compose.yaml': [
      'services:',
      `  web: ${service('environment: { LEVEL: "${LEVEL:-none}" }, volumes: ["data:/data", "./other:/other:ro"]')}`,
      `  debug: ${service('profiles: [tools, everything]')}`,
      `  never: ${service('profiles: [everything]')}`,
      'volumes: { data: {} }',
    ].join('\n'),
    'other/extra.yml': `services:\n  worker: ${service('depends_on: [web], environment: { LEVEL: "$LEVEL" }')}\n`,
    'other/alone.yml': `services:\n  lone: ${service('volumes: ["./other:/here"]')}\n`,
    'prod.env': 'LEVEL=prod\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await openEngine();
});

afterAll(async () => {
  await engine.close();
  for (const name of Object.values(names)) await removeProject(docker, name);
  await home.remove();
});

describe('a project that docker compose started', () => {
  it('shows up when it starts, follows its containers, and goes when they go', async () => {
    await composeWell('-p', names.plain, 'up', '-d', '-t', '0');
    const one = await foundSoon(names.plain, (each) => each.containers.running === 1);
    expect(one).toMatchObject({
      folder,
      files: [join(folder, 'compose.yaml')],
      services: ['web'],
      containers: { running: 1, total: 1 },
      problem: null,
    });
    await composeWell('-p', names.plain, 'stop', '-t', '0');
    await foundSoon(names.plain, (each) => each.containers.running === 0);
    await composeWell('-p', names.plain, 'down', '-t', '0');
    await goneSoon(names.plain);
  });

  it('is added as it is with -p, and its plain volume stays where it is', async () => {
    await composeWell('-p', names.plain, 'up', '-d');
    await foundSoon(names.plain);
    const before = await listByLabel(docker, `com.docker.compose.project=${names.plain}`);
    expect(await addAsItIs(names.plain)).toEqual({
      projectName: names.plain,
      keeps: [[`${names.plain}_data`, 'keep']],
    });
    expect(await listByLabel(docker, `com.docker.compose.project=${names.plain}`)).toEqual(before);
  });

  it('is added as it is with -f, --env-file and --profile, beside another one of the same folder', async () => {
    const files = ['-f', 'compose.yaml', '-f', 'other/extra.yml'];
    await composeWell('-p', names.full, ...files, '--env-file', 'prod.env', '--profile', 'tools', 'up', '-d');
    await foundSoon(names.full, (each) => each.containers.total === 3);
    expect(await addAsItIs(names.full)).toEqual({
      projectName: names.full,
      files: [join(folder, 'compose.yaml'), join(folder, 'other/extra.yml')],
      envFiles: [join(folder, 'prod.env')],
      profiles: ['tools'],
      keeps: [[`${names.full}_data`, 'keep']],
    });
    const { values } = await engine.api.stacks.explain({ of: { environmentId: `${names.full}/main` } }, call);
    expect(values.find((one) => one.service === 'worker' && one.path === 'environment.LEVEL')).toMatchObject({
      value: 'prod',
      written: '$LEVEL',
      position: expect.stringMatching(/other\/extra\.yml:2:\d+$/),
      variables: [{ name: 'LEVEL', from: 'file', position: `${join(folder, 'prod.env')}:1:1` }],
    });
  });

  it('is added as it is with --project-directory', async () => {
    await composeWell('-p', names.apart, '-f', 'other/alone.yml', '--project-directory', '.', 'up', '-d');
    await foundSoon(names.apart);
    expect(await addAsItIs(names.apart)).toMatchObject({
      projectName: names.apart,
      files: [join(folder, 'other/alone.yml')],
    });
  });

  it('is remembered as it was added, by the next life of the engine', async () => {
    await engine.close();
    await openEngine();
    await waitFor(async () => (await state()).environments.every((one) => one.state === 'running'), {
      what: 'every stack running',
    });
    const { environments, discovered } = await state();
    expect(environments.map((one) => one.projectName).sort()).toEqual(Object.values(names).sort());
    for (const { id } of environments) {
      const plan = await engine.api.environments.plan({ environmentId: id, action: 'up', volumes: false }, call);
      expect(plan.changes, id).toEqual([]);
    }
    expect(discovered.filter((one) => Object.values(names).includes(one.projectName))).toEqual([]);
  });

  it('is shown again when it is taken off the list, but cannot be added while its folder is away', async () => {
    await engine.api.stacks.forget({ environmentId: `${names.full}/main` }, call);
    await foundSoon(names.full, (each) => each.problem === null);
    const away = join(home.path, 'away');
    await rename(folder, away);
    try {
      const one = await foundSoon(names.full, (each) => each.problem !== null);
      expect(one.problem?.message).toContain('folder');
      const source = { folder, project: names.full };
      await expect(engine.api.stacks.add(source, call)).rejects.toMatchObject({ code: 'input.not-found' });
    } finally {
      await rename(away, folder);
    }
    await foundSoon(names.full, (each) => each.problem === null);
  });
});
