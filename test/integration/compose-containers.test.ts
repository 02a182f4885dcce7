import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../support/docker.ts';
import { runWell, testStacks } from '../support/docker-stacks.ts';
import { freePort } from '../support/ports.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

/*
 * Attributes that come rarely: devices, block limits, the API socket, options of mounts. What the engine says of
 * the containers must be the same, started by either.
 */

const docker = connectDocker();
const projectName = uniqueProjectName('gaps');
let parent: TemporaryFolder;
let folder = '';

const tools = fixtureImages.tools;
const base = `image: ${tools}, command: sleep infinity, stop_signal: SIGKILL`;

beforeAll(async () => {
  parent = await temporaryFolder();
  folder = join(parent.path, projectName);
  await mkdir(join(folder, 'source'), { recursive: true });
  await mkdir(join(folder, '.docker'));
  const auth = Buffer.from('me:secret').toString('base64');
  await writeFile(
    join(folder, '.docker', 'config.json'),
    JSON.stringify({
      auths: { 'https://index.docker.io/v1/': { auth }, 'registry.test:5000': { auth } },
      currentContext: '',
    }),
  );
});

afterEach(() => removeProject(docker, projectName));
afterAll(() => parent.remove());

async function write(services: string, rest = ''): Promise<void> {
  await writeFile(join(folder, 'compose.yaml'), `name: ${projectName}\nservices:\n${services}${rest}`);
}

interface Shown {
  readonly labels: Record<string, string>;
  readonly host: object;
  readonly env: readonly string[];
  readonly mounts: readonly object[];
  readonly volumeLabels: Record<string, unknown>;
}

/** The engine's description of every container, without what names this very one. */
async function describeAll(): Promise<Record<string, Shown>> {
  const { containers } = await listByLabel(docker, `com.docker.compose.project=${projectName}`);
  const shown: Record<string, Shown> = {};
  for (const id of containers) {
    const { Name, Config, HostConfig, Mounts } = await docker.getContainer(id).inspect();
    const volumeLabels: Record<string, unknown> = {};
    for (const mount of Mounts) {
      if (mount.Type !== 'volume' || !/^[0-9a-f]{64}$/.test(mount.Name ?? '')) continue;
      volumeLabels[mount.Destination] = (await docker.getVolume(mount.Name ?? '').inspect()).Labels;
    }
    shown[Name] = {
      labels: { hash: Config.Labels['com.docker.compose.config-hash'] ?? '' },
      host: { ...HostConfig, OomKillDisable: HostConfig.OomKillDisable ?? false },
      env: [...(Config.Env ?? [])].sort(),
      mounts: Mounts.map((mount) =>
        /^[0-9a-f]{64}$/.test(mount.Name ?? '') ? { ...mount, Name: '', Source: '' } : mount,
      ).sort((a, b) => a.Destination.localeCompare(b.Destination)),
      volumeLabels,
    };
  }
  return shown;
}

/** An empty list, an empty map and nothing at all say the same; lists whose order Compose leaves to chance are sorted. */
function comparable(value: unknown, key = ''): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    if (items.length === 0) return null;
    return key === 'Binds' || key === 'Mounts'
      ? items.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
      : items;
  }
  const entries = Object.entries(value).map(([name, member]) => [name, comparable(member, name)] as const);
  return entries.every(([, member]) => member === null) ? null : Object.fromEntries(entries);
}

describe('containers', () => {
  it('are those of docker compose, in the form of every mount too', async () => {
    const device = '/dev/zero';
    await write(
      `
  limits:
    ${base.replaceAll(', ', '\n    ')}
    blkio_config:
      weight: 300
      weight_device: [{ path: ${device}, weight: 200 }]
      device_read_bps: [{ path: ${device}, rate: 12mb }, { path: /dev/null, rate: 1024 }]
      device_read_iops: [{ path: ${device}, rate: 120 }]
      device_write_bps: [{ path: ${device}, rate: 1g }]
      device_write_iops: [{ path: ${device}, rate: 30 }]
  gpus:
    ${base.replaceAll(', ', '\n    ')}
    gpus: [{ driver: nvidia, device_ids: ["0"], capabilities: [compute], options: { b: 1, a: 2 } }, { count: 2 }]
    deploy: { resources: { reservations: { devices: [{ capabilities: [gpu], count: 1 }] } } }
  all: { ${base}, gpus: all }
  socket: { ${base}, use_api_socket: true, volumes: ["data:/data"] }
  configured: { ${base}, use_api_socket: true, environment: { DOCKER_CONFIG: /elsewhere } }
  mounts:
    ${base.replaceAll(', ', '\n    ')}
    volumes:
      - data:/data
      - data:/data-ro:ro
      - ./made:/made
      - { type: bind, source: ./made-too, target: /made-too }
      - { type: bind, source: ./source, target: /flat, read_only: true, bind: { recursive: disabled } }
      - { type: bind, source: ./source, target: /deep, bind: { recursive: enabled, propagation: rslave } }
      - { type: volume, source: data, target: /named, volume: { labels: { left: out } } }
      - { type: volume, target: /anonymous, volume: { labels: { one: "1", two: zwei } } }
      - { type: volume, source: data, target: /nocopy, volume: { nocopy: true } }
`,
      'volumes: { data: {} }\n',
    );
    const environment = { DOCKER_CONFIG: join(folder, '.docker') };
    const theirs = await compose(['create'], { folder, environment });
    expect(theirs.exitCode, theirs.stderr).toBe(0);
    const expected = await describeAll();
    const stacks = testStacks({ folder });
    try {
      // Adopted as they are: nothing differs.
      const seen = await stacks.plan('up');
      expect(seen.changes.filter((change) => !['keep', 'start'].includes(change.action))).toEqual([]);
      await removeProject(docker, projectName);
      const target = await stacks.target();
      const request = { target, services: undefined, session: 'test' };
      const { signal } = new AbortController();
      const progress = { progress() {}, detail() {}, log() {} };
      await stacks.stacks.apply.networks(request, progress, signal);
      await stacks.stacks.apply.volumes(request, progress, signal);
      await stacks.stacks.apply.containers(request, progress, signal);
      const actual = await describeAll();
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, each] of Object.entries(expected)) {
        expect(comparable(actual[name]), name).toEqual(comparable(each));
      }
    } finally {
      stacks.client.close();
    }
  });

  it('with the API socket hold the registry credentials that docker compose gives them', async () => {
    await write(`  agent: { ${base}, use_api_socket: true }\n`);
    const stacks = testStacks({ folder });
    const read = async (): Promise<unknown> => {
      const out = await compose(['exec', '-T', 'agent', 'cat', '/run/secrets/docker/config.json'], { folder });
      return JSON.parse(out.stdout);
    };
    try {
      const started = await compose(['up', '-d'], { folder, environment: { DOCKER_CONFIG: join(folder, '.docker') } });
      expect(started.exitCode, started.stderr).toBe(0);
      const theirs = await read();
      await removeProject(docker, projectName);
      await runWell(stacks, 'up');
      expect(await read()).toEqual(theirs);
      expect((await stacks.plan('up')).changes).toEqual([]);
    } finally {
      stacks.client.close();
    }
  });

  it('have the names that COMPOSE_COMPATIBILITY gives them', async () => {
    await write(`  one: { ${base}, links: [two] }\n  two: { ${base} }\n`);
    await writeFile(join(folder, '.env'), 'COMPOSE_COMPATIBILITY=true\n');
    const stacks = testStacks({ folder });
    try {
      expect((await compose(['up', '-d'], { folder })).exitCode).toBe(0);
      const expected = await describeAll();
      expect(Object.keys(expected).sort()).toEqual([`/${projectName}_one_1`, `/${projectName}_two_1`]);
      expect((await stacks.plan('up')).changes).toEqual([]);
      await removeProject(docker, projectName);
      await runWell(stacks, 'up');
      const actual = await describeAll();
      for (const [name, each] of Object.entries(expected))
        expect(comparable(actual[name]), name).toEqual(comparable(each));
    } finally {
      stacks.client.close();
      await rm(join(folder, '.env'));
    }
  });

  it('that want one host port may be declared, but not started together', async () => {
    const port = await freePort();
    await write(`  one: { ${base}, ports: ["127.0.0.1:${port}:80"] }\n  two: { ${base}, ports: ["${port}:80"] }\n`);
    const stacks = testStacks({ folder });
    try {
      expect((await stacks.plan('up')).problems).toMatchObject([
        { severity: 'error', code: 'docker.port-taken', position: { file: join(folder, 'compose.yaml'), line: 4 } },
      ]);
      expect((await stacks.plan('up', { services: ['one'] })).problems).toEqual([]);
      await runWell(stacks, 'up', { services: ['one'] });
    } finally {
      stacks.client.close();
    }
  });

  it('whose devices the engine has no driver for say so, with place and remedy', async () => {
    await write(`  learner: { ${base}, gpus: all }\n`);
    const stacks = testStacks({ folder });
    try {
      const ended = await stacks.run('up');
      expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.device-missing' } });
      if (ended.state !== 'failed' || !(ended.error instanceof AppError)) throw new Error('It started.');
      expect(ended.error.remedy).toContain('remove gpus from learner');
      expect(ended.error.details?.['problems']).toMatchObject([
        { path: 'services.learner.gpus', position: { file: join(folder, 'compose.yaml'), line: 3 } },
      ]);
    } finally {
      stacks.client.close();
    }
  });
});
