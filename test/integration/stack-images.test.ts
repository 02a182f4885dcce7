import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pullImage } from '../../electron/engine/providers/docker/pull.ts';
import { testBuilds } from '../support/builds.ts';
import { connectDocker, fixtureImages, listByLabel, uniqueProjectName } from '../support/docker.ts';
import { connectClient, runWell } from '../support/docker-stacks.ts';

/** Images that are built here or fetched from a registry. */

const docker = connectDocker();
const { make, clean } = testBuilds();

afterEach(clean);

async function output(projectName: string): Promise<string> {
  const [id] = (await listByLabel(docker, `com.docker.compose.project=${projectName}`)).containers;
  const logs = (await docker.getContainer(id ?? '').logs({ stdout: true, stderr: true })) as unknown as Buffer;
  return logs.toString('utf8');
}

const dockerfile = `FROM ${fixtureImages.tools} AS base
ARG WORD=none
COPY . /context
RUN find /context | sort > /list && echo "$WORD" > /word
FROM base AS wanted
CMD ["bash", "-c", "cat /list /word; exec sleep infinity"]
FROM base AS other
RUN exit 1
`;

describe('build', () => {
  it('sends the context without what .dockerignore names, builds the target with its arguments', async () => {
    const made = await make({
      'compose.yaml': `
services:
  a:
    build:
      context: ./app
      target: wanted
      args: { WORD: "$$(touch x); ünï" }
      labels: { mine: "yes" }
    stop_signal: SIGKILL
`,
      'app/Dockerfile': dockerfile,
      'app/.dockerignore': 'secret*\n**/*.tmp\n!deep/kept.tmp\n',
      'app/secret.txt': 'no',
      'app/deep/a.tmp': 'no',
      'app/deep/kept.tmp': 'yes',
      'app/deep/ünï $(x).txt': 'yes',
      'app/empty': '',
    });
    const plan = await made.stacks.plan('up');
    expect(plan.changes.find((each) => each.resource === 'image')).toMatchObject({
      action: 'build',
      name: `${made.projectName}-a`,
    });
    await runWell(made.stacks, 'up');
    const text = await output(made.projectName);
    expect(text).toContain('/context/deep/kept.tmp');
    expect(text).toContain('/context/deep/ünï $(x).txt');
    expect(text).toContain('/context/empty');
    expect(text).not.toContain('secret.txt');
    expect(text).not.toContain('a.tmp');
    expect(text).toContain('$(touch x); ünï');
    const image = await docker.getImage(`${made.projectName}-a`).inspect();
    expect(image.Config.Labels).toMatchObject({ mine: 'yes', 'com.docker.compose.service': 'a' });
    // Built once.
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });

  it('takes a Dockerfile that is written in the file', async () => {
    const made = await make({
      'compose.yaml': `
services:
  a:
    build:
      context: .
      dockerfile_inline: |
        FROM ${fixtureImages.tools}
        CMD ["bash", "-c", "echo inline; exec sleep infinity"]
    stop_signal: SIGKILL
`,
    });
    await runWell(made.stacks, 'up');
    expect(await output(made.projectName)).toContain('inline');
  });

  it('shows the last lines of a failed build and starts nothing', async () => {
    const made = await make({
      'compose.yaml': `services:\n  a:\n    build: { context: ./app, target: other }\n`,
      'app/Dockerfile': dockerfile.replace('RUN exit 1', 'RUN echo about to fail && exit 1'),
    });
    const ended = await made.stacks.run('up');
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'docker.build-failed' } });
    const { details } = (ended as { error: { details: { log: string[] } } }).error;
    expect(details.log.join('\n')).toContain('about to fail');
    expect((await listByLabel(docker, `com.docker.compose.project=${made.projectName}`)).containers).toEqual([]);
  });
});

/** The three answers of a registry that one pull needs, with basic authentication when asked for. */
class Registry {
  readonly requests: string[] = [];
  readonly layers: Buffer[] = [];
  readonly server: Server;
  password: string | undefined;
  constructor() {
    this.server = createServer((request, response) => {
      this.requests.push(request.url ?? '');
      const [status, type, body] = this.answer(request);
      if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="test"');
      response.writeHead(status, {
        'Content-Type': type,
        'Content-Length': body.length,
        'Docker-Content-Digest': digest(body),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    });
  }
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  private answer(request: IncomingMessage): readonly [number, string, Buffer] {
    if (this.password !== undefined) {
      const wanted = `Basic ${Buffer.from(`me:${this.password}`).toString('base64')}`;
      if (request.headers.authorization !== wanted) return [401, 'application/json', Buffer.from('{}')];
    }
    const url = request.url ?? '';
    if (url === '/v2/') return [200, 'application/json', Buffer.from('{}')];
    if (url.includes('/manifests/'))
      return [200, 'application/vnd.docker.distribution.manifest.v2+json', this.manifest()];
    const blob = [this.config(), ...this.layers].find((each) => url.endsWith(digest(each)));
    return blob === undefined ? [404, 'application/json', Buffer.from('{}')] : [200, 'application/octet-stream', blob];
  }
  readonly diffs: string[] = [];
  private config(): Buffer {
    return Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['/x'] },
        rootfs: { type: 'layers', diff_ids: this.diffs },
      }),
    );
  }
  private manifest(): Buffer {
    const part = (mediaType: string, body: Buffer): object => ({ mediaType, size: body.length, digest: digest(body) });
    return Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: part('application/vnd.docker.container.image.v1+json', this.config()),
        layers: this.layers.map((layer) => part('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)),
      }),
    );
  }
  async addLayer(name: string, content: Buffer): Promise<void> {
    const tar = pack();
    tar.entry({ name }, content);
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    const whole = Buffer.concat(chunks);
    this.diffs.push(digest(whole));
    this.layers.push(gzipSync(whole, { level: 0 }));
  }
}

function digest(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

describe('pull', () => {
  const registry = new Registry();
  const client = connectClient();
  const pulled: string[] = [];

  beforeAll(async () => {
    // Not the same content in every run, or the engine has the layers already.
    await registry.addLayer('one', Buffer.alloc(3_000_000, uniqueProjectName()));
    await registry.addLayer('two', Buffer.alloc(1_000_000, uniqueProjectName()));
    await new Promise<void>((resolve) => registry.server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    for (const name of pulled)
      await docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
    client.close();
    await new Promise((resolve) => registry.server.close(resolve));
  });

  it('says that a registry wants a login', async () => {
    registry.password = 'open sesame';
    const image = `${registry.host}/gh/thing:1`;
    const work = pullImage(client, { image, onProgress: () => undefined }, AbortSignal.timeout(30_000));
    await expect(work).rejects.toMatchObject({
      code: 'docker.image-missing',
      remedy: expect.stringContaining('docker login'),
    });
  });

  it('logs in with what Docker knows, never in the address, and measures bytes', async () => {
    const image = `${registry.host}/gh/thing:1`;
    pulled.push(image);
    const seen: { done: number; total: number | null }[] = [];
    await pullImage(
      client,
      {
        image,
        auth: { username: 'me', password: 'open sesame', serveraddress: registry.host },
        onProgress: (done, total) => seen.push({ done, total }),
      },
      AbortSignal.timeout(60_000),
    );
    expect((await docker.getImage(image).inspect()).Os).toBe('linux');
    const last = seen.at(-1);
    expect(last?.done).toBe(last?.total);
    expect(last?.total).toBeGreaterThan(3_900_000);
    for (let index = 1; index < seen.length; index++)
      expect(seen[index]?.done).toBeGreaterThanOrEqual(seen[index - 1]?.done ?? 0);
    expect(registry.requests.join()).not.toContain('sesame');
  });

  it('names an image that the registry does not have', async () => {
    const { server } = registry;
    const listeners = server.listeners('request');
    server.removeAllListeners('request');
    server.on('request', (_request, response) => response.writeHead(404).end('{}'));
    const work = pullImage(
      client,
      { image: `${registry.host}/gh/absent:2`, onProgress: () => undefined },
      AbortSignal.timeout(30_000),
    );
    await expect(work).rejects.toMatchObject({ code: 'docker.image-missing' });
    server.removeAllListeners('request');
    for (const listener of listeners) server.on('request', listener as () => void);
  });

  it('ends at once when it is cancelled', async () => {
    const { server } = registry;
    server.removeAllListeners('request');
    const controller = new AbortController();
    // Never answers; by then the engine is certainly waiting.
    server.on('request', () => controller.abort(new Error('no longer wanted')));
    const work = pullImage(
      client,
      { image: `${registry.host}/gh/slow:1`, onProgress: () => undefined },
      controller.signal,
    );
    await expect(work).rejects.toThrow('no longer wanted');
    server.closeAllConnections();
  });
});
