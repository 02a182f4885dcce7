import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Locator, test } from '@playwright/test';
import { defaultAlertSettings } from '../../../shared/domain/alert-types.ts';
import { connectDocker, fixtureImages } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { settingsPage } from '../pages/settings-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

const goldenFile = `version: 1
# How we look after it
health:
  defaults:
    interval: 2s # quick, for the test
    successes: 1
`;
const composeFile = `services:
  api:
    image: ${fixtureImages.http}
    environment: { QUIET_HEALTH: '1' }
    ports: ['127.0.0.1:\${HTTP_PORT:-18090}:8080']
    init: true
    stop_grace_period: 0s
  worker:
    image: ${fixtureImages.tools}
    command: [sh, -c, 'echo starting; echo "FATAL: no licence found" >&2; sleep inf']
    depends_on: [api]
    init: true
    stop_grace_period: 0s
`;

let running: RunningApp;
let stack: StackCopy;
let id: string;
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await copyStack('http', { files: { 'compose.yaml': composeFile, 'golden.yml': goldenFile } });
  id = `${stack.projectName}/main`;
  running = await launchApp();
  // Without the quiet that follows our own operations.
  const alerts = { ...defaultAlertSettings, graceMs: 0 };
  expect(await rawCall(running.page, 'settings/set', { alerts })).toMatchObject({ status: 200 });
  const add = addStackPage(running.page);
  await add.lookAt(stack.folder);
  await add.addAndStart.click();
  await expect(shellPage(running.page).heading(id)).toBeVisible();
  for (const name of ['api', 'worker']) await stackPage(running.page).expectState(name, 'Healthy', 60_000);
});
test.afterAll(async () => {
  await running?.close();
  await stack?.remove();
});

const attention = (): Locator => running.page.getByRole('region', { name: 'Needs attention' });

test('draws the day, and reads any moment of it by keyboard', async () => {
  const { page } = running;
  await shellPage(page).goTo('Today');
  const horizon = page.getByRole('region', { name: 'Horizon' });
  const day = horizon.getByRole('slider');
  await expect(horizon).toContainText('worker');
  await expect(day).toHaveAttribute('aria-valuetext', /All healthy 2 services/, { timeout: 30_000 });
  const now = Number(await day.getAttribute('aria-valuenow'));
  await day.focus();
  await expect(async () => {
    await page.keyboard.press('End');
    await page.keyboard.press('PageDown');
    // The last mark is the start of the stack, once it has ended.
    await expect(day).toHaveAttribute('aria-valuetext', /is up|Start/, { timeout: 1000 });
  }).toPass({ timeout: 60_000 });
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(day).toHaveAttribute('aria-valuetext', /Still to come/);
  await page.keyboard.press('Escape');
  expect(Math.abs(Number(await day.getAttribute('aria-valuenow')) - now)).toBeLessThanOrEqual(2);
  await takeScreens(running, 'today', accessibleInBothThemes(page));
});

test('says within seconds what went down and why, and brings it back from there', async () => {
  const { page } = running;
  const exec = await connectDocker()
    .getContainer(`${stack.projectName}-worker-1`)
    .exec({ Cmd: ['sh', '-c', 'kill -9 -1'], User: 'root' });
  await exec.start({ Detach: true });
  await expect(attention()).toContainText('worker is down', { timeout: 20_000 });
  await expect(attention()).toContainText(/[Ww]as killed|[Ee]xited/);
  // The notice comes a little later, with the line of the log that tells, and with all its buttons.
  await expect(attention()).toContainText('FATAL: no licence found', { timeout: 30_000 });
  await expect(attention().getByRole('button', { name: /^Restart: worker/ })).toBeVisible();
  await takeScreens(running, 'today-down', accessibleInBothThemes(page));

  await shellPage(page).environment('main').click();
  await stackPage(page).expectState('worker', 'Down');
  await takeScreens(running, 'stack-down', accessibleInBothThemes(page));

  await shellPage(page).goTo('Activity');
  await page.getByRole('radio', { name: /^Incidents/ }).click();
  const incidents = page.getByRole('grid', { name: 'Incidents' });
  await incidents.getByText('worker is down').click();
  const panel = page.getByRole('complementary', { name: /worker is down/ });
  await expect(panel).toContainText('FATAL: no licence found');
  await expect(panel.getByRole('button', { name: 'Restore…' })).toBeVisible();
  await takeScreens(running, 'incident', accessibleInBothThemes(page));

  await shellPage(page).goTo('Today');
  await attention()
    .getByRole('button', { name: /^Restart: worker/ })
    .click();
  await expect(attention()).toContainText('Nothing right now', { timeout: 60_000 });
  await page.getByRole('button', { name: /worker was down/ }).click();
  await expect(page.getByRole('complementary', { name: 'worker was down' })).toContainText('Over');
});

test('applies a hint to golden.yml with one click', async () => {
  const { page } = running;
  await shellPage(page).environment('main').click();
  const main = page.getByRole('main');
  const line = main.getByRole('region', { name: 'Hints' });
  await line.getByRole('button', { name: /^Show/ }).click();
  const hints = page.getByRole('complementary', { name: 'Hints' });
  const hint = hints.getByRole('listitem').filter({ hasText: 'It answers HTTP at /health.' });
  await expect(hint.getByRole('group', { name: 'Change for api' })).toContainText('path: /health');
  await takeScreens(running, 'stack-hints', accessibleInBothThemes(page));
  await hint.getByRole('button', { name: 'Apply' }).click();
  await expect(hint.getByRole('status')).toHaveText('api: GET /health on port 8080 as its check, from now on.');
  await hint.getByRole('button', { name: 'Done' }).click();
  await expect(hint).toBeHidden();
  const file = join(stack.folder, 'golden.yml');
  expect(await readFile(file, 'utf8')).toContain('# How we look after it');
  await hints.getByRole('button', { name: 'Close' }).click();
  await stackPage(page).open('api');
  const health = await stackPage(page).openTab('api', 'Health');
  await expect(health).toContainText('http GET /health on port 8080');
  await writeFile(file, goldenFile);
  await expect(health).toContainText('opens port 8080', { timeout: 30_000 });
});

test('runs a command of a check on this machine once it was allowed', async () => {
  const { page } = running;
  const file = join(stack.folder, 'golden.yml');
  await writeFile(
    file,
    `${goldenFile}  services:\n    worker: { probe: { command: { run: [test, -f, compose.yaml], in: host } } }\n`,
  );
  await stackPage(page).open('worker');
  await stackPage(page).openTab('worker', 'Overview');
  const worker = stackPage(page).panel('worker');
  await worker.getByRole('button', { name: 'Look at it' }).click();
  const command = worker.getByRole('region', { name: 'Command on this machine' });
  await expect(command).toContainText('test -f compose.yaml');
  await takeScreens(running, 'stack-host-command', accessibleInBothThemes(page));
  await command.getByRole('button', { name: 'Allow this command' }).click();
  await expect(command).toContainText('You allowed exactly this');
  await worker.getByRole('button', { name: 'Check now' }).click();
  await expect(worker).toContainText('The command ended with 0.');
  await command.getByRole('button', { name: 'Withdraw' }).click();
  await expect(command.getByRole('button', { name: 'Allow this command' })).toBeVisible();
  await writeFile(file, goldenFile);
  await expect(command).toBeHidden({ timeout: 30_000 });
});

test('tries a check, shows what would change in golden.yml, and keeps its comments', async () => {
  const { page } = running;
  await shellPage(page).environment('main').click();
  const services = stackPage(page);
  await services.open('api');
  const health = await services.openTab('api', 'Health');
  await expect(health).toContainText('suggested');
  await takeScreens(running, 'stack-health', accessibleInBothThemes(page));
  await health.getByRole('button', { name: 'Edit' }).click();
  await health.getByRole('combobox', { name: 'Check' }).selectOption('HTTP answer');
  await health.getByLabel('Port in the container').fill('8080');
  await health.getByLabel('Path').fill('nowhere');
  await expect(health.getByRole('alert')).toContainText('starts with /');
  await health.getByLabel('Path').fill('/no-such-page');
  await health.getByRole('button', { name: 'Try' }).click();
  await expect(health.getByRole('status')).toContainText('It fails');
  await health.getByLabel('Path').fill('/health');
  await health.getByRole('button', { name: 'Try' }).click();
  await expect(health.getByRole('status')).toContainText('It answers');
  await health.getByLabel('Down after failures').fill('2');
  await takeScreens(running, 'stack-check-editor', accessibleInBothThemes(page));
  await health.getByRole('button', { name: 'Show the change' }).click();
  await expect(health.getByRole('group', { name: 'What would change' })).toContainText('/health');
  await takeScreens(running, 'stack-check-diff', accessibleInBothThemes(page));
  const file = join(stack.folder, 'golden.yml');
  expect(await readFile(file, 'utf8')).toBe(goldenFile);
  await health.getByRole('button', { name: 'Save to golden.yml' }).click();
  await expect(health).toContainText('http GET /health on port 8080');
  const saved = await readFile(file, 'utf8');
  expect(saved).toContain('# How we look after it');
  expect(saved).toContain('interval: 2s # quick, for the test');
  expect(saved).toMatch(/api:\n\s+probe:\n\s+http:/);
});

test('keeps figures over time, and hands them out as a file', async () => {
  const { page, app } = running;
  const stats = await stackPage(page).openTab('api', 'Stats');
  await expect(stats.locator('canvas').first()).toBeVisible({ timeout: 30_000 });
  await expect(stats).toContainText('CPU, per cent of one core');
  const target = join(running.home, 'figures.csv');
  await app.evaluate(({ session }, path) => {
    session.defaultSession.once('will-download', (_event, item) => item.setSavePath(path));
  }, target);
  await stats.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: /CSV/ }).click();
  await expect.poll(() => readFile(target, 'utf8').catch(() => ''), { timeout: 15_000 }).toContain('cpu_percent');
});

test('pauses watching, mutes a service and lists both in the settings', async () => {
  const { page } = running;
  const main = page.getByRole('main');
  await main.getByRole('button', { name: 'More for this stack' }).click();
  await page.getByRole('menuitem', { name: 'Pause watching for 1 h' }).click();
  await expect(main).toContainText('Not watched until');
  const row = stackPage(page).row('worker');
  await row.hover();
  await row.getByRole('button', { name: 'More for worker' }).click();
  await page.getByRole('menuitem', { name: 'Mute worker' }).click();
  await shellPage(page).goTo('Settings');
  const quiet = settingsPage(page).section('Notifications');
  await expect(quiet).toContainText(`worker of ${id}`);
  await quiet.getByRole('button', { name: `Watch ${id}` }).click();
  await quiet.getByRole('button', { name: `Unmute worker of ${id}` }).click();
  await expect(quiet).toContainText('Nothing. A service is muted');

  await quiet.getByLabel('Quiet hours', { exact: true }).getByRole('radio', { name: 'On' }).click();
  const from = quiet.getByRole('textbox', { name: 'Quiet hours, from' });
  await from.fill('22:30');
  await from.press('Enter');
  await page.reload();
  await expect(
    settingsPage(page).section('Notifications').getByRole('textbox', { name: 'Quiet hours, from' }),
  ).toHaveValue('22:30');
});
