import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { waitFor } from '../support/wait.ts';

const image = 'goldenhour-fixture/tools:1';
const compose = `
x-service: &service
  image: ${image}
  user: root
  init: true
  command: ['sleep', 'infinity']
  stop_grace_period: 1s
services:
  db:
    <<: *service
    volumes: ['data:/data', 'shared:/shared']
    healthcheck: { test: ['CMD', 'test', '!', '-e', '/data/bad'], interval: 300ms, retries: 2 }
  api:
    <<: *service
    depends_on: { db: { condition: service_healthy } }
  worker:
    <<: *service
    volumes: ['shared:/shared']
  cache:
    <<: *service
    volumes: ['cached:/cached']
  idle:
    <<: *service
    depends_on: { db: { condition: service_healthy } }
  debug:
    <<: *service
    profiles: [debug]
volumes:
  data: {}
  shared: {}
  cached: {}
`;
/** Services that \`docker compose\` was once told of, and the stack knows nothing about. */
const others = `
services:
  left: { image: ${image}, command: ['sleep', 'infinity'], stop_grace_period: 0s }
  reader: { image: ${image}, command: ['sleep', 'infinity'], stop_grace_period: 0s, volumes: ['shared:/shared'] }
`;

let rig: GoldenRig;
let stack: RigStack;

const startedAt = async (service: string): Promise<string> => (await stack.container(service)).State.StartedAt;

beforeAll(async () => {
  rig = await createGoldenRig({ gateTimeoutMs: 20_000 });
});

afterAll(async () => {
  await rig?.close();
});

describe('a stack in the store', () => {
  let first = '';

  beforeAll(async () => {
    stack = await rigStack(rig, 'oneshot', { files: { 'compose.yaml': compose, 'others.yaml': others } });
    await stack.up();
    await stack.compose('stop', 'idle');
    for (const [service, path] of [
      ['db', '/data/n'],
      ['db', '/shared/n'],
      ['cache', '/cached/n'],
    ] as const) {
      await stack.write(service, path, 'one');
    }
    first = await stack.capture('first state');
  });

  afterAll(async () => {
    await stack?.remove();
  });

  test('restores chosen services with all who share their volumes, and leaves the others running', async () => {
    await stack.write('db', '/data/n', 'two');
    await stack.write('worker', '/shared/n', 'two');
    await stack.write('cache', '/cached/n', 'two');
    const before = await startedAt('cache');
    const api = await startedAt('api');
    const input = { environmentId: stack.id, imageId: first, services: ['worker'] };
    const plan = await rig.golden.api.planRestore(input, rig.call);
    expect(Object.fromEntries(plan.services.map((each) => [each.service, each.effect]))).toEqual({
      db: 'data',
      worker: 'data',
      api: 'restart',
      cache: 'keep',
      idle: 'keep',
    });
    await rig.done(rig.golden.api.restore({ ...input, planHash: plan.hash }, rig.call));
    expect([await stack.read('db', '/shared/n'), await stack.read('worker', '/shared/n')]).toEqual(['one', 'one']);
    expect([await stack.read('db', '/data/n'), await stack.read('cache', '/cached/n')]).toEqual(['two', 'two']);
    expect(await startedAt('cache')).toBe(before);
    expect(await startedAt('api')).not.toBe(api);
    expect((await stack.container('idle')).State.Running).toBe(false);
    // What goes on in volumes that were not part of it is not undone either.
    await stack.write('cache', '/cached/n', 'three');
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await stack.read('worker', '/shared/n')).toBe('two');
    expect(await stack.read('cache', '/cached/n')).toBe('three');
  });

  test('leaves alone what is not declared, and refuses before anything stops when that uses the data', async () => {
    const both = ['-f', 'compose.yaml', '-f', 'others.yaml', '--profile', 'debug', 'up', '--detach', '--no-deps'];
    await stack.compose(...both, 'left', 'debug');
    const runningSince = async (...services: string[]): Promise<string[]> => {
      const names = services.map((service) => `${stack.id.split('/')[0]}-${service}-1`);
      return Promise.all(names.map(async (name) => (await rig.docker.getContainer(name).inspect()).State.StartedAt));
    };
    const before = await runningSince('left', 'debug');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: first }, rig.call));
    expect(await runningSince('left', 'debug')).toEqual(before);
    await stack.compose(...both, 'reader');
    const db = await startedAt('db');
    await expect(
      rig.golden.api.planRestore({ environmentId: stack.id, imageId: first }, rig.call),
    ).rejects.toMatchObject({ code: 'guard.refused', message: expect.stringContaining('reader') });
    expect(await startedAt('db')).toBe(db);
    // With all of the stack stopped, it stays so, whatever else runs.
    await stack.compose('-f', 'compose.yaml', '-f', 'others.yaml', 'rm', '--force', '--stop', 'reader');
    await stack.compose('kill', 'db', 'api', 'worker', 'cache');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: first }, rig.call));
    expect((await stack.container('db')).State.Running).toBe(false);
    await stack.compose(
      '-f',
      'compose.yaml',
      '-f',
      'others.yaml',
      '--profile',
      'debug',
      'rm',
      '--force',
      '--stop',
      'left',
      'debug',
    );
    await stack.up();
  });

  test('a failed health gate switches back by itself', async () => {
    await stack.write('db', '/data/n', 'bad');
    await stack.exec('db', 'touch', '/data/bad');
    const bad = await stack.capture('a bad state');
    await stack.exec('db', 'rm', '/data/bad');
    await stack.write('db', '/data/n', 'good');
    await waitFor(async () => (await stack.container('db')).State.Health?.Status === 'healthy', { what: 'db healthy' });
    const ended = await rig.settled(await rig.golden.api.restore({ environmentId: stack.id, imageId: bad }, rig.call));
    expect(ended.state).toBe('failed');
    expect(ended.error).toMatchObject({ code: 'golden.gate-failed', message: expect.stringContaining('is back') });
    expect(await stack.read('db', '/data/n')).toBe('good');
    await waitFor(async () => (await stack.container('api')).State.Running, { what: 'api runs again' });
    const generations = await rig.golden.api.generations({ environmentId: stack.id }, rig.call);
    expect(generations.filter((each) => each.origin === bad)).toEqual([]);
  });

  test('refuses what would go wrong before anything is touched', async () => {
    const { api } = rig.golden;
    const input = { environmentId: stack.id, imageId: first };
    await expect(api.planRestore({ ...input, imageId: 'none' }, rig.call)).rejects.toMatchObject({
      code: 'golden.not-found',
    });
    await expect(api.planRestore({ ...input, services: ['none'] }, rig.call)).rejects.toMatchObject({
      code: 'input.not-found',
    });
    await expect(api.planRestore({ ...input, services: ['api'] }, rig.call)).rejects.toMatchObject({
      code: 'input.invalid',
    });
    await expect(api.capture({ environmentId: stack.id, purpose: 'latest' }, rig.call)).rejects.toMatchObject({
      code: 'golden.name-invalid',
      details: { suggestion: 'before-migration' },
    });
    await expect(api.capture({ environmentId: stack.id, purpose: 'First state' }, rig.call)).rejects.toMatchObject({
      code: 'golden.name-taken',
    });
    const stale = await rig.settled(await api.restore({ ...input, planHash: '0'.repeat(64) }, rig.call));
    expect(stale.error?.code).toBe('plan.stale');

    const before = await startedAt('db');
    const stranger = await rig.docker.createContainer({
      Image: image,
      Cmd: ['sleep', '300'],
      HostConfig: { Mounts: [{ Type: 'volume', Source: `${stack.projectName}_data`, Target: '/x' }], Init: true },
    });
    try {
      await stranger.start();
      await expect(api.planRestore(input, rig.call)).rejects.toMatchObject({ code: 'guard.refused' });
      const captured = await rig.settled(
        await api.capture({ environmentId: stack.id, purpose: 'with a stranger' }, rig.call),
      );
      expect(captured.error?.code).toBe('guard.refused');
    } finally {
      await stranger.remove({ force: true });
    }
    expect(await startedAt('db')).toBe(before);
  });

  test('a stopped stack stays stopped and has the other data when it starts', async () => {
    await stack.compose('stop');
    const plan = await rig.golden.api.planRestore({ environmentId: stack.id, imageId: first }, rig.call);
    expect(plan.checks.join(' ')).toContain('nothing is started');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: first }, rig.call));
    expect((await stack.container('db')).State.Running).toBe(false);
    await stack.compose('up', '-d', 'db');
    expect(await stack.read('db', '/data/n')).toBe('one');
  });

  test('a damaged image is found by comparing, and then refused', async () => {
    const id = await stack.capture('soon damaged');
    await rig.inStore(
      'sh',
      '-c',
      `printf X | dd of=/store/images/${id}/volumes/data/n bs=1 conv=notrunc 2>/dev/null; touch -r /store/images/${id}/volumes/shared/n /store/images/${id}/volumes/data/n`,
    );
    await rig.inStore(
      'sh',
      '-c',
      `t=$(stat -c %Y /store/images/${first}/volumes/data/n); touch -d "@$t" /store/images/${id}/volumes/data/n`,
    );
    const verified = await rig.settled(await rig.golden.api.verify({ imageId: id }, rig.call));
    expect(verified.error).toMatchObject({ code: 'golden.corrupt', message: expect.stringContaining('data') });
    expect((await rig.golden.api.list({}, rig.call)).find((each) => each.id === id)?.damaged).toBe(true);
    await expect(rig.golden.api.planRestore({ environmentId: stack.id, imageId: id }, rig.call)).rejects.toMatchObject({
      code: 'golden.corrupt',
    });

    // Missing and truncated files are found by every restore, before anything is stopped.
    const other = await stack.capture('soon truncated');
    await rig.inStore('truncate', '-s', '1', `/store/images/${other}/volumes/data/n`);
    const before = await startedAt('db');
    const restored = await rig.settled(
      await rig.golden.api.restore({ environmentId: stack.id, imageId: other }, rig.call),
    );
    expect(restored.error?.code).toBe('golden.corrupt');
    expect(await startedAt('db')).toBe(before);
  });

  test('removes one image and no other, and needs its name', async () => {
    const images = await rig.golden.api.list({}, rig.call);
    const last = images[0];
    await expect(rig.golden.api.remove({ imageId: last?.id ?? '', name: 'other' }, rig.call)).rejects.toMatchObject({
      code: 'guard.refused',
    });
    await rig.done(rig.golden.api.remove({ imageId: last?.id ?? '', name: last?.name ?? '' }, rig.call));
    const left = await rig.golden.api.list({}, rig.call);
    expect(left.map((each) => each.id)).toEqual(images.slice(1).map((each) => each.id));
    expect(await rig.inStore('ls', '/store/trash')).toBe('');
  });

  test('goes on when the helper was stopped or removed', async () => {
    await rig.docker.getContainer(rig.names.helper).remove({ force: true });
    expect((await rig.golden.api.list({}, rig.call)).length).toBeGreaterThan(0);
    await rig.docker.getContainer(rig.names.helper).stop({ t: 1 });
    expect((await rig.golden.api.list({}, rig.call)).length).toBeGreaterThan(0);
  });

  test('a restore can be cancelled until the switch, and leaves nothing behind', async () => {
    const generations = (await rig.golden.api.generations({ environmentId: stack.id }, rig.call)).length;
    const before = await startedAt('db');
    const started = await rig.golden.api.restore({ environmentId: stack.id, imageId: first }, rig.call);
    rig.operations.cancel(started.operationId);
    const ended = await rig.settled(started);
    expect(ended.state).toBe('cancelled');
    expect(await startedAt('db')).toBe(before);
    expect((await rig.golden.api.generations({ environmentId: stack.id }, rig.call)).length).toBe(generations);
  });
});
