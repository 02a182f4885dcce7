import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectDocker } from '../../support/docker.ts';
import { freePort } from '../../support/ports.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stacksPage } from '../pages/stacks-page.ts';
import { todayPage } from '../pages/today-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

let running: RunningApp;
const copies: StackCopy[] = [];
test.beforeEach(async () => {
  running = await launchApp();
});
test.afterEach(async () => {
  await running.close();
  for (const copy of copies.splice(0)) await copy.remove();
});

async function stack(...given: Parameters<typeof copyStack>): Promise<StackCopy> {
  const copy = await copyStack(...given);
  copies.push(copy);
  return copy;
}

const volumesOf = async (project: string): Promise<string[]> => {
  const { Volumes } = await connectDocker().listVolumes({
    filters: { label: [`com.docker.compose.project=${project}`] },
  });
  return (Volumes ?? []).map((volume) => volume.Name);
};
const containersOf = (project: string) =>
  connectDocker().listContainers({ all: true, filters: { label: [`com.docker.compose.project=${project}`] } });

test('a folder becomes a running stack in three clicks, and every page shows it', async () => {
  const { page } = running;
  const [shell, add, stacks] = [shellPage(page), addStackPage(page), stacksPage(page)];
  const shop = await stack('shop', { variables: { FIXTURE_FAST: '1' }, files: { 'golden.yml': 'version: 1\n' } });
  const id = `${shop.projectName}/main`;
  await takeScreens(running, 'first-run', accessibleInBothThemes(page));

  // One: choose the folder, in the system's dialog.
  await running.app.evaluate(({ dialog }, folder) => {
    dialog.showOpenDialog = (async () => ({ canceled: false, filePaths: [folder] })) as typeof dialog.showOpenDialog;
  }, shop.folder);
  await add.chooseFolder.click();
  await expect(add.verdict(`${shop.projectName} is ready to run`)).toBeVisible();
  await expect(add.section('Services').getByRole('listitem')).toHaveText([/^db/, /^cache/, /^migrate/, /^api/, /^web/]);
  await takeScreens(running, 'add-stack', accessibleInBothThemes(page));
  expect(await containersOf(shop.projectName)).toEqual([]);

  // Two: start.
  await add.addAndStart.click();
  await expect(shell.heading(id)).toBeVisible();

  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Healthy', 90_000);
  await expect(stacks.row(id)).toContainText('5 of 5 healthy');
  await takeScreens(running, 'stacks', accessibleInBothThemes(page));

  await shell.goTo('Today');
  await expect(page.getByRole('heading', { name: /Ready\.$/ })).toBeVisible();
  await expect(await todayPage(page).summary()).toContainText(id);
  await takeScreens(running, 'today', accessibleInBothThemes(page));

  await shell.goTo('Activity');
  const entry = page
    .getByRole('grid', { name: 'Operations' })
    .getByRole('row')
    .filter({ hasText: `Start ${id}` });
  await expect(entry).toContainText('Done');
  await entry.click();
  const panel = page.getByRole('complementary', { name: `Start ${id}` });
  await expect(panel.getByRole('group', { name: 'Log' })).toContainText(`${shop.projectName}-api-1`);
  await takeScreens(running, 'activity', accessibleInBothThemes(page));
});

test('stop, start and restart from the list, by mouse and by keys', async () => {
  const { page } = running;
  const [shell, add, stacks] = [shellPage(page), addStackPage(page), stacksPage(page)];
  const redis = await stack('redis');
  const id = `${redis.projectName}/main`;
  await add.lookAt(redis.folder);
  await add.addAndStart.click();
  await expect(shell.heading(id)).toBeVisible();
  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Healthy');
  const before = (await containersOf(redis.projectName))[0]?.Id;

  await stacks.rowAction(id, 'Stop');
  await stacks.expectState(id, 'Stopped');

  await page.mouse.move(0, 0);
  await stacks.row(id).focus();
  await page.keyboard.press('s');
  await stacks.expectState(id, 'Healthy');

  const startedAt = async (): Promise<string | undefined> =>
    before === undefined ? undefined : (await connectDocker().getContainer(before).inspect()).State.StartedAt;
  const first = await startedAt();
  await stacks.row(id).focus();
  await page.keyboard.press('r');
  await expect.poll(startedAt, { timeout: 30_000 }).not.toBe(first);
  await stacks.expectState(id, 'Healthy');

  // The end of a sequence is not a key of the row: `g s` goes somewhere, it does not stop the stack.
  await stacks.row(id).focus();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(shell.heading('Today')).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await stacks.row(id).focus();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await stacks.expectState(id, 'Healthy');
  await stacks.row(id).focus();
  await page.keyboard.press('Enter');
  await expect(shell.heading(id)).toBeVisible();
});

test('removing shows the plan first, keeps the data, and deletes it only when told to', async () => {
  const { page } = running;
  const [shell, add, stacks] = [shellPage(page), addStackPage(page), stacksPage(page)];
  const redis = await stack('redis');
  const id = `${redis.projectName}/main`;
  const volume = `${redis.projectName}_data`;
  await add.lookAt(redis.folder);
  await add.addAndStart.click();
  // It leads there by itself, once it is added.
  await expect(shell.heading(id)).toBeVisible();
  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Healthy');

  await stacks.menu(id, 'Remove…');
  const plan = stacks.plan('Remove', id);
  await expect(plan.getByRole('region', { name: 'What is kept' })).toContainText(volume);
  await plan.getByRole('button', { name: 'Remove', exact: true }).click();
  await stacks.expectState(id, 'Not created');
  expect(await containersOf(redis.projectName)).toEqual([]);
  expect(await volumesOf(redis.projectName)).toEqual([volume]);

  await stacks.menu(id, 'Remove…');
  await plan.getByRole('checkbox', { name: 'Delete its volumes too' }).check();
  await expect(plan.getByRole('region', { name: 'Data' })).toContainText(volume);
  await expect(plan).toContainText('This cannot be undone');
  await takeScreens(running, 'remove-plan', accessibleInBothThemes(page));
  await plan.getByRole('button', { name: 'Remove and delete data' }).click();
  await expect.poll(() => volumesOf(redis.projectName)).toEqual([]);

  await stacks.menu(id, 'Take off the list');
  await expect(add.path).toBeVisible();
});

test('files that cannot be used are refused with their place, and looked at again', async () => {
  const { page } = running;
  const add = addStackPage(page);
  const folder = await temporaryFolder();
  try {
    const file = join(folder.path, 'compose.yaml');
    await writeFile(file, 'services:\n  web:\n    image: goldenhour-fixture/http:1\n    prots: ["80:80"]\n');
    await add.lookAt(folder.path);
    const refusals = add.section('What is in the way');
    await expect(refusals.getByRole('listitem')).toHaveCount(1);
    await expect(refusals).toContainText('prots');
    await expect(refusals).toContainText('compose.yaml:4:5');
    await expect(add.add).toBeDisabled();
    await expect(add.addAndStart).toBeDisabled();
    await takeScreens(running, 'add-stack-refused', accessibleInBothThemes(page));

    await writeFile(file, 'services:\n  web:\n    image: goldenhour-fixture/http:1\n');
    await add.lookAgain.click();
    await expect(refusals).toBeHidden();
    await expect(add.add).toBeEnabled();
  } finally {
    await folder.remove();
  }
});

test('a taken port is named before anything starts', async () => {
  const { page } = running;
  const add = addStackPage(page);
  const port = await freePort();
  const holder = createServer();
  await new Promise<void>((done) => holder.listen(port, '127.0.0.1', done));
  try {
    const redis = await stack('redis', { variables: { REDIS_PORT: String(port) } });
    await add.lookAt(redis.folder);
    await expect(add.section('What is in the way')).toContainText(String(port));
    await expect(add.addAndStart).toBeDisabled();
    await expect(add.add).toBeEnabled();
    await new Promise((done) => holder.close(done));
    await add.lookAgain.click();
    await expect(add.addAndStart).toBeEnabled();
    expect(await containersOf(redis.projectName)).toEqual([]);
  } finally {
    holder.close();
  }
});

test('a folder with several stacks offers them, and one with none says so', async () => {
  const { page } = running;
  const add = addStackPage(page);
  const folder = await temporaryFolder();
  try {
    await add.lookAt(folder.path);
    await expect(add.verdict('No Compose file in this folder')).toBeVisible();
    for (const name of ['one', 'two words $(touch x)']) {
      await mkdir(join(folder.path, name));
      await writeFile(
        join(folder.path, name, 'compose.yaml'),
        'services: { a: { image: goldenhour-fixture/http:1 } }\n',
      );
    }
    await page.getByRole('button', { name: 'Look again' }).click();
    await expect(add.verdict('2 stacks found')).toBeVisible();
    await page.getByRole('button', { name: /two words/ }).click();
    await expect(add.add).toBeEnabled();
  } finally {
    await folder.remove();
  }
});
