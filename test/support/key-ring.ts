import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { busSocket, keepSessionBus } from '../../electron/engine/session-bus.ts';
import { temporaryFolder } from './temp.ts';
import { waitFor } from './wait.ts';

/** A session bus of its own with the real GNOME Keyring on it, its login keyring unlocked. */
export interface TestKeyRing {
  readonly environment: Readonly<Record<string, string>>;
  lock(): Promise<void>;
  /** Labels and attributes as any program on the bus sees them. */
  attributes(): Promise<string>;
  close(): Promise<void>;
}

const service = 'org.freedesktop.secrets';
const run = promisify(execFile);

/** Why there is no key ring to test with; null: there is one. In continuous integration there has to be. */
export async function keyRingMissing(): Promise<string | null> {
  for (const program of ['dbus-daemon', 'gnome-keyring-daemon']) {
    const there = await run(program, ['--version']).then(
      () => true,
      () => false,
    );
    if (there) continue;
    const message = `${program} is not installed`;
    if (process.env.CI !== undefined) throw new Error(message);
    console.warn(`\n!! The real key store is NOT tested: ${message}. !!\n`);
    return message;
  }
  return null;
}

export async function openKeyRing(): Promise<TestKeyRing> {
  const home = await temporaryFolder();
  const children: ChildProcess[] = [];
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(DBUS_|DISPLAY|WAYLAND|XDG_|GNOME_|SSH_)/.test(entry[0]),
    ),
  );
  const base = {
    ...clean,
    HOME: home.path,
    XDG_RUNTIME_DIR: home.path,
    XDG_DATA_HOME: join(home.path, 'data'),
    XDG_CONFIG_HOME: join(home.path, 'config'),
    XDG_CACHE_HOME: join(home.path, 'cache'),
  };
  for (const name of ['data', 'config', 'cache']) await mkdir(join(home.path, name), { mode: 0o700 });
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env: base,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(daemon);
  const address = await new Promise<string>((resolve, reject) => {
    daemon.once('error', reject);
    daemon.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
  });
  const environment = { ...base, DBUS_SESSION_BUS_ADDRESS: address };
  const ring = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', '--unlock'], {
    env: environment,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  children.push(ring);
  ring.stdin.end('a password of the test');
  const bus = keepSessionBus(busSocket(environment), [], {
    onUp: () => undefined,
    onDown: () => undefined,
    onSignal: () => undefined,
  });
  const ask = (path: string, face: string, member: string, signature?: string, body?: readonly unknown[]) =>
    bus.call({
      destination: service,
      path,
      interface: face,
      member,
      ...(signature && body ? { signature, body } : {}),
    });
  const login = async (): Promise<string> => {
    const [path] = await ask('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service', 'ReadAlias', 's', [
      'default',
    ]);
    return String(path);
  };
  await waitFor(async () => (await login().catch(() => '/')) !== '/', { what: 'the key ring' });

  return {
    environment,
    async lock() {
      await ask('/org/freedesktop/secrets', 'org.freedesktop.Secret.Service', 'Lock', 'ao', [[await login()]]);
    },
    async attributes() {
      const face = 'org.freedesktop.DBus.Properties';
      const [items] = await ask(await login(), face, 'Get', 'ss', ['org.freedesktop.Secret.Collection', 'Items']);
      const paths = JSON.stringify(items).match(/\/org\/freedesktop\/secrets\/[^"]*/g) ?? [];
      const all = await Promise.all(
        paths.map((path) => ask(path, face, 'GetAll', 's', ['org.freedesktop.Secret.Item'])),
      );
      return JSON.stringify(all);
    },
    async close() {
      bus.close();
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      await home.remove();
    },
  };
}
