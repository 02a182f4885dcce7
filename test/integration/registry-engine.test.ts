import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerClient } from '../../electron/engine/providers/docker/client.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { type PrivateEngine, startPrivateEngine } from '../support/private-engine.ts';
import { watchPull } from '../support/pulls.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { putImage } from '../support/registry-images.ts';
import { type RegistryProxy, registryProxy } from '../support/registry-proxy.ts';
import { waitFor } from '../support/wait.ts';

/** An engine that is set up with a mirror and an insecure registry, and that is restarted in the middle. */

let registry: TestRegistry;
let outside: TestRegistry;
let proxy: RegistryProxy;
let engine: PrivateEngine;
let client: DockerClient;

beforeAll(async () => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address;
  if (address === undefined) throw new Error('this machine has no address but its own');
  registry = await startRegistry();
  outside = await startRegistry({ address });
  proxy = await registryProxy(registry.port);
  engine = await startPrivateEngine({
    images: [],
    flags: [
      `--registry-mirror=http://${proxy.host}`,
      `--insecure-registry=${outside.host}`,
      // A cut is ours to get over, not the engine's.
      '--max-download-attempts=1',
    ],
  });
  client = createDockerClient({ engineId: 'private', endpoint: { kind: 'unix', path: engine.socketPath } });
});

afterAll(async () => {
  client?.close();
  await engine?.remove();
  await proxy?.close();
  await outside?.remove();
  await registry?.remove();
});

it('pulls what is named without a registry through the mirror, and says so', async () => {
  const image = await putImage(registry, { repository: 'gh/mirrored', layers: [50_000] });
  const watched = watchPull(client);
  const [outcome] = await watched.run([{ image: 'gh/mirrored:1' }]);
  expect(outcome).toMatchObject({ pulled: { digest: image.digest } });
  expect(watched.log.join('\n')).toContain(`asks http://${proxy.host}/ before docker.io`);
  const absent = watchPull(client).run([{ image: 'gh/not-mirrored:1' }]);
  await expect(absent).rejects.toMatchObject({
    message: expect.stringContaining(`asks http://${proxy.host}/ before docker.io`),
    details: { mirrors: [`http://${proxy.host}/`], registry: 'docker.io' },
  });
});

it('pulls from a registry that the engine was told to take for insecure', async () => {
  const image = await putImage(outside, { repository: 'plain/a', layers: [50_000] });
  const watched = watchPull(client);
  const [outcome] = await watched.run([{ image: image.name }]);
  expect(outcome).toMatchObject({ pulled: { digest: image.digest } });
  expect(watched.log.join('\n')).toContain(`takes ${outside.host} for insecure`);
});

it('gets over cuts that the engine does not get over itself, and counts on', async () => {
  const image = await putImage(registry, { repository: 'cut/layers', layers: [400_000, 1_500_000] });
  proxy.cutAfter(600_000, 2);
  const watched = watchPull(client);
  const [outcome] = await watched.run([{ image: image.name.replace(registry.host, proxy.host) }]);
  expect(outcome).toMatchObject({ pulled: { digest: image.digest } });
  expect(watched.log.filter((line) => line.includes('again in')).length).toBeGreaterThan(0);
  const done = watched.sums.map((each) => each.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done.at(-1)).toBeGreaterThan(1_400_000);
  expect(done.at(-1)).toBeLessThanOrEqual(image.bytes);
});

it('finishes a pull over a restart of the engine', async () => {
  const image = await putImage(registry, { repository: 'restart/a', layers: [2_000_000] });
  proxy.limit(300_000);
  const watched = watchPull(client, { hurried: false });
  const work = watched.run([{ image: image.name.replace(registry.host, proxy.host) }]);
  work.catch(() => undefined);
  await waitFor(() => (watched.sums.at(-1)?.done ?? 0) > 0, { what: 'first bytes' });
  const before = watched.sums.at(-1)?.done ?? 0;
  await engine.kill();
  proxy.limit(null);
  await engine.start();
  const [outcome] = await work;
  expect(outcome).toMatchObject({ pulled: { digest: image.digest } });
  expect(watched.log.join('\n')).toContain('again in');
  const done = watched.sums.map((each) => each.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done.at(-1)).toBeGreaterThan(1_400_000);
  expect(done.at(-1)).toBeLessThanOrEqual(image.bytes);
  expect(before).toBeLessThan(image.bytes);
});
