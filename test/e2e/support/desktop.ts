import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { watcherName } from '../../../electron/desktop/tray-host.ts';
import { busSocket, keepSessionBus, type SessionBus } from '../../../electron/engine/session-bus.ts';

/** A Linux desktop of its own: a display, a session bus, a panel that hosts tray icons, a notification service. */
export interface TestDesktop {
  /** For programs that are to run on it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly bus: SessionBus;
  /** The panel's colours, as if the theme had been changed. */
  setDark(dark: boolean): Promise<void>;
  /** The notification service ends; what it showed is gone. */
  stopNotifications(): Promise<void>;
  startNotifications(): Promise<void>;
  /** The session bus ends, and with it all that cannot do without. */
  stopBus(): Promise<void>;
  /** It is back at the same place, with a notification service and the panel. */
  startBus(): Promise<void>;
  stopPanel(): Promise<void>;
  startPanel(): Promise<void>;
  /** Colours of the panel as `r,g,b`, and how many pixels have each. */
  panelColours(): Promise<ReadonlyMap<string, number>>;
  takePicture(file: string): Promise<void>;
  /** How many notifications are on the screen. */
  displayed(): Promise<number>;
  /** The notifications that were closed, newest first. */
  past(): Promise<readonly { readonly summary: string; readonly body: string }[]>;
  /** Chooses from the buttons of the notification on the screen the one with this label. */
  pressButton(label: string): Promise<void>;
  close(): Promise<void>;
}

const run = promisify(execFile);
const panelHeight = 40;
const width = 1600;

/** One panel at the top, with nothing but tray icons. */
const panelSettings = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="false"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="${panelHeight}"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
`;

export interface DesktopOptions {
  /** Pixels per point of the panel: 2 on dense screens. */
  readonly scale?: 1 | 2;
}

export async function openDesktop({ scale = 1 }: DesktopOptions = {}): Promise<TestDesktop> {
  const home = await mkdtemp(join(tmpdir(), 'gh-desktop-'));
  const children: ChildProcess[] = [];
  const config = join(home, 'config');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(config, path)), { recursive: true });
    await writeFile(join(config, path), text);
  };
  await write('xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml', panelSettings);
  // dunst lets a program choose among the buttons: ours prints the line with the label that stands in a file.
  const wanted = join(home, 'wanted');
  const choose = join(home, 'choose');
  await writeFile(choose, `#!/bin/sh\ngrep -m1 -F -f ${wanted}\n`);
  await chmod(choose, 0o755);
  await write('dunst/dunstrc', `[global]\norigin = bottom-right\ndmenu = ${choose}\nidle_threshold = 0\n`);

  const start = (
    program: string,
    parameters: string[],
    environment: NodeJS.ProcessEnv,
    output = false,
  ): ChildProcess => {
    const stdio = output ? (['ignore', 'pipe', 'ignore', 'pipe'] as const) : ('ignore' as const);
    const child = spawn(program, parameters, { env: environment, stdio: stdio as 'ignore' });
    // Failing to start shows in what waits for it.
    child.on('error', () => undefined);
    children.push(child);
    return child;
  };
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(DBUS_|DISPLAY|WAYLAND|XDG_(CONFIG|RUNTIME|CACHE))/.test(name)),
  );
  const x = start('Xvfb', ['-displayfd', '3', '-screen', '0', `${width}x1200x24`, '-nolisten', 'tcp'], clean, true);
  const display = `:${await firstLine(x.stdio[3] as NodeJS.ReadableStream, 'Xvfb')}`;
  const base = { ...clean, HOME: home, XDG_CONFIG_HOME: config, XDG_RUNTIME_DIR: home, DISPLAY: display };
  let daemon: ChildProcess;
  const launchBus = async (): Promise<string> => {
    const at = `--address=unix:path=${join(home, 'bus')}`;
    daemon = start('dbus-daemon', ['--session', '--nofork', '--print-address=1', at], base, true);
    return firstLine(daemon.stdout as NodeJS.ReadableStream, 'dbus-daemon');
  };
  const address = (await launchBus()).replace(/,guid=.*$/, '');
  const own = { DISPLAY: display, DBUS_SESSION_BUS_ADDRESS: address };
  const environment = { ...base, ...own, GDK_SCALE: String(scale) };
  const within = (program: string, ...parameters: string[]) =>
    run(program, parameters, { env: environment, timeout: 20_000, encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });

  const bus = keepSessionBus(busSocket(own), [], {
    onUp: () => undefined,
    onDown: () => undefined,
    onSignal: () => undefined,
  });
  let dunst = start('dunst', [], environment);
  const notified = (): Promise<boolean> =>
    bus
      .call({
        destination: 'org.freedesktop.DBus',
        path: '/org/freedesktop/DBus',
        interface: 'org.freedesktop.DBus',
        member: 'NameHasOwner',
        signature: 's',
        body: ['org.freedesktop.Notifications'],
      })
      .then(([value]) => value === true || value === 1)
      .catch(() => false);
  const startNotifications = async (): Promise<void> => {
    dunst = start('dunst', [], environment);
    await expect.poll(notified, { timeout: 20_000 }).toBe(true);
  };
  let panel: ChildProcess | null = null;
  const hosted = async (): Promise<boolean> =>
    bus
      .call({
        destination: watcherName,
        path: '/StatusNotifierWatcher',
        interface: 'org.freedesktop.DBus.Properties',
        member: 'Get',
        signature: 'ss',
        body: [watcherName, 'IsStatusNotifierHostRegistered'],
      })
      .then(([value]) => JSON.stringify(value).includes('true'))
      .catch(() => false);
  const startPanel = async (): Promise<void> => {
    panel = start('xfce4-panel', ['--disable-wm-check'], environment);
    await expect.poll(hosted, { timeout: 20_000 }).toBe(true);
  };
  await startPanel();

  return {
    environment: own,
    bus,
    async setDark(dark) {
      await within('xfconf-query', '-c', 'xfce4-panel', '-p', '/panels/dark-mode', '-s', String(dark));
    },
    async stopBus() {
      daemon.kill('SIGKILL');
      await expect.poll(hosted, { timeout: 20_000 }).toBe(false);
    },
    async startBus() {
      await rm(join(home, 'bus'), { force: true });
      await launchBus();
      await startNotifications();
      await startPanel();
    },
    startNotifications,
    async stopNotifications() {
      dunst.kill();
      await expect.poll(notified, { timeout: 20_000 }).toBe(false);
    },
    startPanel,
    async stopPanel() {
      panel?.kill();
      await expect.poll(hosted, { timeout: 20_000 }).toBe(false);
    },
    async panelColours() {
      const area = `${width}x${panelHeight * scale}+0+0`;
      const { stdout } = await within('import', '-window', 'root', '-crop', area, '-depth', '8', 'rgb:-');
      const colours = new Map<string, number>();
      for (let at = 0; at + 2 < stdout.length; at += 3) {
        const colour = `${stdout[at]},${stdout[at + 1]},${stdout[at + 2]}`;
        colours.set(colour, (colours.get(colour) ?? 0) + 1);
      }
      return colours;
    },
    async takePicture(file) {
      await mkdir(dirname(file), { recursive: true });
      await within('import', '-window', 'root', file);
    },
    async displayed() {
      return Number((await within('dunstctl', 'count', 'displayed')).stdout.toString());
    },
    async past() {
      const { stdout } = await within('dunstctl', 'history');
      const [entries = []] = (JSON.parse(stdout.toString()) as { data: Record<string, { data: unknown }>[][] }).data;
      return entries.map((entry) => ({
        summary: String(entry['summary']?.data),
        body: String(entry['body']?.data),
      }));
    },
    async pressButton(label) {
      await writeFile(wanted, `#${label}\n`);
      await within('dunstctl', 'context');
    },
    async close() {
      bus.close();
      for (const child of children.toReversed()) child.kill('SIGKILL');
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function firstLine(stream: NodeJS.ReadableStream, program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    stream.on('end', () => reject(new Error(`${program} did not start: install it`)));
  });
}
