import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor, Call } from '../../electron/engine/api.ts';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { RoutineRun, StepQuestion } from '../../shared/contract/routines.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type GitServer, gitServer } from '../support/git-server.ts';
import { keyRingMissing, openKeyRing, type TestKeyRing } from '../support/key-ring.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/**
 * A morning in which the team's configuration, an env file and a secret are brought up to date, through the engine's own
 * surface, with a real repository, key store and container.
 */

const docker = connectDocker();
const actor: Actor = { door: 'cli', user: 'test' };
const call: Call = { actor, signal: new AbortController().signal };
const projectName = uniqueProjectName('config');
const secret = 'correct horse battery staple';
const missing = await keyRingMissing();

let home: TemporaryFolder;
let folder = '';
let server: GitServer;
let ring: TestKeyRing;
let engine: Engine;
let environmentId = '';

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

async function openEngine(): Promise<Engine> {
  const { DBUS_SESSION_BUS_ADDRESS: bus = '' } = ring.environment;
  return createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0',
    home: homedir(),
    environment: {
      HOME: homedir(),
      PATH: process.env.PATH ?? '',
      XDG_CACHE_HOME: join(home.path, 'cache'),
      DBUS_SESSION_BUS_ADDRESS: bus,
      ...(process.env.DOCKER_HOST ? { DOCKER_HOST: process.env.DOCKER_HOST } : {}),
    },
    storeNames: { volume: `${projectName}-store`, helper: `${projectName}-helper` },
  });
}

type Answer = Parameters<Engine['api']['routines']['answer']>[0]['answer'];

/** Runs the routine to its end. Every question is answered by its kind; what was asked comes back. */
async function run(answers: Partial<Record<StepQuestion['kind'], Answer>>): Promise<{
  readonly run: RoutineRun;
  readonly questions: readonly StepQuestion[];
}> {
  const { api } = engine;
  const target = { environmentId, routine: 'sync' };
  const trust = await api.routines.trust(target, call);
  if (!trust.trusted) await api.routines.agree({ ...target, hash: trust.hash }, call);
  const { runId } = await api.routines.run({ ...target, trigger: 'cli' }, call);
  const questions: StepQuestion[] = [];
  const ended = await waitFor(
    async () => {
      const now = await api.routines.get({ runId }, call);
      const asking = now.steps.find(({ question }) => question !== null);
      if (asking?.question != null) {
        const answer = answers[asking.question.kind];
        if (answer === undefined) throw new Error(`nobody expected ${JSON.stringify(asking.question)}`);
        questions.push(asking.question);
        await api.routines.answer({ runId, step: asking.id, answer }, call);
        return undefined;
      }
      return now.state === 'ended' ? now : undefined;
    },
    { what: 'the end of the routine', deadlineMs: 90_000 },
  );
  return { run: ended, questions };
}

async function ended(operation: Promise<{ operationId: string }>): Promise<void> {
  const { operationId } = await operation;
  const view = await waitFor(
    async () => {
      const now = await engine.api.operations.get({ operationId }, call);
      return ['done', 'failed', 'cancelled'].includes(now.state) ? now : undefined;
    },
    { what: 'the end of the operation', deadlineMs: 120_000 },
  );
  expect(view).toMatchObject({ state: 'done', error: null });
}

const variables = async (): Promise<readonly string[]> =>
  (await docker.getContainer(`${projectName}-app-1`).inspect()).Config.Env;

describe.skipIf(missing !== null)('configuration of a stack', () => {
  beforeAll(async () => {
    home = await temporaryFolder();
    folder = join(home.path, 'repository', projectName);
    server = await gitServer();
    ring = await openKeyRing();
    await server.commit('team.git', { 'shared/app.json': '{ "levels": 4 }\n' });
    await write(
      'compose.yaml',
      `services:
  app:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    init: true
    stop_grace_period: 0s
    environment:
      DB_PASSWORD: \${DB_PASSWORD:?}
      FRACTAL_LEVELS: \${FRACTAL_LEVELS:?}
    volumes: ["data:/data"]
volumes: { data: {} }
`,
    );
    await write(
      'golden.yml',
      `version: 1
config:
  source: ${server.url}/team.git#main:shared
  files: { app.json: config/app.json }
  secrets: [DB_PASSWORD]
routines:
  sync:
    steps: [{ uses: config.sync }, { uses: changes }]
`,
    );
    await write('.env.example', '# For the database.\nDB_PASSWORD=\n# How deep.\nFRACTAL_LEVELS=4\n');
    await write('.env', 'MINE=1');
    engine = await openEngine();
    ({ environmentId } = await engine.api.stacks.add({ folder }, call));
  });

  afterAll(async () => {
    await engine?.close();
    await removeProject(docker, projectName);
    await docker
      .getContainer(`${projectName}-helper`)
      .remove({ force: true })
      .catch(() => undefined);
    await docker
      .getVolume(`${projectName}-store`)
      .remove({ force: true })
      .catch(() => undefined);
    await ring?.close();
    await server?.close();
    await home?.remove();
  });

  it('may lack values when it is added, but not when it is started', async () => {
    const up = engine.api.environments.up({ environmentId }, call);
    await expect(up).rejects.toMatchObject({
      code: 'config.keys-missing',
      details: { keys: ['DB_PASSWORD', 'FRACTAL_LEVELS'] },
    });
    const { problems } = await engine.api.environments.get({ environmentId }, call);
    expect(problems).toContainEqual(expect.objectContaining({ code: 'config.keys-missing', severity: 'warning' }));
  });

  it('is brought up to date: the team’s file after a word, the missing key, the secret', async () => {
    const { run: done, questions } = await run({
      choice: { kind: 'choice', id: 'allow' },
      values: { kind: 'values', values: { FRACTAL_LEVELS: '4' } },
      secrets: { kind: 'secrets', values: { DB_PASSWORD: secret } },
    });
    expect(questions).toMatchObject([
      { kind: 'choice', detail: ['app.json → config/app.json'] },
      { kind: 'values', keys: [{ key: 'FRACTAL_LEVELS', proposal: '4', comment: 'How deep.' }] },
      { kind: 'secrets', keys: [{ key: 'DB_PASSWORD', why: 'For the database.' }] },
    ]);
    expect(done.reasons).toEqual([]);
    expect(done.steps.map(({ state, result }) => [state, result])).toEqual([
      ['done', 'config/app.json updated; FRACTAL_LEVELS added to .env; DB_PASSWORD kept in the key store'],
      ['done', 'Looked for the first time'],
    ]);
    expect(await read('config/app.json')).toBe('{ "levels": 4 }\n');
    expect(await read('.env')).toBe('MINE=1\n\n# How deep.\nFRACTAL_LEVELS=4\n');
    expect(await ring.attributes()).toContain('DB_PASSWORD');
    expect(JSON.stringify(done)).not.toContain(secret);
  });

  it('reaches the container, and nothing that shows or keeps the model', async () => {
    await ended(engine.api.environments.up({ environmentId }, call));
    expect(await variables()).toEqual(expect.arrayContaining([`DB_PASSWORD=${secret}`, 'FRACTAL_LEVELS=4']));
    const shown = [
      await engine.api.stacks.explain({ of: { environmentId } }, call),
      await engine.api.stacks.config({ environmentId, format: 'yaml' }, call),
      await engine.api.environments.plan({ environmentId, action: 'up', volumes: false }, call),
      await engine.api.environments.get({ environmentId }, call),
      await engine.api.secrets.list({ environmentId }, call),
      await engine.api.system.diagnostics(undefined, call),
    ];
    expect(JSON.stringify(shown)).toContain('***');
    expect(JSON.stringify(shown)).not.toContain(secret);
    expect(shown[4]).toMatchObject({ kept: 'system', keys: [{ key: 'DB_PASSWORD', known: true, declared: true }] });

    await ended(engine.api.golden.capture({ environmentId, purpose: 'with a secret' }, call));
    const helper = docker.getContainer(`${projectName}-helper`);
    const exec = await helper.exec({ Cmd: ['sh', '-c', 'cat /store/images/*/*.json'], AttachStdout: true });
    const stream = await exec.start({});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const kept = Buffer.concat(chunks).toString();
    expect(kept).toContain('DB_PASSWORD');
    expect(kept).not.toContain(secret);
  });

  it('is nowhere in the data folder', async () => {
    const names = await readdir(join(home.path, 'data'), { recursive: true });
    for (const name of names) {
      const path = join(home.path, 'data', name);
      if (!(await stat(path)).isFile()) continue;
      expect((await readFile(path)).includes(secret), name).toBe(false);
    }
  });

  it('asks for nothing the next day, in another life of the engine, and tells what the night brought', async () => {
    await engine.close();
    await server.commit('team.git', { 'shared/app.json': '{ "levels": 5 }\n' });
    await write('migrations/0142_fractal_levels.sql', 'select 1;\n');
    await write('compose.yaml', (await read('compose.yaml')).replace('sleep, inf', 'sleep, infinity'));
    engine = await openEngine();
    const { run: done, questions } = await run({ choice: { kind: 'choice', id: 'up' } });
    expect(questions).toMatchObject([{ kind: 'choice', text: 'compose.yaml changed: app would be recreated. Now?' }]);
    expect(done.steps.map(({ state, result }) => [state, result])).toEqual([
      ['done', 'config/app.json updated'],
      [
        'done',
        expect.stringMatching(
          /^1 migration arrives: 0142_fractal_levels, today .*; compose.yaml changed; app recreated$/,
        ),
      ],
    ]);
    expect(done.verdict?.kind).toBe('remarks');
    expect(await read('config/app.json')).toBe('{ "levels": 5 }\n');
    expect(await variables()).toContain(`DB_PASSWORD=${secret}`);
  });

  it('keeps a stack from coming up without its secret while the key store is locked', async () => {
    await engine.close();
    await ring.lock();
    engine = await openEngine();
    const plan = engine.api.environments.plan({ environmentId, action: 'up', volumes: false }, call);
    await expect(plan).rejects.toMatchObject({ code: 'secrets.unavailable' });
    expect(await engine.api.secrets.list({ environmentId }, call)).toMatchObject({
      keys: [{ key: 'DB_PASSWORD', declared: true }],
    });
    // It can be stopped all the same.
    await ended(engine.api.environments.stop({ environmentId }, call));
  });
});
