import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { toneColours } from '../../../electron/desktop/icon-shapes.ts';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { defaultAlertSettings } from '../../../shared/domain/alert-types.ts';
import type { Tone } from '../../../shared/looks/health-look.ts';
import { connectDocker } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { enginePid, launchApp, type RunningApp, waitForConnection } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { openDesktop, type TestDesktop } from '../support/desktop.ts';
import { rawCall } from '../support/raw-port.ts';
import { screenshotFolder, takeScreens } from '../support/screens.ts';
import { findTrayIcon } from '../support/tray-icon.ts';

let desktop: TestDesktop;
let stack: StackCopy;
let running: RunningApp;
let environmentId: string;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await copyStack('http');
  environmentId = `${stack.projectName}/main`;
  desktop = await openDesktop();
  running = await launchApp({ environment: desktop.environment });
  // Without the quiet that follows our own operations, and with little to wait for.
  const alerts = { ...defaultAlertSettings, graceMs: 0, holdMs: 500, maxPerHour: 60 };
  await must('settings/set', { alerts });
  await must('stacks/add', { folder: stack.folder });
  await must('environments/up', { environmentId });
  await expect.poll(async () => (await environment()).health, { timeout: 60_000 }).toBe('healthy');
});
test.afterAll(async () => {
  await running?.close();
  await desktop?.close();
  await stack?.remove();
});

async function must(procedure: string, input: unknown): Promise<unknown> {
  const answer = await rawCall(running.page, procedure, input);
  expect(answer, procedure).toMatchObject({ status: 200 });
  return answer.body;
}

const environment = async (): Promise<EnvironmentView> =>
  (await must('environments/get', { environmentId })) as EnvironmentView;

/** Pixels of the panel in the colour of a state. */
async function pixelsOf(tone: Tone): Promise<number> {
  return (await desktop.panelColours()).get(toneColours[tone].join(',')) ?? 0;
}

/** The service ends by itself: nobody asked for it. */
async function crash(): Promise<void> {
  const address = `http://127.0.0.1:${stack.ports['HTTP_PORT']}/fault?mode=exit&code=3`;
  // It may end before it has answered.
  await fetch(address, { method: 'POST' }).catch(() => undefined);
}

const visible = (): Promise<boolean> =>
  running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true);

async function closeWindow(): Promise<void> {
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
}

test('the tray shows how the stack is, in light and dark panels', async () => {
  await expect.poll(() => pixelsOf('healthy')).toBeGreaterThan(40);
  const tray = await findTrayIcon(desktop.bus);
  expect(await tray.labels()).toEqual(
    expect.arrayContaining([environmentId, '1 of 1 healthy', 'Stop', 'Restore…', 'Open', 'Pause watching for 1 hour']),
  );
  await desktop.takePicture(join(screenshotFolder, 'tray-healthy-light.png'));
  await desktop.setDark(true);
  await expect.poll(() => pixelsOf('healthy')).toBeGreaterThan(40);
  await desktop.takePicture(join(screenshotFolder, 'tray-healthy-dark.png'));
});

test('a crash is told once, with its cause; the tray shows it', async () => {
  await crash();
  await expect.poll(() => desktop.displayed()).toBe(1);
  await expect.poll(() => pixelsOf('down')).toBeGreaterThan(40);
  expect(await pixelsOf('healthy')).toBe(0);
  const tray = await findTrayIcon(desktop.bus);
  expect(await tray.labels()).toContain('0 of 1 healthy – http is down');
  await desktop.takePicture(join(screenshotFolder, 'tray-down-dark.png'));
  await desktop.setDark(false);
  await expect.poll(() => pixelsOf('down')).toBeGreaterThan(40);
  await desktop.takePicture(join(screenshotFolder, 'tray-down-light.png'));
});

test('a click opens it as a sheet with all there is to do; Snooze puts it off', async () => {
  const { page } = running;
  await desktop.pressButton('Open');
  const sheet = page.getByRole('complementary', { name: 'http is down' });
  await expect(sheet).toContainText('Exited with code 3');
  for (const name of ['Restart', 'Logs', 'Restore…', 'Snooze: 4 h', 'Mute'])
    await expect(sheet.getByRole('button', { name, exact: true })).toBeVisible();
  await takeScreens(running, 'notice', accessibleInBothThemes(page));
  await sheet.getByRole('button', { name: 'Tell me when healthy' }).click();
  await sheet.getByRole('button', { name: 'Do not tell me when healthy' }).click();
  await expect(sheet.getByRole('button', { name: 'Tell me when healthy' })).toBeVisible();

  await desktop.pressButton('Snooze for 1 hour');
  await shellPage(page).environment('main').click();
  await stackPage(page).open('http');
  const overview = stackPage(page).panel('http');
  await expect(overview).toContainText('snoozed until');
  await expect.poll(() => desktop.displayed()).toBe(0);
  // What goes on when a snooze is over is told again.
  await overview.getByRole('button', { name: 'End', exact: true }).click();
  await expect(overview).not.toContainText('snoozed until');
  await expect.poll(() => desktop.displayed()).toBe(1);
});

test('Restart in the notification starts the service', async () => {
  await desktop.pressButton('Restart');
  await expect.poll(async () => (await environment()).health, { timeout: 30_000 }).toBe('healthy');
  const { State } = await connectDocker().getContainer(`${stack.projectName}-http-1`).inspect();
  expect(State.Running).toBe(true);
  await expect.poll(() => pixelsOf('healthy')).toBeGreaterThan(40);
  await expect.poll(() => desktop.displayed()).toBe(0);
  const [told] = await desktop.past();
  expect(told?.summary).toContain('http');
  expect(told?.body).toContain(environmentId);
});

test('a notification goes when it is no longer true, and is not repeated by an engine that is started again', async () => {
  await crash();
  await expect.poll(() => desktop.displayed()).toBe(1);
  await desktop.pressButton('Restore…');
  await expect(running.page.getByRole('heading', { name: 'Golden images', level: 1 })).toBeVisible();
  // Who asked for it is told when it is healthy again.
  await must('notices/tellWhenHealthy', { environmentId, service: 'http', wanted: true });
  await must('environments/up', { environmentId });
  const sheet = running.page.getByRole('complementary', { name: /http is healthy again/ });
  await expect(async () => {
    await desktop.pressButton('Open');
    await expect(sheet).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect.poll(() => desktop.displayed()).toBe(0);
  await crash();
  await expect.poll(() => desktop.displayed()).toBe(1);
  const before = await desktop.past();
  process.kill(await enginePid(running.app), 'SIGKILL');
  await waitForConnection(running.page);
  // A call of ours may still have gone to the engine that died; unlike the page it does not dial again by itself.
  const health = async (): Promise<string | undefined> => (await environment().catch(() => undefined))?.health;
  await expect.poll(health, { timeout: 45_000 }).toBe('down');
  expect(await desktop.displayed()).toBe(1);
  expect(await desktop.past()).toEqual(before);
  // Its buttons work on what the engine knows now.
  await desktop.pressButton('Logs');
  await expect(running.page.getByRole('tab', { name: /^Logs/, selected: true })).toBeVisible();
});

test('closing the window asks once and hides it in the tray, a click brings it back, Quit ends', async () => {
  await running.app.evaluate(({ dialog }) => {
    const asked: unknown[] = [];
    (globalThis as unknown as Record<string, unknown>)['asked'] = asked;
    const answer = async (...given: unknown[]): Promise<{ response: number; checkboxChecked: boolean }> => {
      asked.push(given.at(-1));
      return { response: 0, checkboxChecked: false };
    };
    dialog.showMessageBox = answer as typeof dialog.showMessageBox;
  });
  const asked = (): Promise<number> =>
    running.app.evaluate(() => ((globalThis as unknown as Record<string, unknown[]>)['asked'] ?? []).length);
  await closeWindow();
  await expect.poll(visible).toBe(false);
  expect(await asked()).toBe(1);
  const tray = await findTrayIcon(desktop.bus);
  await tray.activate();
  await expect.poll(visible).toBe(true);
  await expect.poll(async () => ((await must('settings/get', undefined)) as { closeTo: string }).closeTo).toBe('tray');
  await closeWindow();
  await expect.poll(visible).toBe(false);
  expect(await asked()).toBe(1);

  // A window that is only in the tray does not go with it.
  await desktop.stopPanel();
  await expect.poll(visible).toBe(true);
  await desktop.startPanel();
  const again = await findTrayIcon(desktop.bus);
  await closeWindow();
  await expect.poll(visible).toBe(false);
  const gone = running.app.waitForEvent('close');
  await again.choose('Quit Golden Hour');
  await gone;
});
