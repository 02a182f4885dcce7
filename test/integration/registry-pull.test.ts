import { networkInterfaces } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../support/docker.ts';
import { connectClient } from '../support/docker-stacks.ts';
import { watchPull } from '../support/pulls.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { machine, type PushedImage, putImage, putIndex } from '../support/registry-images.ts';
import { type RegistryProxy, registryProxy } from '../support/registry-proxy.ts';
import { waitFor } from '../support/wait.ts';

/** Pulls from a real registry: progress, cuts, refusals. */

const docker = connectDocker();
const client = connectClient();
const pulled = new Set<string>();
let registry: TestRegistry;
let proxy: RegistryProxy;

beforeAll(async () => {
  registry = await startRegistry();
  proxy = await registryProxy(registry.port);
});

afterEach(async () => {
  proxy.limit(null);
  proxy.cutAfter(Number.POSITIVE_INFINITY);
  for (const name of pulled)
    await docker
      .getImage(name)
      .remove({ force: true })
      .catch(() => undefined);
  pulled.clear();
});

afterAll(async () => {
  client.close();
  await proxy?.close();
  await registry?.remove();
});

const behindProxy = ({ name }: PushedImage): string => {
  const moved = name.replace(registry.host, proxy.host);
  pulled.add(moved);
  return moved;
};
const has = (name: string): Promise<boolean> =>
  docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
/** An address of this machine that engines do not take for insecure. */
function outsideAddress(): string {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal);
  if (found === undefined) throw new Error('this machine has no address but its own');
  return found.address;
}

describe('progress', () => {
  it('fetches four images at once and measures each', async () => {
    const images = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        putImage(registry, { repository: `four/${name}`, layers: [700_000, 400_000] }),
      ),
    );
    const names = images.map(behindProxy);
    proxy.limit(3_000_000);
    const watched = watchPull(client);
    const outcomes = await watched.run(names.map((image) => ({ image })));
    expect(outcomes.map((each) => ('pulled' in each ? each.pulled.digest : each.error))).toEqual(
      images.map((each) => each.digest),
    );
    // All of them were under way at the same time.
    expect(watched.parts.some((parts) => parts.every((part) => part.state === 'running'))).toBe(true);
    expect(watched.parts.some((parts) => parts.some((part) => (part.perSecond ?? 0) > 0))).toBe(true);
    const last = watched.parts.at(-1) ?? [];
    // The engine says nothing of the size of a layer that came between two of its looks.
    for (const [index, { progress }] of last.entries()) {
      expect(progress?.done).toBe(progress?.total);
      expect(progress?.done).toBeGreaterThan(300_000);
      expect(progress?.done).toBeLessThanOrEqual(images[index]?.bytes ?? 0);
    }
    const whole = last.reduce((sum, each) => sum + (each.progress?.done ?? 0), 0);
    expect(watched.sums.at(-1)).toEqual({ done: whole, total: whole });
    for (let index = 1; index < watched.sums.length; index++)
      expect(watched.sums[index]?.done).toBeGreaterThanOrEqual(watched.sums[index - 1]?.done ?? 0);
    expect(watched.log.filter((line) => line.includes('layer ')).length).toBeGreaterThanOrEqual(4);
    expect(watched.log.join('\n')).toContain(images[0]?.digest ?? '');
    // The second time there is nothing to fetch and nothing to measure.
    const again = watchPull(client);
    await again.run(names.map((image) => ({ image })));
    expect(again.parts.at(-1)?.map((part) => [part.state, part.detail, part.progress])).toEqual(
      names.map(() => ['done', 'Up to date', null]),
    );
  });
});

describe('cuts', () => {
  it('goes on after the connection was cut in the middle', async () => {
    const image = await putImage(registry, { repository: 'cut/once', layers: [2_000_000, 300_000] });
    const name = behindProxy(image);
    proxy.cutAfter(900_000);
    const watched = watchPull(client);
    const [outcome] = await watched.run([{ image: name }]);
    expect(outcome).toMatchObject({ pulled: { digest: image.digest } });
    const done = watched.sums.map((each) => each.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBeGreaterThan(1_900_000);
    expect(done.at(-1)).toBeLessThanOrEqual(image.bytes);
  });

  it('gives up a registry that always cuts, after five attempts', async () => {
    const name = behindProxy(await putImage(registry, { repository: 'cut/always', layers: [1000] }));
    proxy.cutAfter(10, 1000);
    const watched = watchPull(client);
    await expect(watched.run([{ image: name }])).rejects.toMatchObject({
      code: 'docker.image-missing',
      message: expect.stringContaining('was cut, 5 times'),
      details: { problem: 'cut', attempts: 5, registry: proxy.host },
    });
    expect(watched.log.filter((line) => line.includes('again in'))).toHaveLength(4);
    expect(watched.parts.at(-1)).toMatchObject([{ state: 'failed' }]);
    expect(await has(name)).toBe(false);
  });

  it('ends at once when it is cancelled, and leaves nothing running', async () => {
    const images = await Promise.all(
      ['x', 'y'].map((name) => putImage(registry, { repository: `cancel/${name}`, layers: [3_000_000] })),
    );
    const names = images.map(behindProxy);
    proxy.limit(400_000);
    const controller = new AbortController();
    const watched = watchPull(client);
    const work = watched.run(
      names.map((image) => ({ image })),
      controller.signal,
    );
    work.catch(() => undefined);
    await waitFor(() => (watched.sums.at(-1)?.done ?? 0) > 0, { what: 'first bytes' });
    controller.abort(new Error('no longer wanted'));
    await expect(work).rejects.toThrow('no longer wanted');
    // The engine lets go of the registry too.
    await waitFor(() => proxy.open() === 0, { what: 'the end of the downloads' });
    for (const name of names) expect(await has(name)).toBe(false);
  });

  it('stops the other pulls when one image cannot be had', async () => {
    const slow = behindProxy(await putImage(registry, { repository: 'stop/slow', layers: [3_000_000] }));
    proxy.limit(200_000);
    const watched = watchPull(client);
    const absent = `${registry.host}/stop/absent:1`;
    await expect(watched.run([{ image: slow }, { image: absent }])).rejects.toMatchObject({
      details: { problem: 'not-found', image: absent },
    });
    expect(watched.parts.at(-1)?.map((part) => part.state)).toEqual(['failed', 'failed']);
    await waitFor(() => proxy.open() === 0, { what: 'the end of the other download' });
  });
});

describe('refusals', () => {
  const refusal = async (image: string, platform?: string): Promise<unknown> =>
    watchPull(client)
      .run([{ image, platform }])
      .catch((error: unknown) => error);

  it('says what is wrong with the name, the tag and the platform', async () => {
    const other = machine === 'amd64' ? 'arm64' : 'amd64';
    const foreign = await putImage(registry, { repository: 'odd/a', tag: 'b', layers: [10], architecture: other });
    const list = await putIndex(registry, 'odd/a', 'list', [{ architecture: other, digest: foreign.digest }]);
    expect(await refusal(`${registry.host}/odd/a:none`)).toMatchObject({
      details: { problem: 'not-found', registry: registry.host },
      remedy: expect.stringContaining('tag'),
    });
    expect(await refusal(`${registry.host}/odd/none:1`)).toMatchObject({ details: { problem: 'not-found' } });
    expect(await refusal(list)).toMatchObject({ details: { problem: 'platform' } });
    expect(await refusal(list, 'linux/s390x')).toMatchObject({
      message: expect.stringContaining('linux/s390x'),
      details: { problem: 'platform' },
    });
  });

  it('names a registry that is not there', async () => {
    expect(await refusal('127.0.0.1:1/a:1')).toMatchObject({ details: { problem: 'connection-refused' } });
    expect(await refusal('registry.invalid/a:1')).toMatchObject({
      message: expect.stringContaining('registry.invalid'),
      details: { problem: expect.stringMatching(/name-unknown|offline/) },
    });
  });

  it('tells plain HTTP and a certificate nobody trusts apart, with what to do', async () => {
    const address = outsideAddress();
    const [plain, secure] = await Promise.all([startRegistry({ address }), startRegistry({ address, tls: true })]);
    try {
      expect(await refusal(`${plain.host}/a:1`)).toMatchObject({
        details: { problem: 'plain-http' },
        remedy: expect.stringContaining(`"${plain.host}" to insecure-registries`),
      });
      expect(await refusal(`${secure.host}/a:1`)).toMatchObject({
        details: { problem: 'certificate' },
        message: expect.stringContaining('x509'),
        remedy: expect.stringContaining(`/etc/docker/certs.d/${secure.host}/ca.crt`),
      });
    } finally {
      await plain.remove();
      await secure.remove();
    }
  });
});
