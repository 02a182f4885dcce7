import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { baseLine, engineSocket, failureOf, fresh, type TestBuild, testBuild, testBuilds } from '../support/builds.ts';
import { compose } from '../support/compose.ts';
import { connectDocker } from '../support/docker.ts';
import { runWell } from '../support/docker-stacks.ts';
import { engineProxy } from '../support/engine-proxy.ts';
import { gitServer } from '../support/git-server.ts';
import { registryUser, startRegistry } from '../support/registry.ts';
import { putImage } from '../support/registry-images.ts';
import { waitFor } from '../support/wait.ts';

/** How builds end, and what they have to do with registries and docker compose. */

const docker = connectDocker();
const { make, cleanup, clean } = testBuilds();
afterEach(clean);

describe('a context in a repository', () => {
  it('is fetched by the engine', async () => {
    const server = await gitServer();
    cleanup.push(server.close);
    const commit = await server.commit('app.git', {
      Dockerfile: `${baseLine}\nCOPY words /\nRUN cat /words && ${fresh()}\n`,
      words: 'from the repository\n',
    });
    // By its name and by its commit it is the same, which the engine sees.
    for (const [ref, said] of [
      ['main', /from the repository$/m],
      [commit, /COPY words .*\(as before\)$/m],
    ] as const) {
      const { run } = await make({
        'compose.yaml': `services: { a: { build: "${server.url}/app.git#${ref}" } }`,
      });
      expect((await run()).log).toMatch(said);
    }
  });
});

describe('registries', () => {
  it('are logged in to with what Docker knows, and named when they want a login', async () => {
    const registry = await startRegistry({ password: true });
    cleanup.push(registry.remove);
    const { name: small } = await putImage(registry, { repository: 'gh/small', layers: [64] });
    const auth = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64');
    const files = {
      'compose.yaml': 'services: { a: { build: { context: . } } }',
      Dockerfile: `FROM ${small} AS small\n${baseLine}\nCOPY --from=small /data-0 /here\nRUN wc -c /here && ${fresh()}\n`,
      '.dockerignore': '.docker',
    };
    const stranger = await make(files);
    const error = await failureOf(stranger.run());
    expect(error).toMatchObject({ code: 'docker.build-failed', remedy: expect.stringContaining('docker login') });
    const known = await make({
      ...files,
      '.docker/config.json': JSON.stringify({ auths: { [registry.host]: { auth } } }),
    });
    const { log } = await known.run();
    expect(log).toMatch(/^ {2}64 \/here$/m);
    expect((await registry.requests()).join()).not.toContain('sesame');
  });

  it('take a cache where the engine can write one, and the place is named where it cannot', async () => {
    const made = await make({
      'compose.yaml': `
services:
  a:
    build:
      context: .
      cache_to: ["type=local,dest=./cache"]
  b:
    build:
      context: .
      cache_from: ["127.0.0.1:9/gh/none", "type=registry,ref=127.0.0.1:9/gh/none:2"]
      cache_to: [type=inline]
  c:
    build: { context: ., cache_to: ["type=nonsense,ref=x"] }
`,
      Dockerfile: `${baseLine}\nRUN true\n`,
    });
    expect(await failureOf(made.run(['a']))).toMatchObject({
      code: 'docker.unsupported',
      details: { problems: [{ position: { file: join(made.folder, 'compose.yaml'), line: 6 } }] },
    });
    await made.run(['b']);
    expect(await failureOf(made.run(['c']))).toMatchObject({ code: 'docker.unsupported' });
  });
});

describe('a build that does not end well', () => {
  it('shows the line of the Dockerfile and the last lines of the step', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: . } }',
      Dockerfile: `${baseLine}\n\n# why\nRUN for i in $(seq 100); do echo line $i; done; \\\n  echo about to fail; exit 7\n`,
    });
    const error = await failureOf(made.run());
    expect(error.code).toBe('docker.build-failed');
    expect(error.message).toMatch(/exit code 7 \(line 4 of Dockerfile\)$/);
    const details = error.details as { log: string[]; problems: { position: object }[] };
    expect(details.log).toHaveLength(40);
    expect(details.log.at(-1)).toBe('about to fail');
    expect(details.problems[0]?.position).toEqual({ file: join(made.folder, 'Dockerfile'), line: 4, column: 1 });
  });

  it('shows where a Dockerfile cannot be read', async () => {
    const made = await make({ 'compose.yaml': 'services: { a: { build: . } }', Dockerfile: `${baseLine}\nNONSENSE\n` });
    const error = await failureOf(made.run());
    expect(error).toMatchObject({
      code: 'docker.build-failed',
      details: { problems: [{ position: { line: 2 } }] },
    });
    expect(error.message).toMatch(/unknown instruction: NONSENSE/i);
  });

  it('ends in the engine when it is cancelled', async () => {
    const marker = `${86_400 + Math.floor(Math.random() * 1_000_000)}.5`;
    const made = await make({
      'compose.yaml': 'services: { a: { build: . }, b: { build: { context: ., target: b } } }',
      Dockerfile: `${baseLine} AS b\nRUN echo started; exec sleep ${marker}\n`,
    });
    const sleeping = async (): Promise<boolean> => {
      const { stdout } = await promisify(execFile)('ps', ['-eo', 'args=']);
      return stdout.split('\n').some((line) => line.startsWith(`sleep ${marker}`));
    };
    const controller = new AbortController();
    const work = made.run(undefined, { signal: controller.signal });
    const failed = failureOf(work);
    await waitFor(sleeping, { what: 'a build step that runs' });
    controller.abort(new Error('no longer wanted'));
    expect((await failed).message).toBe('no longer wanted');
    await waitFor(async () => !(await sleeping()), { what: 'the end of the cancelled step' });
  });

  it('says so when the engine goes away', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: . } }',
      Dockerfile: `${baseLine}\nRUN echo started ${fresh()}; exec sleep 3600\n`,
    });
    const proxy = engineProxy(join(made.folder, 'engine.sock'), engineSocket);
    await proxy.start();
    const client = createDockerClient({
      engineId: 'proxied',
      endpoint: { kind: 'unix', path: join(made.folder, 'engine.sock') },
    });
    let started = false;
    const work = failureOf(
      made.run(undefined, {
        client,
        onLog: (line) => {
          started ||= line.trim().startsWith('started');
        },
      }),
    );
    await waitFor(() => started, { what: 'a build step that runs' });
    await proxy.stop();
    client.close();
    expect(await work).toMatchObject({ code: 'docker.gone' });
  });
});

describe('beside docker compose', () => {
  let made: TestBuild;
  beforeAll(async () => {
    made = await testBuild({
      'compose.yaml': `
services:
  a:
    build: .
    init: true
    command: sleep infinity
    stop_signal: SIGKILL
`,
      Dockerfile: `${baseLine}\nCOPY x /x\n`,
      x: 'x',
    });
  });
  afterAll(() => made.remove());

  it('neither builds nor makes anew what the other built', async () => {
    const containers = async (): Promise<string[]> => {
      const filters = JSON.stringify({ label: [`com.docker.compose.project=${made.projectName}`] });
      return (await docker.listContainers({ filters })).map(({ Id }) => Id);
    };
    await runWell(made.stacks, 'up');
    const ours = await containers();
    const image = await docker.getImage(`${made.projectName}-a`).inspect();
    const up = await compose(['up', '-d'], { folder: made.folder });
    expect(up.exitCode).toBe(0);
    expect(await containers()).toEqual(ours);
    expect((await docker.getImage(`${made.projectName}-a`).inspect()).Id).toBe(image.Id);
    await compose(['down', '--rmi', 'local'], { folder: made.folder });
    const again = await compose(['up', '-d'], { folder: made.folder });
    expect(again.stderr).toContain('Started');
    const theirs = await docker.getImage(`${made.projectName}-a`).inspect();
    const composeLabels = (labels: Record<string, string>): object =>
      Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('com.docker.compose.')));
    expect(composeLabels(image.Config.Labels)).toEqual(composeLabels(theirs.Config.Labels));
    expect((await made.stacks.plan('up')).changes).toEqual([]);
  });
});
