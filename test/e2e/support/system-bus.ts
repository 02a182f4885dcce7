import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dbus from '@homebridge/dbus-native';
import { expect } from '@playwright/test';

/** A system bus of its own, with something on it that says what systemd's logind says. */
export interface TestSystemBus {
  /** For programs that are to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** `PrepareForSleep`: true before the machine sleeps, false when it is awake again. */
  prepareForSleep(sleeps: boolean): void;
  close(): Promise<void>;
}

const config = (
  address: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>${address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
  </policy>
</busconfig>
`;

interface RawBus {
  readonly connection: { end(): void; on(event: 'error', listener: () => void): void };
  requestName(name: string, flags: number, done: (error: unknown) => void): void;
  sendSignal(path: string, from: string, member: string, signature: string, body: readonly unknown[]): void;
}

export async function openSystemBus(): Promise<TestSystemBus> {
  const folder = await mkdtemp(join(tmpdir(), 'gh-system-'));
  const socket = join(folder, 'bus');
  const address = `unix:path=${socket}`;
  await writeFile(join(folder, 'bus.conf'), config(address));
  const parameters = [`--config-file=${join(folder, 'bus.conf')}`, '--nofork', '--nopidfile'];
  const daemon: ChildProcess = spawn('dbus-daemon', parameters, { stdio: 'ignore' });
  daemon.on('error', () => undefined);
  let logind: RawBus | undefined;
  const own = (): Promise<boolean> =>
    new Promise((resolve) => {
      const { createClient } = dbus as unknown as { createClient(options: { busAddress: string }): RawBus };
      const bus = createClient({ busAddress: address });
      bus.connection.on('error', () => resolve(false));
      bus.requestName('org.freedesktop.login1', 0, (error) => {
        logind = bus;
        resolve(error === null || error === undefined);
      });
    });
  await expect.poll(own, { timeout: 10_000 }).toBe(true);
  return {
    environment: { DBUS_SYSTEM_BUS_ADDRESS: address },
    prepareForSleep(sleeps) {
      logind?.sendSignal('/org/freedesktop/login1', 'org.freedesktop.login1.Manager', 'PrepareForSleep', 'b', [sleeps]);
    },
    async close() {
      logind?.connection.end();
      daemon.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
