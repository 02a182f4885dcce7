import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../electron/engine/engine.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, removeProject, uniqueProjectName } from '../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/**
 * A project that `docker compose` started, captured for the first time: its volumes move into the store, and Compose
 * goes on with it as if nothing had happened.
 */

const docker = connectDocker();
const projectName = uniqueProjectName('adopt');
const stranger = `${projectName}-stranger`;
const storeNames = { volume: `${projectName}-store`, helper: `${projectName}-helper` };
const environmentId = `${projectName}/main`;
const call = { actor: { door: 'cli', user: 'tester' } as const, signal: new AbortController().signal };

const tools = `
    image: ${fixtureImages.tools}
    command: [sleep, infinity]
    init: true
    stop_grace_period: 5s`;
const composeFile = `
services:
  db:
    image: ${fixtureImages.postgres}
    environment: { POSTGRES_PASSWORD: postgres, POSTGRES_DB: bench, GOLDENHOUR_FIXTURE_FAST: "1" }
    volumes: ["data:/var/lib/postgresql/data"]
    healthcheck: { test: ["CMD-SHELL", "pg_isready -U postgres -d bench -h 127.0.0.1"], interval: 1s, timeout: 3s, retries: 60 }
    stop_grace_period: 20s
  init:${tools.replace('[sleep, infinity]', '["sh", "-c", "echo ran >>/cache/inits"]')}
    volumes: ["cache:/cache"]
  app:${tools}
    depends_on: { db: { condition: service_healthy }, init: { condition: service_completed_successfully } }
    environment: { SECRET: "two $$words" }
    secrets: [token]
    volumes: ["cache:/cache", "/anonymous"]
  side:${tools}
    network_mode: service:app
  apart:${tools}
    volumes: ["shared:/shared", "left:/left", "named:/named"]
secrets: { token: { environment: GOLDENHOUR_TEST_TOKEN } }
volumes:
  data: {}
  cache: { labels: { mine: "yes" } }
  shared: {}
  left: {}
  named: { external: true, name: ${projectName}-named }
`;
// A name that ends lines and one that looks like a command: the hashes must come through.
const strange = "/cache/$(touch x)\n' name";

let home: TemporaryFolder;
let folder = '';
let engine: Engine;

const environment = { GOLDENHOUR_TEST_TOKEN: 'hush' };
async function run(...args: string[]): Promise<string> {
  const result = await compose(args, { folder, environment, timeoutMs: 120_000 });
  if (result.exitCode !== 0) throw new Error(`docker compose ${args.join(' ')}: ${result.stderr}`);
  return `${result.stdout}${result.stderr}`;
}
const exec = async (service: string, ...command: string[]): Promise<string> =>
  (await compose(['exec', '-T', service, ...command], { folder, environment })).stdout.trim();
const sql = (text: string): Promise<string> =>
  exec('db', 'env', 'PGPASSWORD=postgres', 'psql', '-h', '127.0.0.1', '-U', 'postgres', '-d', 'bench', '-Atc', text);
const inspect = (service: string) => docker.getContainer(`${projectName}-${service}-1`).inspect();
const volume = (key: string) => docker.getVolume(`${projectName}_${key}`).inspect();
const contents = (service: string, path: string): Promise<string> =>
  exec(
    service,
    'sh',
    '-c',
    `cd ${path} && find . -print0 | sort -z | xargs -0 stat -c '%n %f %u %g %s %Y' | sha256sum; find ${path} -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum`,
  );

async function ended(started: Promise<{ readonly operationId: string }>): Promise<OperationView> {
  const { operationId } = await started;
  return waitFor(
    async () => {
      const view = await engine.api.operations.get({ operationId }, call);
      return view.endedAt === null ? undefined : view;
    },
    { what: 'the end of the operation', deadlineMs: 120_000 },
  );
}
async function done(started: Promise<{ readonly operationId: string }>): Promise<OperationView> {
  const view = await ended(started);
  if (view.state !== 'done') {
    const log = await engine.api.operations.log({ operationId: view.id }, call);
    throw new Error(
      `${view.title} ended ${view.state}: ${JSON.stringify(view.error)}\n${log.map((line) => line.text).join('\n')}`,
    );
  }
  return view;
}

/** What the engine says of a container, without what names this very one, its start and its mounts' form. */
async function configuration(service: string): Promise<unknown> {
  const { Config, HostConfig, Mounts, Name, Image, NetworkSettings } = await inspect(service);
  const labels = Object.fromEntries(
    Object.entries(Config.Labels).filter(
      ([key]) => !key.startsWith('io.goldenhour.') && key !== 'com.docker.compose.depends_on',
    ),
  );
  const { Binds: _, Mounts: __, ...host } = HostConfig as typeof HostConfig & { Mounts?: unknown };
  const { Hostname: ___, Labels: ____, Env, ...config } = Config;
  return withoutEmpty({
    Name,
    Image,
    config,
    variables: [...Env].sort(),
    labels,
    host,
    mounts: Mounts.map(({ Name: name, Destination, RW }) => ({ name, Destination, RW })).sort((a, b) =>
      a.Destination < b.Destination ? -1 : 1,
    ),
    networks: Object.keys(NetworkSettings.Networks),
  });
}

/** Nothing, an empty list and an empty map are the same to the engine. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const empty = each === null || (typeof each === 'object' && Object.keys(each).length === 0);
      return empty ? [] : [[key, withoutEmpty(each)]];
    }),
  );
}

beforeAll(async () => {
  home = await temporaryFolder();
  folder = join(home.path, projectName);
  await mkdir(folder);
  await writeFile(join(folder, 'compose.yaml'), composeFile);
  await docker.createVolume({ Name: `${projectName}-named` });
  await run('up', '-d', '--wait', '--quiet-pull', 'db', 'app', 'side', 'apart');
  await docker
    .getContainer(
      (
        await docker.createContainer({
          name: stranger,
          Image: fixtureImages.tools,
          Cmd: ['sleep', 'infinity'],
          HostConfig: { Binds: [`${projectName}_shared:/x`] },
        })
      ).id,
    )
    .inspect();
  await sql('create table t (n int); insert into t select generate_series(1, 20000)');
  await exec(
    'app',
    'sh',
    '-c',
    'printf one >/cache/n; printf strange >"$1"; mkfifo /cache/pipe; ln -s n /cache/link; ln /cache/n /cache/hard; touch -d "2001-02-03 04:05:06" /cache/n; printf kept >/anonymous/n',
    'sh',
    strange,
  );
  await exec('apart', 'sh', '-c', 'printf shared >/shared/n; printf left >/left/n');
  engine = await createEngine({
    dataFolder: join(home.path, 'data'),
    version: '0.0.0-test',
    home: home.path,
    environment: { ...(process.env as Record<string, string>), ...environment },
    storeNames,
  });
  await engine.api.stacks.add({ folder }, call);
});

afterAll(async () => {
  await engine?.close();
  await docker
    .getContainer(stranger)
    .remove({ force: true })
    .catch(() => undefined);
  await removeProject(docker, projectName);
  await docker
    .getContainer(storeNames.helper)
    .remove({ force: true })
    .catch(() => undefined);
  for (const name of [storeNames.volume, `${projectName}-named`])
    await docker
      .getVolume(name)
      .remove({ force: true })
      .catch(() => undefined);
  await home?.remove();
});

describe('the first capture of a project that docker compose started', () => {
  test('the plan says what moves, what stays and why, and creates nothing', async () => {
    const plan = await engine.api.golden.planCapture({ environmentId }, call);
    const places = Object.fromEntries(plan.volumes.map((each) => [each.key, each.place]));
    expect(places).toEqual({ data: 'move', cache: 'move', shared: 'stay', left: 'move' });
    const shared = plan.volumes.find((each) => each.key === 'shared');
    expect(shared?.reason).toContain(stranger);
    expect(plan.omitted.join(' ')).toContain('Volume named is external');
    for (const each of plan.volumes) expect(each.bytes, each.key).toBeGreaterThan(0);
    expect(plan.move?.recreate).toEqual(['apart', 'app', 'db', 'init', 'side']);
    expect(plan.move?.restart).toEqual(['apart', 'app', 'db', 'side']);
    expect(plan.move?.words.join(' ')).toContain('init runs once more');
    expect(await docker.listVolumes({ filters: JSON.stringify({ name: [storeNames.volume] }) })).toMatchObject({
      Volumes: [],
    });
    await expect(
      engine.api.golden.capture({ environmentId, purpose: 'no plan', adopt: true }, call),
    ).rejects.toMatchObject({ code: 'guard.refused' });
  });

  test('moves them with their data, and the containers come back the same', async () => {
    const services = ['apart', 'app', 'db', 'init', 'side'];
    const before = await Promise.all(services.map(configuration));
    const data = [await contents('app', '/cache'), await contents('apart', '/left')];
    const plan = await engine.api.golden.planCapture({ environmentId }, call);
    const view = await done(
      engine.api.golden.capture({ environmentId, purpose: 'first of all', adopt: true, planHash: plan.hash }, call),
    );
    expect(view.summary).toMatch(/services away for .* data, cache, left moved into the golden store/);
    for (const key of ['data', 'cache', 'left']) {
      const found = await volume(key);
      expect(found.Options, key).toMatchObject({
        type: 'none',
        o: 'bind',
        device: expect.stringContaining(`/current/${key}`),
      });
      expect(found.Labels).toMatchObject({
        'com.docker.compose.project': projectName,
        'com.docker.compose.volume': key,
      });
      expect(found.Labels).not.toHaveProperty('com.docker.compose.config-hash');
    }
    expect((await volume('cache')).Labels).toMatchObject({ mine: 'yes' });
    expect((await volume('shared')).Options).toBeNull();
    const after = await Promise.all(services.map(configuration));
    // The hash of what shares another's network holds that container's id.
    const shared = services.indexOf('side');
    expect(after.filter((_, index) => index !== shared)).toEqual(before.filter((_, index) => index !== shared));
    expect(await sql('select count(*), sum(n) from t')).toBe('20000|200010000');
    // The one-shot ran again, as others wait for it.
    expect(await exec('app', 'cat', '/cache/inits')).toBe('ran\nran');
    await exec('app', 'sh', '-c', 'echo ran >/cache/inits');
    expect(await exec('app', 'cat', strange)).toBe('strange');
    expect(await exec('app', 'cat', '/anonymous/n')).toBe('kept');
    expect(await exec('app', 'cat', '/run/secrets/token')).toBe('hush');
    expect(await contents('apart', '/left')).toBe(data[1]);
    const [image] = await engine.api.golden.list({ environmentId }, call);
    expect(image).toMatchObject({
      consistency: 'clean',
      volumes: expect.arrayContaining([expect.objectContaining({ key: 'data' })]),
    });
    const plans = await engine.api.golden.planCapture({ environmentId }, call);
    expect(plans.move).toBeNull();
  });

  test('docker compose goes on with it', async () => {
    const ids = await Promise.all(['apart', 'app', 'db', 'side'].map(async (service) => (await inspect(service)).Id));
    const said = await run('up', '-d');
    expect(said).not.toMatch(/Recreat|Creat|exists but/);
    expect(
      await Promise.all(['apart', 'app', 'db', 'side'].map(async (service) => (await inspect(service)).Id)),
    ).toEqual(ids);
    expect((await run('ps', '--services')).trim().split('\n').sort()).toEqual(['apart', 'app', 'db', 'side']);
    expect(await run('logs', 'db')).toContain('ready to accept connections');
    const plan = await engine.api.environments.plan({ environmentId, action: 'up', volumes: false }, call);
    expect(plan.changes.filter((change) => change.action !== 'keep' && change.service !== 'init')).toEqual([]);
  });

  test('a restore is a switch from now on, and undo works', async () => {
    const [image] = await engine.api.golden.list({ environmentId }, call);
    await sql('delete from t where n > 10');
    const ids = (await inspect('db')).Id;
    const plan = await engine.api.golden.planRestore(
      { environmentId, imageId: image?.id ?? '', services: ['db'] },
      call,
    );
    expect(plan.services.find((each) => each.service === 'db')?.words).not.toContain('in place');
    await done(engine.api.golden.restore({ environmentId, imageId: image?.id ?? '', services: ['db'] }, call));
    expect((await inspect('db')).Id).toBe(ids);
    expect(await sql('select count(*) from t')).toBe('20000');
    await done(engine.api.golden.undo({ environmentId }, call));
    expect(await sql('select count(*) from t')).toBe('10');
    await run('down');
    await run('up', '-d', '--wait', 'db');
    expect(await sql('select count(*) from t')).toBe('10');
  });
});
