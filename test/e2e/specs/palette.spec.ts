import { expect, test } from '@playwright/test';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { shellPage } from '../pages/shell.ts';
import { stacksPage } from '../pages/stacks-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

let running: RunningApp;
let redis: StackCopy;
let id: string;
test.beforeAll(async () => {
  redis = await copyStack('redis');
  id = `${redis.projectName}/main`;
  running = await launchApp();
  expect(await rawCall(running.page, 'stacks/add', { folder: redis.folder })).toMatchObject({ status: 200 });
  await shellPage(running.page).goTo('Stacks');
  await expect(stacksPage(running.page).row(id)).toBeVisible();
});
test.afterAll(async () => {
  await running.close();
  await redis.remove();
});

test('finds places by a few letters and goes there', async () => {
  const shell = shellPage(running.page);
  const palette = await shell.openPalette();
  await running.page.keyboard.type('gldn');
  await expect(palette.getByRole('option').first()).toContainText('Golden images');
  await running.page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(shell.heading('Golden images')).toBeVisible();
});

test('runs the actions of an environment', async () => {
  const shell = shellPage(running.page);
  await shell.goTo('Stacks');
  const palette = await shell.openPalette();
  await running.page.keyboard.type(`start ${redis.projectName}`);
  const action = palette.getByRole('option', { name: new RegExp(`^Start ${redis.projectName}`) });
  await expect(action).toBeVisible();
  await running.page.keyboard.press('Enter');
  await stacksPage(running.page).expectState(id, 'Healthy');

  await shell.openPalette();
  await running.page.keyboard.type('logs cache');
  await running.page.keyboard.press('Enter');
  await expect(running.page.getByRole('region', { name: 'Dock', exact: true })).toBeVisible();
  await running.page.keyboard.press('ControlOrMeta+j');
  await expect(running.page.getByRole('region', { name: 'Dock', exact: true })).toBeHidden();
});

test('says when nothing matches, closes on Escape and gives the focus back', async () => {
  const shell = shellPage(running.page);
  await shell.goTo('Stacks');
  await stacksPage(running.page).addStack.focus();
  const palette = await shell.openPalette();
  await running.page.keyboard.type('zzqq');
  await expect(palette).toContainText('Nothing matches');
  await running.page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(stacksPage(running.page).addStack).toBeFocused();
});

test('keys lead to places, `?` lists them, and letters typed into a field stay letters', async () => {
  const { page } = running;
  const shell = shellPage(page);
  for (const [keys, place] of [
    ['gt', 'Today'],
    ['gi', 'Golden images'],
    ['ga', 'Activity'],
    ['g,', 'Settings'],
    ['gs', 'Stacks'],
  ] as const) {
    for (const key of keys) await page.keyboard.press(key);
    await expect(shell.heading(place)).toBeVisible();
  }
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toContainText('Search or run');
  await takeScreens(running, 'keys', accessibleInBothThemes(page));
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();

  await page.keyboard.press('g');
  await page.keyboard.press('n');
  const path = page.getByRole('textbox', { name: 'Path of the folder' });
  await path.click();
  await page.keyboard.type('gs?');
  await expect(path).toHaveValue('gs?');
});

test('looks right in both themes and is accessible', async () => {
  const shell = shellPage(running.page);
  await shell.goTo('Stacks');
  await shell.openPalette();
  await running.page.keyboard.type('st');
  await takeScreens(running, 'palette', accessibleInBothThemes(running.page));
  await running.page.keyboard.press('Escape');
});
