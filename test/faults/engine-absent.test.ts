import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngines, type Engines } from '../../electron/engine/engines/engines.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { systemSurroundings } from '../../electron/engine/providers/docker/surroundings.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** Engines that are not there, not ours to use, or not engines: nothing throws, everything is explained. */

let folder: TemporaryFolder;
let engines: Engines | undefined;
let server: Server | undefined;
const sockets = new Set<Socket>();
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  engines?.close();
  engines = undefined;
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
  server = undefined;
  await folder.remove();
});

const never = new AbortController().signal;

async function open(host: string, chosenId: string | null = 'environment'): Promise<Engines> {
  engines = createEngines({
    surroundings: {
      ...systemSurroundings(),
      environment: { PATH: process.env.PATH, DOCKER_HOST: host },
      homeFolder: folder.path,
    },
    clock: systemClock,
    chosenId: () => chosenId,
    choose: () => undefined,
    doctor: {
      nodeVersion: process.version,
      dataFolder: join(folder.path, 'data'),
      runProcess: () => Promise.reject(new Error('not here')),
      storeSpace: async () => null,
    },
  });
  await engines.start();
  return engines;
}

/** A socket of our own that does with a connection what it is told. */
async function listen(onConnection: (socket: Socket) => void): Promise<string> {
  const path = join(folder.path, 'engine.sock');
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}

describe('without an engine', () => {
  it('it is said that there is none and what to do; every use says the same', async () => {
    const from = await open(`unix://${folder.path}/none.sock`);
    expect(from.selected()).toMatchObject({ state: 'not-found', problem: { remedy: expect.stringMatching(/\w/) } });
    expect(() => from.current()).toThrow(expect.objectContaining({ code: 'docker.not-found' }));
    const checks = await from.api.engines.doctor(undefined, { actor: { door: 'cli', user: 'tester' }, signal: never });
    expect(checks.find((check) => check.id === 'engine')).toMatchObject({ state: 'failed' });
    expect(checks.find((check) => check.id === 'engine')?.remedy).toBeTruthy();
    expect(checks.find((check) => check.id === 'engine-api')).toMatchObject({ state: 'skipped' });
  });

  it('one that appears is found without being asked for', async () => {
    const from = await open(`unix://${folder.path}/engine.sock`);
    expect(from.selected()?.state).toBe('not-found');
    await listen((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => {
        const body = JSON.stringify({ Version: '99.1', ApiVersion: '1.99', Arch: 'amd64' });
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      });
    });
    await waitFor(() => from.selected()?.state === 'available', { what: 'the new engine' });
    expect(from.selected()).toMatchObject({ version: '99.1', problem: null });
  });

  it('an address that is none is explained too', async () => {
    const from = await open('ftp://engine');
    expect(from.selected()).toMatchObject({ problem: { message: expect.stringContaining('DOCKER_HOST') } });
    expect(() => from.current()).toThrow(expect.objectContaining({ code: 'docker.not-found' }));
  });

  it('the one chosen in the settings stays on the list and is not replaced by another', async () => {
    const from = await open('unix:///var/run/docker.sock', 'context:team');
    expect(from.selected()).toMatchObject({ id: 'context:team', state: 'not-found' });
    expect(from.list().some((engine) => engine.state === 'available')).toBe(true);
    expect(() => from.current()).toThrow(expect.objectContaining({ code: 'docker.not-found' }));
  });
});

describe('an engine that keeps us waiting', () => {
  it('does not hold up one that is preferred to it', async () => {
    const path = await listen((socket) => {
      socket.on('data', () => {
        const body = JSON.stringify({ Version: '99.1', ApiVersion: '1.99' });
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      });
    });
    // A well-known socket that accepts and says nothing.
    const silent = join(folder.path, '.orbstack/run/docker.sock');
    await mkdir(join(folder.path, '.orbstack/run'), { recursive: true });
    const mute = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => mute.listen(silent, resolve));
    try {
      const from = await open(`unix://${path}`, null);
      const mine = from.list().find((engine) => engine.id === 'socket:orbstack');
      expect(from.selected()).toMatchObject({ id: 'environment', state: 'available' });
      expect(mine?.problem, 'the silent one has not been given up yet').toBeNull();
      await waitFor(() => from.list().some((engine) => engine.state === 'not-responding'), { what: 'its verdict' });
      expect(from.selected()?.id).toBe('environment');
    } finally {
      mute.close();
    }
  });
});

describe('an engine that is not ours to use', () => {
  it('is denied, with the group to join', async () => {
    const path = await listen((socket) => socket.destroy());
    // The group `daemon` has number 1 on every system with an /etc/group.
    await chown(path, 0, 1);
    await chmod(path, 0o660);
    await chmod(folder.path, 0o755);
    const setUser = process.seteuid;
    if (setUser === undefined || process.geteuid?.() !== 0) throw new Error('this test needs root');
    const groups = process.getgroups?.() ?? [];
    process.setgroups?.([65534]);
    process.setegid?.(65534);
    setUser.call(process, 65534);
    try {
      const from = await open(`unix://${path}`);
      expect(from.selected()).toMatchObject({
        state: 'denied',
        problem: { remedy: expect.stringMatching(/usermod -aG daemon/) },
      });
      expect(() => from.current()).toThrow(expect.objectContaining({ code: 'docker.denied' }));
    } finally {
      setUser.call(process, 0);
      process.setegid?.(0);
      process.setgroups?.(groups);
    }
  });
});

describe('something else at the other end', () => {
  const client = (path: string) => createDockerClient({ engineId: 'odd', endpoint: { kind: 'unix', path } });
  const ping = (path: string, timeoutMs = 500) =>
    client(path).call('answer', { signal: never, timeoutMs }, (docker) => docker.ping());

  it('that never answers fails by the deadline', async () => {
    await expect(ping(await listen(() => undefined), 200)).rejects.toMatchObject({ code: 'docker.not-responding' });
  });

  it('that hangs up is gone', async () => {
    await expect(ping(await listen((socket) => socket.destroy()))).rejects.toMatchObject({ code: 'docker.gone' });
  });

  it('that speaks no HTTP is an error of its own, not a crash', async () => {
    await expect(ping(await listen((socket) => socket.end('SSH-2.0-OpenSSH\r\n')))).rejects.toMatchObject({
      code: 'docker.gone',
    });
  });

  it('that begins an answer and stops in the middle fails by the deadline', async () => {
    const path = await listen((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Vers'));
    await expect(ping(path, 200)).rejects.toMatchObject({ code: 'docker.not-responding' });
  });

  it('that is no socket, or was removed, is gone', async () => {
    const path = await listen(() => undefined);
    await rm(path);
    await expect(ping(path)).rejects.toMatchObject({ code: 'docker.gone' });
    await expect(ping('/etc/hostname')).rejects.toMatchObject({ code: 'docker.gone' });
  });
});
