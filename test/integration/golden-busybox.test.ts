import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import { fixtureImages } from '../support/docker.ts';
import { expectedVerdicts, hashVerdicts } from '../support/golden-hashes.ts';
import { createGoldenRig, type GoldenRig, placeVolumes } from '../support/golden-rig.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** An engine whose only image is a busybox: everything works with its smaller tools, too. */

const run = promisify(execFile);
const image = 'gh-test-busybox:1';
const target: EnvironmentTarget = {
  id: 'small/main',
  stackName: 'small',
  name: 'main',
  class: 'development',
  folder: '/',
  files: [],
  projectName: 'small',
  project: {
    name: 'small',
    services: { app: { image, volumes: [{ type: 'volume', source: 'data', target: '/data' }] } },
    volumes: { data: { name: 'small_data' } },
  },
  configHashes: {},
  excludedVolumes: [],
  gateTimeoutMs: 30_000,
};

let engine: PrivateEngine;
let rig: GoldenRig;
let folder: TemporaryFolder;

async function inApp(script: string): Promise<string> {
  const args = ['-H', engine.host, 'exec', 'small-app-1', 'sh', '-c', script];
  return (await run('docker', args)).stdout;
}

/** Names, kinds, modes, owners, times and contents; not the times of symlinks, which busybox's cp does not keep. */
const fingerprint = (): Promise<string> =>
  inApp(
    'cd /data && find . ! -type l -print0 | sort -z | xargs -0 stat -c "%f %u %g %Y" && find . -print0 | sort -z | sha256sum && find . -type f -print0 | sort -z | xargs -0 cat | sha256sum',
  );

async function importBusybox(): Promise<void> {
  const bin = join(folder.path, 'root', 'bin');
  await mkdir(bin, { recursive: true });
  for (const name of ['tmp', 'proc', 'store', 'data']) await mkdir(join(folder.path, 'root', name));
  const { stdout: id } = await run('docker', ['create', fixtureImages.tools]);
  await run('docker', ['cp', '-L', `${id.trim()}:/usr/bin/busybox`, join(bin, 'busybox')]);
  await run('docker', ['rm', '-f', id.trim()]);
  const { stdout: applets } = await run(join(bin, 'busybox'), ['--list']);
  for (const applet of applets.split('\n')) {
    if (applet !== '' && applet !== 'busybox') await symlink('busybox', join(bin, applet));
  }
  const tar = join(folder.path, 'image.tar');
  await run('tar', ['-C', join(folder.path, 'root'), '-cf', tar, '.']);
  await run('docker', ['-H', engine.host, 'import', '-c', 'ENV PATH=/bin', tar, image]);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  engine = await startPrivateEngine({ images: ['tools'] });
  await run('docker', ['-H', engine.host, 'image', 'prune', '-af']);
  await importBusybox();
  rig = await createGoldenRig({ socketPath: engine.socketPath });
  rig.targets.set(target.id, target);
  await placeVolumes(rig, target);
  const container = await rig.docker.createContainer({
    name: 'small-app-1',
    Image: image,
    Cmd: ['sleep', '100000'],
    Labels: {
      'com.docker.compose.project': 'small',
      'com.docker.compose.service': 'app',
      'com.docker.compose.container-number': '1',
      'com.docker.compose.oneoff': 'False',
    },
    StopSignal: 'SIGKILL',
    HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'volume', Source: 'small_data', Target: '/data' }] },
  });
  await container.start();
});

afterAll(async () => {
  await rig?.close();
  await engine?.remove();
  await folder?.remove();
});

test('captures a stack that is being written, verifies, restores and undoes', async () => {
  await inApp(
    `cd /data && mkdir -p a 'b $(touch x)' && touch "$(printf 'new\\nline')" -- '-rf' '; touch y' 'back\\slash' && for i in $(seq 300); do echo $i >a/$i; done && ln a/1 hard && ln -s a/2 link && mkfifo pipe && chmod 1777 a && chown 12:34 a/3 && chmod 4711 a/4`,
  );
  const quiet = await fingerprint();
  await rig.done(rig.golden.api.capture({ environmentId: target.id, purpose: 'quiet' }, rig.call));
  const helper = await rig.docker.getContainer(rig.names.helper).inspect();
  expect(helper.Config.Labels['io.goldenhour.helper-grade']).toBe('basic');

  await run('docker', ['-H', engine.host, 'exec', '-d', 'small-app-1', 'sh', '-c', writer]);
  await waitFor(async () => Number(await inApp('cat /data/n')) > 10, { what: 'the writer writes' });
  await rig.done(rig.golden.api.capture({ environmentId: target.id, purpose: 'while writing' }, rig.call));
  await inApp('touch /tmp/stop; until [ -e /tmp/stopped ]; do sleep 0.1; done');
  const later = await fingerprint();

  const images = await rig.golden.api.list({}, rig.call);
  for (const each of images) await rig.done(rig.golden.api.verify({ imageId: each.id }, rig.call));
  const restore = (purpose: string) => {
    const imageId = images.find((each) => each.name.includes(purpose))?.id ?? '';
    return rig.done(rig.golden.api.restore({ environmentId: target.id, imageId }, rig.call));
  };
  await restore('quiet');
  expect(await fingerprint()).toBe(quiet);
  expect(await inApp('ls /data | grep -c -e "^[xy]$" || true')).toBe('0\n');
  await rig.done(rig.golden.api.undo({ environmentId: target.id }, rig.call));
  expect(await fingerprint()).toBe(later);
  await restore('while-writing');
  const [n, last] = (await inApp('cat /data/n; cat /data/moved-*/last')).trim().split('\n').map(Number);
  expect([last, (last ?? 0) + 1]).toContain(n);
});

test('tells a copy from its original by its contents alone', async () => {
  expect(await hashVerdicts(rig)).toEqual(expectedVerdicts);
});

const writer = `
n=0
mkdir -p /data/moved-0
while [ ! -e /tmp/stop ]; do
  n=$((n + 1))
  echo $n >/data/n.new; mv /data/n.new /data/n
  mv /data/moved-* /data/moved-$n
  echo $n >/data/moved-$n/last.new; mv /data/moved-$n/last.new /data/moved-$n/last
  rm -f /data/a/$n
done
touch /tmp/stopped
`;
