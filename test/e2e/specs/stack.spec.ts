import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectDocker } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { dockPage } from '../pages/dock-page.ts';
import { operationsTray } from '../pages/operations-tray.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { expectAccessible } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

let running: RunningApp;
let shop: StackCopy;
let id: string;
/** Both themes are checked at the large size; the small one changes columns, not colours or names. */
const wide = async (_theme: unknown, size: { readonly width: number }): Promise<void> => {
  if (size.width > 1000) await expectAccessible(running.page);
};
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  shop = await copyStack('shop', { variables: { FIXTURE_FAST: '1' }, files: { 'golden.yml': 'version: 1\n' } });
  id = `${shop.projectName}/main`;
  running = await launchApp();
  const add = addStackPage(running.page);
  await add.lookAt(shop.folder);
  await add.add.click();
  await expect(shellPage(running.page).heading(id)).toBeVisible();
});
test.afterAll(async () => {
  await running?.close();
  await shop?.remove();
});

test('starts every service in order, and shows it where it was started, in the rows and in the tray', async () => {
  const { page } = running;
  const [stack, tray] = [stackPage(page), operationsTray(page)];
  for (const name of ['db', 'cache', 'migrate', 'api', 'web']) await stack.expectState(name, 'Not created');
  await stack.head('Start').click();
  await expect(tray.trigger).toContainText(`Start ${id}`);
  await tray.open();
  await expect(tray.card(`Start ${id}`)).toContainText(/Check|Create|Start services|Wait/);
  await page.keyboard.press('Escape');
  for (const name of ['db', 'cache', 'api', 'web']) await stack.expectState(name, 'Healthy', 90_000);
  await stack.expectState('migrate', 'Completed');
  await expect(page.getByRole('main')).toContainText('5 of 5 healthy');
  await expect(tray.trigger).toContainText('No operations running', { timeout: 30_000 });
  await tray.open();
  await expect(tray.card(`Start ${id}`)).toContainText('is up');
  await tray.card(`Start ${id}`).getByRole('button', { name: 'Log' }).click();
  await expect(tray.list.getByRole('log')).toContainText(`${shop.projectName}-api-1`);
  await takeScreens(running, 'operations', wide);
  await page.keyboard.press('Escape');
});

test('measures every service and shows what is behind it', async () => {
  const { page } = running;
  const stack = stackPage(page);
  await stack.open('db');
  await expect(stack.row('db').getByRole('gridcell').nth(4)).toContainText(/MB/, { timeout: 30_000 });
  const overview = await stack.openTab('db', 'Overview');
  await expect(overview).toContainText('goldenhour-fixture/postgres:15');
  await expect(overview).toContainText('db-data');
  await expect(overview).toContainText('migrate, api');
  await takeScreens(running, 'stack', wide);

  const stats = await stack.openTab('db', 'Stats');
  await expect(stats.locator('canvas').first()).toBeVisible({ timeout: 30_000 });
  await expect(stats).toContainText('Memory, limit 512 MB');
  await takeScreens(running, 'stack-stats', wide);

  const config = await stack.openTab('db', 'Config');
  await expect(config).toContainText('environment.POSTGRES_DB');
  await expect(config).toContainText(/compose\.yaml:\d+:\d+/);
  await takeScreens(running, 'stack-config', wide);

  const events = await stack.openTab('db', 'Events');
  await expect(events).toContainText(`Start ${id}`);
  const logs = await stack.openTab('db', 'Logs');
  await expect(logs).toContainText('database system is ready to accept connections');
  await takeScreens(running, 'stack-logs', wide);
});

test('restarts one service by key, and the others stay', async () => {
  const { page } = running;
  const stack = stackPage(page);
  await stack.open('web');
  await stack.openTab('web', 'Events');
  const startedAt = async (): Promise<string> =>
    (await connectDocker().getContainer(`${shop.projectName}-web-1`).inspect()).State.StartedAt;
  const first = await startedAt();
  await stack.row('web').focus();
  await page.keyboard.press('r');
  await expect.poll(startedAt, { timeout: 30_000 }).not.toBe(first);
  await expect(stack.panel('web')).toContainText(/Restart .*web/, { timeout: 30_000 });
  await stack.expectState('web', 'Healthy');
  await stack.expectState('api', 'Healthy');
});

test('sorts by what was asked, and says so', async () => {
  const { page } = running;
  const stack = stackPage(page);
  const names = stack.grid.locator('[data-row]');
  await stack.grid.getByRole('button', { name: 'Service' }).click();
  await expect(names.first()).toHaveAttribute('data-row', 'api');
  await stack.grid.getByRole('button', { name: 'Service' }).click();
  await expect(names.first()).toHaveAttribute('data-row', 'web');
  await expect(stack.grid.getByRole('columnheader', { name: 'Service' })).toHaveAttribute('aria-sort', 'descending');
});

test('follows the log of a service, finds lines in it, and opens a shell that outlives the dock', async () => {
  const { page } = running;
  const [stack, dock] = [stackPage(page), dockPage(page)];
  await stack.rowAction('db', 'Logs');
  await expect(dock.lines).toContainText('database system is ready to accept connections');
  await dock.search.fill('ready to accept');
  await expect(dock.lines.locator('mark').first()).toHaveText(/ready to accept/);
  await page.keyboard.press('Enter');
  await expect(dock.root.getByText(/^\d+ of \d+$/)).toBeVisible();
  await dock.search.fill('');
  await takeScreens(running, 'dock-logs', wide);

  await stack.rowAction('db', 'Terminal');
  await expect(dock.screen).toContainText(/[$#]/);
  await dock.run('echo one-$((40 + 2))', 'one-42');
  await takeScreens(running, 'dock-terminal', wide);
  await dock.close();
  await page
    .locator('footer')
    .last()
    .getByRole('button', { name: /^Terminal/ })
    .click();
  await expect(dock.screen).toContainText('one-42');
  // A new page: the engine still has the shell, and what it printed.
  await page.reload();
  await expect(dock.screen).toContainText('one-42');
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('exit', '');
  await expect(dock.root).toContainText(/The shell ended/);
  await dock.end(dock.shells.first());
  await expect(dock.shells).toHaveCount(0);
  await dock.close();
});

test('says how the running stack differs from its file, and where a broken file is broken', async () => {
  const { page } = running;
  const file = join(shop.folder, 'compose.yaml');
  const before = await readFile(file, 'utf8');
  const edit = (from: string, to: string): Promise<void> => writeFile(file, before.replace(from, to));
  await edit('redis-cli', 'redis-cli-of-another-release');
  const badge = page.getByRole('button', { name: /1 difference/ });
  await expect(badge).toBeVisible({ timeout: 30_000 });
  await badge.click();
  const drift = page.getByRole('complementary', { name: /^Differences/ });
  await expect(drift).toContainText('cache');
  await takeScreens(running, 'stack-drift', wide);
  await page.keyboard.press('Escape');

  await edit('shm_size:', 'shm_siz:');
  const problems = page.getByRole('region', { name: 'Problems in its files' });
  await expect(problems).toContainText(/compose\.yaml:\d+:5/, { timeout: 30_000 });
  await expect(problems).toContainText('shm_siz');
  await takeScreens(running, 'stack-problems', wide);
  await writeFile(file, before);
  await expect(problems).toBeHidden({ timeout: 30_000 });
});

test('stops everything', async () => {
  const stack = stackPage(running.page);
  await stack.head('Stop').click();
  for (const name of ['db', 'cache', 'api', 'web']) await stack.expectState(name, /Stopped|Exited/);
  const tray = operationsTray(running.page);
  await tray.open();
  const card = tray.card(`Stop ${id}`);
  await card.getByRole('button', { name: 'Dismiss' }).click();
  await expect(card).toBeHidden();
  await running.page.keyboard.press('Escape');
  await expect(stack.head('Start')).toBeVisible();
});
