import { chmod, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { parseEndpoint } from '../../electron/engine/providers/docker/endpoint.ts';
import { openServiceBench, type ServiceBench } from '../support/services.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';

let bench: ServiceBench;
let container: Docker.Container;

beforeAll(async () => {
  bench = openServiceBench('io-client');
  container = await bench.run('tools', 'exec sleep infinity');
});
afterAll(() => bench.close());

function exec(request: Parameters<ServiceBench['client']['exec']>[1], timeoutMs?: number) {
  return bench.client.exec(container.id, request, {
    signal: bench.signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

describe('a command in a container', () => {
  it('gives both outputs apart, whole characters and the exit code', async () => {
    const lines: string[] = [];
    const result = await exec({
      command: ['sh', '-c', 'echo "größer 🐘"; echo wrong >&2; printf "no end"; exit 7'],
      onLine: (line) => lines.push(line),
    });
    expect(result).toEqual({ exitCode: 7, stdout: 'größer 🐘\nno end', stderr: 'wrong\n' });
    expect(lines).toEqual(['größer 🐘', 'no end']);
  });

  it('reads its input to the end, megabytes of it', async () => {
    const stdin = 'é'.repeat(2_000_000);
    expect(await exec({ command: ['wc', '-c'], stdin })).toEqual({ exitCode: 0, stdout: '4000000\n', stderr: '' });
    expect(await exec({ command: ['cat'], stdin: new Uint8Array([0, 255, 10]) })).toMatchObject({ exitCode: 0 });
  });

  it('may leave its input unread', async () => {
    expect(await exec({ command: ['true'], stdin: 'x'.repeat(3_000_000) })).toMatchObject({ exitCode: 0 });
  });

  it('has no input at all when none is given', async () => {
    expect(await exec({ command: ['cat'] }, 10_000)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('keeps only so much of its output, and still ends', async () => {
    const result = await exec({ command: ['sh', '-c', 'head -c 5000000 /dev/zero | tr "\\0" x'], maxBytes: 1000 });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toBe('x'.repeat(1000));
  });

  it('takes arguments, variables and folders as they are: nothing is interpreted', async () => {
    const odd = ['$(touch /tmp/x)', '; rm -rf /tmp/y', 'a b', "it's", 'ünïcode', '`id`', '"'];
    const script = 'printf "%s\\n" "$@"; printf "%s\\n" "$ODD"; pwd';
    const result = await exec({
      command: ['sh', '-c', script, 'sh', ...odd],
      environment: { ODD: odd.join('|') },
      workingDir: '/usr/lib',
      user: '65534',
    });
    expect(result.stdout).toBe(`${[...odd, odd.join('|'), '/usr/lib'].join('\n')}\n`);
    expect((await exec({ command: ['sh', '-c', 'ls /tmp/x; id -u'], user: '65534' })).stdout).toBe('65534\n');
  });

  it('that the container does not have ends with 126 or 127', async () => {
    const { exitCode } = await exec({ command: ['no-such-program'] });
    expect([126, 127]).toContain(exitCode);
  });

  it('that takes too long, or is no longer wanted, is left', async () => {
    await expect(exec({ command: ['sleep', '60'] }, 300)).rejects.toMatchObject({
      code: 'operation.timeout',
      message: expect.stringContaining('sleep'),
    });
    const given = new AbortController();
    const running = bench.client.exec(container.id, { command: ['sleep', '60'] }, { signal: given.signal });
    setImmediate(() => given.abort(new Error('no longer wanted')));
    await expect(running).rejects.toThrow('no longer wanted');
  });

  it('in no container, or in one that does not run, is refused with the status', async () => {
    const of = (id: string) => bench.client.exec(id, { command: ['true'] }, { signal: bench.signal });
    await expect(of('no-such-container')).rejects.toMatchObject({
      code: 'docker.refused',
      details: { status: 404 },
    });
    const stopped = await bench.run('stopped', 'exit 0');
    await stopped.wait();
    await expect(of(stopped.id)).rejects.toMatchObject({ code: 'docker.refused', details: { status: 409 } });
  });
});

describe('an engine reached in other ways', () => {
  let folder: TemporaryFolder;
  let proxy: Server;

  beforeAll(async () => {
    folder = await temporaryFolder();
    // Half-closed connections must pass: they are how the end of the input is told.
    proxy = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: '/var/run/docker.sock', allowHalfOpen: true });
      client.on('error', () => engine.destroy());
      engine.on('error', () => client.destroy());
      client.pipe(engine).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    proxy.close();
    await folder.remove();
  });

  async function works(host: string, environment: Record<string, string> = {}): Promise<void> {
    const endpoint = parseEndpoint(host, null);
    if (endpoint === undefined) throw new Error(`not an endpoint: ${host}`);
    const client = createDockerClient({ engineId: 'other', endpoint, environment });
    try {
      const listed = await client.call('list', { signal: bench.signal }, (docker, abortSignal) =>
        docker.listContainers({ abortSignal }),
      );
      expect(listed.map((each) => each.Id)).toContain(container.id);
      const ran = client.exec(container.id, { command: ['cat'], stdin: 'through' }, { signal: bench.signal });
      expect(await ran).toEqual({ exitCode: 0, stdout: 'through', stderr: '' });
    } finally {
      client.close();
    }
  }

  it('tcp', async () => {
    await works(`tcp://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  });

  it('ssh: through the user’s own ssh program', async () => {
    // Stands in for ssh: notes how it was called, then does what the far end would.
    const log = join(folder.path, 'calls');
    const script = `#!/bin/sh\nprintf '%s ' "$@" >> "${log}"\nwhile [ "$1" != "--" ]; do shift; done\nshift 2\nexec "$@"\n`;
    await writeFile(join(folder.path, 'ssh'), script);
    await chmod(join(folder.path, 'ssh'), 0o755);
    await works('ssh://ann@build-host:22022', { PATH: `${folder.path}:${process.env.PATH}` });
    // One kept connection for the plain calls, one that the command in the container took over.
    expect((await readFile(log, 'utf8')).match(/dial-stdio/g)?.length).toBeLessThanOrEqual(3);
    expect(await readFile(log, 'utf8')).toContain('-l ann -p 22022 -T -- build-host docker system dial-stdio');
  });

  it('ssh that fails says so in ssh’s own words', async () => {
    await writeFile(join(folder.path, 'ssh'), '#!/bin/sh\necho "Host key verification failed." >&2\nexit 255\n');
    await chmod(join(folder.path, 'ssh'), 0o755);
    await expect(works('ssh://build-host', { PATH: `${folder.path}:${process.env.PATH}` })).rejects.toMatchObject({
      code: 'docker.gone',
      message: expect.stringContaining('Host key verification failed'),
    });
  });

  it('whatever DOCKER_HOST of this process says', async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = 'tcp://:::not an address';
    try {
      await works('unix:///var/run/docker.sock');
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  });
});
