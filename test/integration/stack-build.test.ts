import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { baseLine, engineSocket, failureOf, fresh, testBuilds } from '../support/builds.ts';
import { connectDocker } from '../support/docker.ts';
import { engineProxy } from '../support/engine-proxy.ts';

/** What a build reads and is told, with the engine's BuildKit. */

const docker = connectDocker();
const { make, cleanup, clean } = testBuilds();
afterEach(clean);

describe('the context', () => {
  const large = Buffer.alloc(8_000_000, 'golden');

  it('arrives as it is, without what is ignored', async () => {
    const made = await make({
      'compose.yaml': 'services: { a: { build: ./app } }',
      'app/Dockerfile': `${baseLine}
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
      'docker/My.Dockerfile': `${baseLine}\nCOPY . /c\nRUN ls /c && ${fresh()}`,
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
      Dockerfile: `${baseLine}\nCOPY data /data\nRUN cat /data/small\n`,
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
      Dockerfile: `${baseLine}\nCOPY absent /x\n`,
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
        Dockerfile: `${baseLine}
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
      Dockerfile: `${baseLine}\nRUN --mount=type=secret,id=token,required=true cat /run/secrets/token\n`,
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
      Dockerfile: `${baseLine}\nRUN --mount=type=ssh ${ask('0b')} && ${ask('13')} && ${fresh()}\n`,
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
        ${baseLine} AS base
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
      Dockerfile: `${baseLine}\nCOPY --from=other x /x\n`,
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
      Dockerfile: `${baseLine}\nARG A\nCOPY x /x\nRUN grep one.test /etc/hosts && test "$A" = 1\n`,
      x: 'x',
    });
    const { log } = await made.run(undefined, { environment: { DOCKER_BUILDKIT: '0' } });
    expect(log).toContain('Step 4/');
  });
});
