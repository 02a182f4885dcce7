import { expect, test } from '@playwright/test';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { dockPage } from '../pages/dock-page.ts';
import { goldenPage } from '../pages/golden-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { expectAccessible } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

let running: RunningApp;
let stackCopy: StackCopy;
const purpose = 'before the price change';
const image = /golden-dev-before-the-price-change-\d{8}/;
/** Both themes are checked at the large size; the small one changes columns, not colours or names. */
const wide = async (_theme: unknown, size: { readonly width: number }): Promise<void> => {
  if (size.width > 1000) await expectAccessible(running.page);
};
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stackCopy = await copyStack('shop', { variables: { FIXTURE_FAST: '1' }, files: { 'golden.yml': 'version: 1\n' } });
  running = await launchApp();
  const { page } = running;
  const [add, stack] = [addStackPage(page), stackPage(page)];
  await add.lookAt(stackCopy.folder);
  await add.addAndStart.click();
  for (const name of ['db', 'cache', 'api', 'web']) await stack.expectState(name, 'Healthy', 90_000);
});
test.afterAll(async () => {
  await running?.close();
  await stackCopy?.remove();
});

/** How many orders the shop has, asked in a shell of the window. */
async function orders(expected: number, statement = ''): Promise<void> {
  const { page } = running;
  const [shell, stack, dock] = [shellPage(page), stackPage(page), dockPage(page)];
  await shell.environment('main').click();
  await stack.expectState('db', 'Healthy', 60_000);
  await stack.rowAction('db', 'Terminal');
  await expect(dock.screen).toContainText(/[$#]/);
  const sql = `${statement} select 'orders=' || count(*) from orders`;
  await dock.run(`PGPASSWORD=shop psql -h 127.0.0.1 -U shop -d shop -qtAc "${sql}"`, `orders=${expected}`);
  while ((await dock.shells.count()) > 0) await dock.end(dock.shells.first());
  await dock.close();
}

test('refuses a name that says nothing, captures under one that does', async () => {
  const { page } = running;
  const [shell, golden] = [shellPage(page), goldenPage(page)];
  await shell.goTo('Golden images');
  await takeScreens(running, 'golden-none', wide);
  await golden.capture.click();
  // What is proposed comes a moment later, and would stand beside what is typed.
  await expect(golden.purpose).not.toHaveValue('');
  await golden.purpose.fill('backup1');
  await expect(golden.side.getByRole('alert')).toContainText('backup1');
  await expect(golden.button('Capture')).toBeDisabled();
  await golden.purpose.fill(purpose);
  await expect(golden.side).toContainText(image);
  await golden.note.fill('seed data, 1000 orders');
  await takeScreens(running, 'golden-capture', wide);
  await golden.button('Capture').click();
  await golden.expectOutcome(/Captured golden-dev-before-the-price-change/);
  await golden.closePanel();
  await expect(golden.row(image)).toContainText('seed data, 1000 orders');
  await expect(golden.row(image)).toContainText('Not verified');
});

test('restores by its plan, and undo brings the later data back', async () => {
  test.setTimeout(240_000);
  const { page } = running;
  const [shell, golden] = [shellPage(page), goldenPage(page)];
  await orders(900, 'delete from orders where id <= 100;');

  await shell.goTo('Golden images');
  await golden.row(image).click();
  await takeScreens(running, 'golden-image', wide);
  await golden.button('Restore…').click();
  await expect(golden.side.getByRole('checkbox', { name: 'db' })).toBeChecked();
  await expect(golden.side.getByRole('region', { name: 'What is kept' })).toContainText('24 hours');
  await expect(golden.side.getByRole('region', { name: 'What must pass' })).toContainText('healthy');
  await takeScreens(running, 'golden-restore', wide);
  await golden.button('Restore').click();
  await golden.expectOutcome(/Restored golden-dev-before-the-price-change/);
  await expect(golden.row('Undo point')).toContainText('Kept until');
  await takeScreens(running, 'golden-restored', wide);
  await golden.closePanel();
  await orders(1000);

  await shell.goTo('Golden images');
  await golden.row('Undo point').click();
  await takeScreens(running, 'golden-undo', wide);
  await golden.button('Undo').click();
  await golden.expectOutcome(/Brought back/);
  await golden.closePanel();
  await orders(900);
});

test('restores only the services that are chosen', async () => {
  const { page } = running;
  const [shell, golden] = [shellPage(page), goldenPage(page)];
  await shell.goTo('Golden images');
  await golden.row(image).focus();
  await page.keyboard.press('r');
  await expect(golden.side.getByRole('checkbox', { name: 'db' })).toBeChecked();
  for (const name of ['api', 'db']) await golden.side.getByRole('checkbox', { name }).uncheck();
  await expect(golden.side).toContainText('Replaces the data of 1 service');
  await golden.side.getByRole('checkbox', { name: 'cache' }).uncheck();
  await expect(golden.button('Restore')).toBeDisabled();
  await page.keyboard.press('Escape');
});

test('verifies an image, and deletes it after saying what is lost', async () => {
  const { page } = running;
  const golden = goldenPage(page);
  await golden.row(image).focus();
  await page.keyboard.press('v');
  await expect(golden.row(image)).toContainText('Verified', { timeout: 60_000 });
  await golden.row(image).focus();
  await page.keyboard.press('Delete');
  await expect(golden.side).toContainText('cannot be undone');
  await takeScreens(running, 'golden-delete', wide);
  await golden.button('Delete this image').click();
  await expect(golden.row(image)).toHaveCount(0, { timeout: 60_000 });
});
