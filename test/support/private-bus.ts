import { spawn } from 'node:child_process';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import dbus from '@homebridge/dbus-native';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

/** The side of a bus that offers something. */
export interface BusPeer {
  requestName(name: string, flags: number, done: (error: unknown) => void): void;
  exportInterface(object: object, path: string, description: object): void;
  sendSignal(path: string, face: string, name: string, signature: string, body: readonly unknown[]): void;
}

export interface PrivateBus {
  /** Path of its socket. */
  readonly socket: string;
  readonly folder: string;
  connect(): Promise<BusPeer>;
  close(): Promise<void>;
}

const { createClient } = dbus as unknown as { createClient(options: { stream: Socket }): BusPeer };

/** A D-Bus of the test's own. */
export async function privateBus(): Promise<PrivateBus> {
  const folder = await temporaryFolder();
  const socket = join(folder.path, 'bus');
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', `--address=unix:path=${socket}`], { stdio: 'ignore' });
  const dial = (): Promise<Socket | null> =>
    new Promise((resolve) => {
      const own = createConnection(socket);
      own.once('connect', () => resolve(own));
      own.once('error', () => resolve(null));
    });
  const first = await waitFor(dial, { what: 'the bus answers' });
  first.destroy();
  const streams: Socket[] = [];
  return {
    socket,
    folder: folder.path,
    async connect() {
      const stream = await dial();
      if (stream === null) throw new Error('The bus is away.');
      streams.push(stream);
      return createClient({ stream });
    },
    async close() {
      for (const stream of streams) stream.destroy();
      daemon.kill();
      await folder.remove();
    },
  };
}
