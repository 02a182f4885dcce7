import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import { fixtureImages } from '../support/docker.ts';
import { createGoldenRig, type GoldenRig, placeVolumes } from '../support/golden-rig.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';

/** The Docker engine dies or hangs in the middle of a capture or restore, and comes back. */

const run = promisify(execFile);
const target: EnvironmentTarget = {
  id: 'lost/main',
  stackName: 'lost',
  name: 'main',
  class: 'development',
  folder: '/',
  files: [],
  projectName: 'lost',
  project: {
    name: 'lost',
    services: { app: { image: fixtureImages.tools, volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
    volumes: { data: { name: 'lost_data' } },
  },
  configHashes: {},
  excludedVolumes: [],
  gateTimeoutMs: 60_000,
};

let engine: PrivateEngine;
let rig: GoldenRig;
let imageId = '';
let atJournal: (point: string) => void = () => undefined;

async function inApp(script: string): Promise<string> {
  await rig.docker
    .getContainer('lost-app-1')
    .start()
    .catch(() => undefined);
  return (await run('docker', ['-H', engine.host, 'exec', '-u', '0', 'lost-app-1', 'sh', '-c', script])).stdout.trim();
}

beforeAll(async () => {
  engine = await startPrivateEngine({ images: ['tools'] });
  rig = await createGoldenRig({ socketPath: engine.socketPath, onJournal: (point) => atJournal(point) });
  rig.targets.set(target.id, target);
  await placeVolumes(rig, target);
  await rig.docker.createContainer({
    name: 'lost-app-1',
    Image: fixtureImages.tools,
    Cmd: ['sleep', 'infinity'],
    Labels: {
      'com.docker.compose.project': 'lost',
      'com.docker.compose.service': 'app',
      'com.docker.compose.container-number': '1',
      'com.docker.compose.oneoff': 'False',
    },
    HostConfig: { Init: true, NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: 'lost_data', Target: '/data' }] },
  });
  await inApp('echo one >/data/n; sync');
  await rig.done(rig.golden.api.capture({ environmentId: target.id, purpose: 'one' }, rig.call));
  imageId = (await rig.golden.api.list({}, rig.call))[0]?.id ?? '';
});

afterAll(async () => {
  await rig?.close();
  await engine?.remove();
});

beforeEach(async () => {
  await inApp('echo two >/data/n; sync');
});

/** Does `harm` once when the journal reaches the point, and `cure` when the operation says that it waits. */
async function during(point: string, harm: () => Promise<void>, start: () => Promise<{ operationId: string }>) {
  let harmed: Promise<void> | undefined;
  atJournal = (reached) => {
    if (reached === point) harmed ??= harm();
  };
  try {
    const ended = await rig.settled(await start());
    expect(harmed, point).toBeDefined();
    await harmed;
    return ended;
  } finally {
    atJournal = () => undefined;
  }
}

const restart = async (): Promise<void> => {
  await engine.kill();
  await engine.start();
};
const capture = (purpose: string) => () => rig.golden.api.capture({ environmentId: target.id, purpose }, rig.call);
const restore = () => rig.golden.api.restore({ environmentId: target.id, imageId }, rig.call);

test('a killed engine in the middle of a capture: no image, nothing frozen, the data of before', async () => {
  const ended = await during('begin golden.capture/copy', restart, capture('cut off'));
  expect(ended.state).toBe('failed');
  expect(await inApp('cat /data/n')).toBe('two');
  expect((await rig.docker.getContainer('lost-app-1').inspect()).State.Paused).toBe(false);
  expect((await rig.golden.api.list({}, rig.call)).length).toBe(1);
  expect(await rig.inStore('sh', '-c', 'ls -A /store/images /store/work | grep -c partial || true')).toBe('0\n');
});

test.each([
  ['before the switch', 'begin golden.restore/prepare', 'failed', 'two'],
  ['after it', 'begin golden.restore/switch', 'done', 'one'],
] as const)('a killed engine in a restore, %s', async (_title, point, state, text) => {
  const ended = await during(point, restart, restore);
  expect(ended.state, JSON.stringify(ended.error)).toBe(state);
  expect(await inApp('cat /data/n')).toBe(text);
});

test('a frozen engine in a restore after the switch: it goes on when the engine does', async () => {
  const ended = await during(
    'begin golden.restore/switch',
    async () => {
      engine.freeze();
      setTimeout(() => engine.thaw(), 15_000);
    },
    restore,
  );
  expect(ended.state, JSON.stringify(ended.error)).toBe('done');
  expect(await inApp('cat /data/n')).toBe('one');
});
