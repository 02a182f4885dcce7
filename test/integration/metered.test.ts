import { type ChildProcess, spawn } from 'node:child_process';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import dbus from '@homebridge/dbus-native';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMetered } from '../../electron/engine/platform/metered.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** A bus of our own with a NetworkManager on it that says what the test wants. */

interface Bus {
  requestName(name: string, flags: number, done: (error: unknown) => void): void;
  exportInterface(object: object, path: string, description: object): void;
}
const { createClient } = dbus as unknown as { createClient(options: object): Bus };

const signal = new AbortController().signal;
let folder: TemporaryFolder;
let daemon: ChildProcess;
let socket = '';
const manager = { Metered: 0 };

beforeAll(async () => {
  folder = await temporaryFolder();
  socket = join(folder.path, 'bus');
  daemon = spawn('dbus-daemon', ['--session', '--nofork', `--address=unix:path=${socket}`], { stdio: 'ignore' });
  const stream = await waitFor(
    () =>
      new Promise<ReturnType<typeof createConnection> | null>((resolve) => {
        const own = createConnection(socket);
        own.once('connect', () => resolve(own));
        own.once('error', () => resolve(null));
      }),
    { what: 'the bus' },
  );
  expect(await readMetered('linux', signal, socket)).toBe(false);
  const bus = createClient({ stream });
  bus.exportInterface(manager, '/org/freedesktop/NetworkManager', {
    name: 'org.freedesktop.NetworkManager',
    methods: {},
    signals: {},
    properties: { Metered: 'u' },
  });
  await new Promise<void>((resolve, reject) =>
    bus.requestName('org.freedesktop.NetworkManager', 0, (error) => (error == null ? resolve() : reject(error))),
  );
});
afterAll(async () => {
  daemon?.kill();
  await folder?.remove();
});

it('asks NetworkManager whether the network costs by the byte', async () => {
  for (const [value, expected] of [
    [0, false],
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ] as const) {
    manager.Metered = value;
    expect(await readMetered('linux', signal, socket)).toBe(expected);
  }
});

it('takes it for not metered where nobody can be asked', async () => {
  manager.Metered = 1;
  expect(await readMetered('linux', signal, join(folder.path, 'none'))).toBe(false);
  expect(await readMetered('darwin', signal, socket)).toBe(false);
});
