import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGoldenRig, type GoldenRig, type RigStack, rigStack } from '../support/golden-rig.ts';
import { waitFor } from '../support/wait.ts';

const compose = `
x-service: &service
  image: goldenhour-fixture/tools:1
  user: root
  init: true
  command: ['sleep', 'infinity']
  stop_grace_period: 1s
services:
  db:
    <<: *service
    volumes: ['data:/data']
    healthcheck: { test: ['CMD', 'test', '!', '-e', '/data/bad'], interval: 300ms, retries: 2 }
  api:
    <<: *service
    depends_on: { db: { condition: service_healthy } }
volumes:
  data: {}
`;

let rig: GoldenRig;
let stack: RigStack;

beforeAll(async () => {
  rig = await createGoldenRig({ gateTimeoutMs: 20_000 });
});

afterAll(async () => {
  await rig?.close();
});

describe('a stack that Compose made, with plain volumes', () => {
  beforeAll(async () => {
    stack = await rigStack(rig, 'oneshot', { files: { 'compose.yaml': compose }, plain: true });
    await stack.up();
  });

  afterAll(async () => {
    await stack?.remove();
  });

  test('is captured and restored in place, and undone', async () => {
    await stack.write('db', '/data/n', 'one');
    const id = await stack.capture('plain state');
    await stack.write('db', '/data/n', 'two');
    const plan = await rig.golden.api.planRestore({ environmentId: stack.id, imageId: id }, rig.call);
    expect(plan.services.find((each) => each.service === 'db')?.words).toContain('copied in place');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('one');
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('two');
    await stack.write('db', '/data/n', 'three');
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('one');
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('three');
  });

  test('a failed health gate puts the data back in place', async () => {
    await stack.exec('db', 'touch', '/data/bad');
    const bad = await stack.capture('a bad plain state');
    await stack.exec('db', 'rm', '/data/bad');
    await stack.write('db', '/data/n', 'good');
    await waitFor(async () => (await stack.container('db')).State.Health?.Status === 'healthy', { what: 'db healthy' });
    const ended = await rig.settled(await rig.golden.api.restore({ environmentId: stack.id, imageId: bad }, rig.call));
    expect(ended.error?.code).toBe('golden.gate-failed');
    expect(await stack.read('db', '/data/n')).toBe('good');
  });
});

describe('a stack whose volume somebody removed and made anew by hand', () => {
  beforeAll(async () => {
    stack = await rigStack(rig, 'oneshot', { files: { 'compose.yaml': compose } });
    await stack.up();
  });

  afterAll(async () => {
    await stack?.remove();
  });

  test('keeps what the store held for it when the new volume is restored', async () => {
    await stack.write('db', '/data/n', 'precious');
    const id = await stack.capture('before by hand');
    await stack.write('db', '/data/n', 'only in the store');
    await stack.compose('down');
    const volumes = (await rig.docker.listVolumes()).Volumes.filter(
      (each) => each.Labels?.['com.docker.compose.project'] === stack.id.split('/')[0],
    );
    expect(volumes.length).toBeGreaterThan(0);
    for (const volume of volumes) await rig.docker.getVolume(volume.Name).remove();
    await stack.compose('up', '-d', '--wait');
    await stack.write('db', '/data/n', 'by hand');
    await rig.done(rig.golden.api.restore({ environmentId: stack.id, imageId: id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('precious');
    expect(await rig.inStore('sh', '-c', 'cat /store/env/*/data/*/n')).toContain('only in the store');
    await rig.done(rig.golden.api.undo({ environmentId: stack.id }, rig.call));
    expect(await stack.read('db', '/data/n')).toBe('by hand');
    expect(await rig.inStore('sh', '-c', 'cat /store/env/*/data/*/n')).toContain('only in the store');
  });
});
