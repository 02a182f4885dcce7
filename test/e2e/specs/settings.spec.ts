import { rm } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { settingsPage } from '../pages/settings-page.ts';
import { shellPage } from '../pages/shell.ts';
import { launchApp, newHome, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

let home: string;
let running: RunningApp;
test.beforeEach(async () => {
  home = await newHome();
  running = await launchApp({ home });
  await shellPage(running.page).goTo('Settings');
});
test.afterEach(async () => {
  await running.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

test('engines are listed with their state, and answer a test', async () => {
  const settings = settingsPage(running.page);
  await expect(settings.engines).toContainText('In use');
  await settings.testEngine.first().click();
  await expect(settings.engines).toContainText(/Answered in \d+ ms/);
  await takeScreens(running, 'settings', accessibleInBothThemes(running.page));
});

test('theme and undo hours are kept from one start to the next', async () => {
  const settings = settingsPage(running.page);
  await settings.theme('Dark').click();
  await expect(running.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await settings.undoHours.fill('72');
  await settings.undoHours.press('Enter');
  await expect(settings.section('Preferences')).toContainText('3 days');

  await running.close();
  running = await launchApp({ home });
  await expect(running.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  // The window remembers its place too.
  await expect(shellPage(running.page).heading('Settings')).toBeVisible();
  await expect(settingsPage(running.page).undoHours).toHaveValue('72');
  await settingsPage(running.page).theme('System').click();
  await expect(running.page.locator('html')).not.toHaveAttribute('data-theme');
});

test('hours that cannot be are refused in words', async () => {
  const settings = settingsPage(running.page);
  for (const [typed, words] of [
    ['3', 'At least 24 h'],
    ['99999', 'At most 2160 h'],
    ['soon', 'A number of hours'],
  ] as const) {
    await settings.undoHours.fill(typed);
    await expect(settings.section('Preferences').getByRole('alert')).toHaveText(words);
    await settings.undoHours.press('Tab');
    await expect(settings.undoHours).toHaveValue('24');
  }
});

test('diagnostics are shown before they are copied, and name what runs', async () => {
  const settings = settingsPage(running.page);
  await settings.collect.click();
  await expect(settings.report).toContainText('Golden Hour 0.1.0');
  await expect(settings.report).toContainText('docker.sock');
  await expect(settings.section('Diagnostics').getByRole('button', { name: 'Copy' })).toBeVisible();
});

test('the folder of a store that is not made yet can be chosen, and a relative one is refused', async () => {
  await running.close();
  running = await launchApp({ home, environment: { GOLDEN_HOUR_STORE: 'gh-e2e-never-made' } });
  await shellPage(running.page).goTo('Settings');
  const settings = settingsPage(running.page);
  await settings.storeFolder.fill('data/golden');
  await expect(settings.section('Store').getByRole('alert')).toHaveText('An absolute path, such as /data/golden.');
  await settings.storeFolder.fill('/data/golden');
  await settings.storeFolder.press('Enter');
  await running.page.reload();
  await expect(settings.storeFolder).toHaveValue('/data/golden');
});
