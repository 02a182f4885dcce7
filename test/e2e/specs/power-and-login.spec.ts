import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { toneColours } from '../../../electron/desktop/icon-shapes.ts';
import { openLinuxDesktop } from '../../../electron/desktop/linux-desktop.ts';
import { connectSocket, type RunningEngine } from '../../../electron/doors/socket-client.ts';
import type { CheckView } from '../../../shared/contract/health.ts';
import { defaultAlertSettings } from '../../../shared/domain/alert-types.ts';
import type { Tone } from '../../../shared/looks/health-look.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { electronProgram, isolated, launchApp, newHome, type RunningApp, root } from '../support/app.ts';
import { openDesktop, type TestDesktop } from '../support/desktop.ts';
import { rawCall } from '../support/raw-port.ts';
import { screenshotFolder } from '../support/screens.ts';
import { openSystemBus, type TestSystemBus } from '../support/system-bus.ts';
import { findTrayIcon } from '../support/tray-icon.ts';

/** Sleep, a session bus that goes away, start at login, dense screens: the desktop around the app. */

let desktop: TestDesktop;
let system: TestSystemBus;
let stack: StackCopy;
let home: string;
let running: RunningApp | undefined;
let environmentId: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await copyStack('http');
  environmentId = `${stack.projectName}/main`;
  home = await newHome();
  desktop = await openDesktop();
  system = await openSystemBus();
  running = await launchApp({ home, environment: desktop.environment });
  const alerts = { ...defaultAlertSettings, graceMs: 0, holdMs: 500 };
  await must('settings/set', { alerts, startAtLogin: true });
  await must('stacks/add', { folder: stack.folder });
  await must('environments/up', { environmentId });
  await expect.poll(async () => (await check()).state, { timeout: 60_000 }).toBe('healthy');
});
test.afterAll(async () => {
  await running?.close();
  await desktop?.close();
  await system?.close();
  await stack?.remove();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function must(procedure: string, input: unknown): Promise<unknown> {
  if (running === undefined) throw new Error('the app does not run');
  const answer = await rawCall(running.page, procedure, input);
  expect(answer, procedure).toMatchObject({ status: 200 });
  return answer.body;
}

const check = async (): Promise<CheckView> => {
  const [first] = (await must('health/checks', { environmentId })) as CheckView[];
  if (first === undefined) throw new Error('nothing is checked');
  return first;
};

const crash = (): Promise<unknown> =>
  fetch(`http://127.0.0.1:${stack.ports['HTTP_PORT']}/fault?mode=exit&code=3`, { method: 'POST' }).catch(
    () => undefined,
  );

const visible = (): Promise<boolean> =>
  (running as RunningApp).app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true);

async function pixelsOf(tone: Tone, on = desktop): Promise<number> {
  return (await on.panelColours()).get(toneColours[tone].join(',')) ?? 0;
}

test('notifications come again from a notification service that was started again', async () => {
  await desktop.stopNotifications();
  await desktop.startNotifications();
  expect(await desktop.displayed()).toBe(0);
  await crash();
  await expect.poll(() => desktop.displayed()).toBe(1);
  await desktop.pressButton('Restart');
  await expect.poll(async () => (await check()).state, { timeout: 30_000 }).toBe('healthy');
  await expect.poll(() => desktop.displayed(), { timeout: 30_000 }).toBe(0);
});

/** The words of an Exec line, as the Desktop Entry Specification quotes them. */
function execOf(entry: string): string[] {
  const line = /^Exec=(.*)$/m.exec(entry)?.[1]?.replaceAll('\\\\', '\\') ?? '';
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, word = '']) =>
    word.replace(/\\(.)/g, '$1').replaceAll('%%', '%'),
  );
}

test('it starts at login as the autostart entry says: in the tray, without a window; a click opens it', async () => {
  const file = join(home, '.config', 'autostart', 'golden-hour.desktop');
  const entry = await readFile(file, 'utf8');
  const command = execOf(entry);
  expect(command.at(-1)).toBe('--hidden');
  await running?.close();
  const [program = '', ...parameters] = command;
  running = await launchApp({ home, environment: desktop.environment, command: [program, ...parameters] });
  await expect.poll(() => pixelsOf('healthy')).toBeGreaterThan(40);
  expect(await visible()).toBe(false);
  await desktop.takePicture(join(screenshotFolder, 'tray-hidden-start.png'));
  const tray = await findTrayIcon(desktop.bus);
  await tray.activate();
  await expect.poll(visible).toBe(true);
  await must('settings/set', { startAtLogin: false });
  await expect.poll(() => readFile(file, 'utf8').catch(() => 'gone')).toBe('gone');
});

test('the icon is sharp on a dense screen', async () => {
  const plain = await pixelsOf('healthy');
  await running?.close();
  const dense = await openDesktop({ scale: 2 });
  try {
    running = await launchApp({ home, environment: dense.environment, parameters: ['--force-device-scale-factor=2'] });
    await expect.poll(() => pixelsOf('healthy', dense)).toBeGreaterThan(3 * plain);
    await dense.takePicture(join(screenshotFolder, 'tray-healthy-dense.png'));
    await running.close();
    running = undefined;
  } finally {
    await dense.close();
  }
});

test('what speaks to the desktop finds a session bus that was away again', async () => {
  const offered: boolean[] = [];
  const linux = openLinuxDesktop({
    environment: desktop.environment,
    onChosen: () => undefined,
    onTray: (there) => offered.push(there),
    onLock: () => undefined,
  });
  const notice = { title: 'a test', lines: [], urgency: 'normal', silent: false, buttons: [] } as const;
  try {
    await expect.poll(() => offered.at(-1)).toBe(true);
    await desktop.stopBus();
    await expect.poll(() => offered.at(-1)).toBe(false);
    // Nobody is there to show it.
    linux.notices.show(1, notice);
    await desktop.startBus();
    await expect.poll(() => offered.at(-1), { timeout: 40_000 }).toBe(true);
    linux.notices.show(2, notice);
    await expect.poll(() => desktop.displayed()).toBe(1);
  } finally {
    linux.close();
  }
});

/**
 * Without Playwright: Chromium cuts its own connections when the machine goes to sleep, also the one that a test would
 * speak to it over.
 */
test('a machine that sleeps is noticed through logind, and what was known is looked at anew', async () => {
  const environment = isolated(home, { ...desktop.environment, ...system.environment });
  const app = spawn(electronProgram(), [root], { env: environment, stdio: 'ignore' });
  const gone = once(app, 'exit');
  try {
    const { client } = await engineOf(environment);
    const own = async (): Promise<CheckView> => {
      const [first] = await client.health.checks({ environmentId });
      if (first === undefined) throw new Error('nothing is checked');
      return first;
    };
    const nextIn = async (): Promise<number> => ((await own()).nextAt ?? 0) - Date.now();
    await expect.poll(async () => (await own().catch(() => null))?.state, { timeout: 30_000 }).toBe('healthy');
    await client.health.setCheck({ environmentId, service: 'http', check: { interval: '1h' } });
    await expect.poll(nextIn, { timeout: 30_000 }).toBeGreaterThan(3e6);
    for (const sleeps of [true, false]) {
      const { probes } = (await own()).counters;
      system.prepareForSleep(sleeps);
      await expect.poll(async () => (await own()).counters.probes).toBeGreaterThan(probes);
      await expect.poll(nextIn, { timeout: 30_000 }).toBeGreaterThan(3e6);
    }
    await client.health.setCheck({ environmentId, service: 'http', check: null });
  } finally {
    app.kill();
    await gone;
  }
});

/** The engine in the app, over the socket that the command line uses. */
async function engineOf(environment: Readonly<Record<string, string>>): Promise<RunningEngine> {
  let found: RunningEngine | undefined;
  const look = async (): Promise<boolean> => {
    const dataFolder = environment['GOLDEN_HOUR_HOME'] ?? '';
    found = await connectSocket({ dataFolder, environment }).catch(() => undefined);
    return found !== undefined;
  };
  await expect.poll(look, { timeout: 30_000 }).toBe(true);
  return found as RunningEngine;
}
