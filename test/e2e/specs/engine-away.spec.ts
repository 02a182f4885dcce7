import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type EngineProxy, engineProxy } from '../../support/engine-proxy.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stacksPage } from '../pages/stacks-page.ts';
import { enginePid, launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

let folder: TemporaryFolder;
let proxy: EngineProxy;
let running: RunningApp | undefined;
let redis: StackCopy | undefined;
test.beforeEach(async () => {
  folder = await temporaryFolder();
  proxy = engineProxy(join(folder.path, 'docker.sock'));
});
test.afterEach(async () => {
  await running?.close();
  await proxy.stop();
  await redis?.remove();
  await folder.remove();
  running = undefined;
  redis = undefined;
});

test('with no engine the page says where it looked, and goes on by itself once there is one', async () => {
  running = await launchApp({ environment: { DOCKER_HOST: proxy.host } });
  const { page } = running;
  await expect(page.getByRole('heading', { name: /^No (container engine found|engine can be used)/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Looked for' })).toContainText(join(folder.path, 'docker.sock'));
  await takeScreens(running, 'no-engine', accessibleInBothThemes(page));
  await proxy.start();
  await expect(addStackPage(page).chooseFolder).toBeVisible({ timeout: 30_000 });
});

test('an engine that hangs or stops leaves the last state greyed and dated, until it is back', async () => {
  await proxy.start();
  running = await launchApp({ environment: { DOCKER_HOST: proxy.host } });
  const { page } = running;
  const [shell, stacks] = [shellPage(page), stacksPage(page)];
  redis = await copyStack('redis');
  const id = `${redis.projectName}/main`;
  await rawCall(page, 'stacks/add', { folder: redis.folder });
  await rawCall(page, 'environments/up', { environmentId: id });
  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Healthy');

  proxy.freeze();
  await expect(shell.banner).toContainText('Docker stopped answering at');
  await expect(stacks.row(id)).toContainText('Was healthy');
  await stacks.row(id).hover();
  await expect(stacks.row(id).getByRole('button', { name: 'Stop' })).toBeDisabled();
  await expect(shell.foot).toContainText('Docker not answering');
  await takeScreens(running, 'engine-gone', accessibleInBothThemes(page));
  // The rest of the window works.
  await shell.goTo('Settings');
  await shell.goTo('Stacks');
  proxy.thaw();
  await expect(shell.banner).toBeHidden({ timeout: 30_000 });
  await stacks.expectState(id, 'Healthy');

  await proxy.stop();
  await expect(shell.banner).toContainText('Docker stopped at');
  await page.getByRole('button', { name: 'Details' }).click();
  await expect(page.getByRole('button', { name: 'Copy details' })).toBeVisible();
  await proxy.start();
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(shell.banner).toBeHidden({ timeout: 30_000 });
  await stacks.expectState(id, 'Healthy');
});

test('while the engine of the app itself hangs, what is shown is the past', async () => {
  running = await launchApp();
  const { page } = running;
  const [shell, stacks] = [shellPage(page), stacksPage(page)];
  redis = await copyStack('redis');
  const id = `${redis.projectName}/main`;
  await rawCall(page, 'stacks/add', { folder: redis.folder });
  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Not created');
  const pid = await enginePid(running.app);
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(shell.banner).toContainText('The engine of Golden Hour stopped answering');
    await expect(stacks.row(id)).toContainText('Was ');
    await stacks.row(id).hover();
    await expect(stacks.row(id).getByRole('button', { name: 'Start' })).toBeDisabled();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect(shell.banner).toBeHidden();
  await stacks.expectState(id, 'Not created');
});
