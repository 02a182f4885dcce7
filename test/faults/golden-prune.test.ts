import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import { fixtureImages } from '../support/docker.ts';
import { createGoldenRig, type GoldenRig, placeVolumes } from '../support/golden-rig.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';
import { waitFor } from '../support/wait.ts';

const run = promisify(execFile);

let engine: PrivateEngine;
let rig: GoldenRig;

const target: EnvironmentTarget = {
  id: 'pruned/main',
  stackName: 'pruned',
  name: 'main',
  class: 'development',
  folder: '/',
  files: [],
  projectName: 'pruned',
  project: {
    name: 'pruned',
    services: { app: { image: fixtureImages.tools, volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
    volumes: { data: { name: 'pruned_data' } },
  },
  configHashes: {},
  excludedVolumes: [],
  gateTimeoutMs: 30_000,
};

async function createApp(): Promise<void> {
  await placeVolumes(rig, target);
  await rig.docker.createContainer({
    name: 'pruned-app-1',
    Image: fixtureImages.tools,
    Cmd: ['sleep', 'infinity'],
    Labels: {
      'com.docker.compose.project': 'pruned',
      'com.docker.compose.service': 'app',
      'com.docker.compose.container-number': '1',
      'com.docker.compose.oneoff': 'False',
    },
    HostConfig: {
      Init: true,
      NetworkMode: 'none',
      Mounts: [{ Type: 'volume', Source: 'pruned_data', Target: '/data' }],
    },
  });
}

async function inApp(script: string): Promise<string> {
  await rig.docker
    .getContainer('pruned-app-1')
    .start()
    .catch(() => undefined);
  const { stdout } = await run('docker', ['-H', engine.host, 'exec', '-u', '0', 'pruned-app-1', 'sh', '-c', script]);
  return stdout;
}

beforeAll(async () => {
  engine = await startPrivateEngine({ images: ['tools'] });
  rig = await createGoldenRig({ socketPath: engine.socketPath });
  rig.targets.set(target.id, target);
  await createApp();
  await inApp('echo precious >/data/n; sync');
  await rig.done(rig.golden.api.capture({ environmentId: target.id, purpose: 'before pruning' }, rig.call));
});

afterAll(async () => {
  await rig?.close();
  await engine?.remove();
});

test.each([
  ['container prune', ['container', 'prune', '-f']],
  ['volume prune', ['volume', 'prune', '-f']],
  ['image prune', ['image', 'prune', '-af']],
  ['system prune with everything', ['system', 'prune', '-af', '--volumes']],
  ['system prune after an engine restart', ['system', 'prune', '-af', '--volumes']],
])('%s takes no golden image and no data of a stopped stack', async (title, args) => {
  await rig.docker
    .getContainer('pruned-app-1')
    .stop({ t: 1 })
    .catch(() => undefined);
  if (title.includes('restart')) {
    await engine.stop();
    await engine.start();
    await waitFor(async () => (await rig.docker.getContainer(rig.names.helper).inspect()).State.Running, {
      what: 'the helper comes up with the engine',
    });
  }
  await run('docker', ['-H', engine.host, ...args]);
  const [image] = await rig.golden.api.list({}, rig.call);
  await rig.done(rig.golden.api.verify({ imageId: image?.id ?? '' }, rig.call));
  await rig.docker
    .getContainer('pruned-app-1')
    .remove({ force: true })
    .catch(() => undefined);
  await createApp();
  expect(await inApp('cat /data/n')).toBe('precious\n');
});
