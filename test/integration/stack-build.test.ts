import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import type { AppError } from '../../shared/errors.ts';
import { type BuildFile, type TestBuild, testBuild } from '../support/builds.ts';
import { compose } from '../support/compose.ts';
import { connectDocker, fixtureImages } from '../support/docker.ts';
import { runWell } from '../support/docker-stacks.ts';
import { engineProxy } from '../support/engine-proxy.ts';
import { registryUser, startRegistry } from '../support/registry.ts';
import { putImage } from '../support/registry-images.ts';
import { waitFor } from '../support/wait.ts';

/** Builds with the engine's BuildKit. Nothing here may come from a registry. */

const docker = connectDocker();
const engineSocket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
const cleanup: (() => Promise<unknown>)[] = [];

async function make(
  files: Readonly<Record<string, string | BuildFile>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<TestBuild> {
  const made = await testBuild(files, environment);
  cleanup.push(made.remove);
  return made;
}

afterEach(async () => {
  for (const each of cleanup.splice(0)) await each();
});

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('it was built');
    },
    (error: unknown) => error as AppError,
  );
}

/** A RUN that no earlier build has done. */
const fresh = (): string => `: ${Math.random()}`;

const base = `FROM ${fixtureImages.tools}`;

describe('the context', () => {
  const large = Buffer.alloc(8_000_000, 'golden');

  it('arrives as it is, without what is ignored', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: ./app } }',
      'app/Dockerfile': `${base}
COPY . /c
RUN cd /c && find . | sort && stat -c 'M %a %u %n' run.sh private && stat -c 'S %s %n' large.bin && readlink link \\
 && sha256sum large.bin && cat "ünï/ä b $.txt" && ${fresh()}`,
      'app/.dockerignore': 'secret*\n**/*.tmp\n!deep/kept.tmp\nnode_modules\n!node_modules/keep/x\nü*\n!ünï\n',
      'app/secret.txt': 'no',
      'app/deep/a.tmp': 'no',
      'app/deep/kept.tmp': 'yes',
      'app/node_modules/lost/y': 'no',
      'app/node_modules/keep/x': 'yes',
      'app/übel': 'no',
      'app/ünï/ä b $.txt': 'content of unicode',
      'app/run.sh': { text: 'x', mode: 0o755 },
      'app/private': { text: 'x', mode: 0o600 },
      'app/link': { linkTo: 'deep/kept.tmp' },
      'app/dangling': { linkTo: '/nowhere' },
      'app/large.bin': { text: large },
      'app/empty': '',
    });
    const { log } = await made.run();
    for (const path of ['./deep/kept.tmp', './node_modules/keep/x', './dangling', './empty'])
      expect(log).toContain(path);
    for (const path of ['secret.txt', 'a.tmp', 'lost', 'übel']) expect(log).not.toContain(`/${path}`);
    expect(log).toContain('M 755 0 run.sh');
    expect(log).toContain('M 600 0 private');
    expect(log).toContain('S 8000000 large.bin');
    expect(log).toContain('content of unicode');
    expect(log).toContain('deep/kept.tmp');
  });

  it('is ruled by the file beside the Dockerfile first, and may have its Dockerfile elsewhere', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: { context: ./app, dockerfile: ../docker/My.Dockerfile } } }',
      'docker/My.Dockerfile': `${base}\nCOPY . /c\nRUN ls /c && ${fresh()}`,
      'docker/My.Dockerfile.dockerignore': 'one\n',
      'app/.dockerignore': 'two\n',
      'app/one': '',
      'app/two': '',
    });
    const { log } = await made.run();
    expect(log).toMatch(/^ {2}two$/m);
    expect(log).not.toMatch(/^ {2}one$/m);
  });

  it('is not sent again when nothing in it changed, and only what changed otherwise', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: . } }',
      Dockerfile: `${base}\nCOPY data /data\nRUN cat /data/small\n`,
      'data/large.bin': { text: large },
      'data/small': 'one',
      'not-copied.bin': { text: large },
    });
    const proxy = engineProxy(join(made.folder, 'engine.sock'), engineSocket);
    await proxy.start();
    const client = createDockerClient({
      engineId: 'proxied',
      endpoint: { kind: 'unix', path: join(made.folder, 'engine.sock') },
    });
    cleanup.push(async () => {
      client.close();
      await proxy.stop();
    });
    await made.run(undefined, { client });
    const first = proxy.sent();
    expect(first).toBeGreaterThan(large.length);
    // Not the file that no instruction copies.
    expect(first).toBeLessThan(large.length * 1.2);
    await made.run(undefined, { client });
    const second = proxy.sent() - first;
    expect(second).toBeLessThan(20_000);
    // What an engine has seen before, it need not run again.
    const text = `three ${fresh()}`;
    await made.write({ 'data/small': text });
    const { log } = await made.run(undefined, { client });
    expect(proxy.sent() - first - second).toBeLessThan(20_000);
    expect(log).toContain(`  ${text}`);
  });

  it('names a file that cannot be sent', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: . } }',
      Dockerfile: `${base}\nCOPY absent /x\n`,
    });
    const error = await failureOf(made.run());
    expect(error).toMatchObject({ code: 'docker.build-failed' });
    expect(error.message).toContain('absent');
    expect(error.details).toMatchObject({
      problems: [{ position: { file: join(made.folder, 'Dockerfile'), line: 2, column: 1 } }],
    });
  });
});

describe('secrets and agents', () => {
  it('reach the step that asks for them and nothing else', async () => {
    const made = await make(
      {
        'compose.yaml': `
services:
  a:
    build:
      context: .
      secrets: [{ source: file, target: token }, from_env]
secrets:
  file: { file: ./token.txt }
  from_env: { environment: BUILD_PASSWORD }
`,
        Dockerfile: `${base}
RUN --mount=type=secret,id=token --mount=type=secret,id=from_env \\
 sha256sum /run/secrets/token && cat /run/secrets/from_env && echo && ${fresh()}
RUN test ! -e /run/secrets/token
`,
        'token.txt': 'hunter2-file\n',
        '.dockerignore': 'token.txt',
      },
      { BUILD_PASSWORD: 'hunter2-variable' },
    );
    const { log } = await made.run();
    expect(log).toMatch(/^ {2}[0-9a-f]{64} {2}\/run\/secrets\/token$/m);
    // A step that prints one does not put it into the log of the operation.
    expect(log).toMatch(/^ {2}\*\*\*$/m);
    const image = docker.getImage(`${made.projectName}-a`);
    const everything = JSON.stringify([log, await image.history(), await image.inspect()]);
    expect(everything).not.toContain('hunter2');
    expect(everything).toContain('type=secret');
  });

  it('are missed with a word on which', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: . } }',
      Dockerfile: `${base}\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n`,
    });
    const error = await failureOf(made.run());
    expect(error.code).toBe('docker.build-failed');
    expect(error.message).toMatch(/token.*not found/);
  });

  it('include keys of an SSH agent, to be used and not to be changed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gh-agent-'));
    const heard: number[] = [];
    const agent = createServer((socket) => {
      socket.on('data', (data) => {
        heard.push(data[4] ?? 0);
        // An empty list of keys.
        socket.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 0, 0]));
      });
      socket.on('error', () => undefined);
    });
    const path = join(folder, 'agent.sock');
    await new Promise<void>((resolve) => agent.listen(path, resolve));
    cleanup.push(async () => {
      agent.close();
      await rm(folder, { recursive: true });
    });
    const ask = (type: string): string =>
      `perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ENV{SSH_AUTH_SOCK}) or die $!; syswrite $s, "\\x00\\x00\\x00\\x01\\x${type}"; sysread $s, $b, 99; print "ANSWER ", unpack("H*", $b), "\\n"'`;
    const made = await make({
      'compose.yaml': 'services: { a: { build: { context: ., ssh: [default] } } }',
      Dockerfile: `${base}\nRUN --mount=type=ssh ${ask('0b')} && ${ask('13')} && ${fresh()}\n`,
    });
    const { log } = await made.run(undefined, { environment: { SSH_AUTH_SOCK: path } });
    expect(log).toContain('ANSWER 000000050c00000000');
    // Remove all keys: refused here.
    expect(log).toContain('ANSWER 0000000105');
    expect(heard).toEqual([11]);
    const error = await failureOf(made.run(undefined, { environment: { SSH_AUTH_SOCK: '' } }));
    expect(error).toMatchObject({ code: 'docker.unsupported', details: { path: 'services.a.build.ssh' } });
  });
});

describe('what a build is told', () => {
  it('arguments, target, labels, tags, hosts, network, proxies, a Dockerfile in the file', async () => {
    const made = await make({
      'compose.yaml': `
services:
  a:
    build:
      context: .
      target: wanted
      args: { WORD: "$$(touch x); ünï", UNSET: }
      labels: { mine: "yes" }
      tags: ["\${COMPOSE_PROJECT_NAME}-a:second"]
      extra_hosts: ["one.test=10.1.2.3", "gate.test=host-gateway"]
      network: none
      dockerfile_inline: |
        ${base} AS base
        ARG WORD
        ARG UNSET=default
        RUN --mount=type=cache,target=/x echo "word $$WORD $$UNSET" && cat /etc/hosts && echo "proxy $$http_proxy" && ls /sys/class/net && ${fresh()}
        FROM base AS wanted
        FROM base AS other
        RUN exit 1
`,
      '.docker/config.json': JSON.stringify({ proxies: { default: { httpProxy: 'http://proxy.test:3128' } } }),
    });
    const { log } = await made.run();
    expect(log).toContain('word $(touch x); ünï default');
    expect(log).toMatch(/10\.1\.2\.3\s+one\.test/);
    expect(log).toMatch(/\d+\.\d+\.\d+\.\d+\s+gate\.test/);
    expect(log).toContain('proxy http://proxy.test:3128');
    expect(log).not.toContain('eth0');
    const image = await docker.getImage(`${made.projectName}-a:second`).inspect();
    expect(image.RepoTags).toContain(`${made.projectName}-a:latest`);
    expect(image.Config.Labels).toMatchObject({
      mine: 'yes',
      'com.docker.compose.project': made.projectName,
      'com.docker.compose.service': 'a',
    });
    expect(JSON.stringify(await docker.getImage(image.Id).history())).not.toContain('proxy.test');
  });

  it('is refused at its place when the engine cannot do it', async () => {
    const made = await make({
      'compose.yaml': `
services:
  a:
    build:
      context: .
      additional_contexts:
        other: ./other
`,
      Dockerfile: `${base}\nCOPY --from=other x /x\n`,
      'other/x': '',
    });
    const version = await docker.version();
    if (Number(version.ApiVersion.split('.')[1]) >= 42) {
      await made.run();
      return;
    }
    expect(await failureOf(made.run())).toMatchObject({
      code: 'docker.unsupported',
      remedy: expect.stringContaining('# syntax='),
      details: { problems: [{ position: { file: join(made.folder, 'compose.yaml'), line: 6 } }] },
    });
  });

  it.each([
    ['RUN --mount', 'FROM scratch\nRUN --mount=type=cache,target=/x true\n'],
    ['here-document', 'FROM scratch\nRUN <<EOF\ntrue\nEOF\n'],
  ])('is refused by name without BuildKit: %s', async (what, text) => {
    const made = await make({ 'compose.yaml': 'services: { a: { build: . } }', Dockerfile: text });
    const error = await failureOf(made.run(undefined, { environment: { DOCKER_BUILDKIT: '0' } }));
    expect(error).toMatchObject({ code: 'docker.unsupported', details: { problems: [{ position: { line: 2 } }] } });
    expect(error.message).toContain(what);
    expect(error.message).toContain('DOCKER_BUILDKIT=0');
  });

  it('is built by the older builder when BuildKit is switched off', async () => {
    const made = await make({
      'compose.yaml':
        'services: { a: { build: { context: ., extra_hosts: ["one.test=10.1.2.3"], args: { A: "1" } } } }',
      Dockerfile: `${base}\nARG A\nCOPY x /x\nRUN grep one.test /etc/hosts && test "$A" = 1\n`,
      x: 'x',
    });
    const { log } = await made.run(undefined, { environment: { DOCKER_BUILDKIT: '0' } });
    expect(log).toContain('Step 4/');
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
      Dockerfile: `FROM ${small} AS small\n${base}\nCOPY --from=small /data-0 /here\nRUN wc -c /here && ${fresh()}\n`,
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
      Dockerfile: `${base}\nRUN true\n`,
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
      Dockerfile: `${base}\n\n# why\nRUN for i in $(seq 100); do echo line $i; done; \\\n  echo about to fail; exit 7\n`,
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
    const made = await make({ 'compose.yaml': 'services: { a: { build: . } }', Dockerfile: `${base}\nNONSENSE\n` });
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
      Dockerfile: `${base} AS b\nRUN echo started; exec sleep ${marker}\n`,
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
      Dockerfile: `${base}\nRUN echo started ${fresh()}; exec sleep 3600\n`,
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
      Dockerfile: `${base}\nCOPY x /x\n`,
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
