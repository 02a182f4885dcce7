import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { compose } from '../../support/compose.ts';
import { connectDocker, fixtureImages, listByLabel, removeProject, uniqueProjectName } from '../../support/docker.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temp.ts';
import { addStackPage } from '../pages/add-stack-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { stacksPage } from '../pages/stacks-page.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { takeScreens } from '../support/screens.ts';

const docker = connectDocker();
let running: RunningApp;
let home: TemporaryFolder;
const project = uniqueProjectName('e2e-found');
const other = uniqueProjectName('e2e-other');
let folder = '';

test.beforeEach(async () => {
  home = await temporaryFolder();
  folder = join(home.path, project);
  await mkdir(folder);
  await writeFile(
    join(folder, 'compose.yaml'),
    [
      'services:',
      '  web:',
      `    image: ${fixtureImages.tools}`,
      '    command: [sleep, inf]',
      '    init: true',
      '    environment: { LEVEL: "${LEVEL:-info}" }',
      '    healthcheck: { test: ["CMD", "true"], interval: 1s }',
      '    volumes: ["data:/data"]',
      '  debug:',
      `    image: ${fixtureImages.tools}`,
      '    command: [sleep, inf]',
      '    init: true',
      '    profiles: [tools]',
      'volumes: { data: {} }',
    ].join('\n'),
  );
  await writeFile(join(folder, 'other.env'), 'LEVEL=debug\n');
  running = await launchApp();
});
test.afterEach(async () => {
  await running.close();
  await removeProject(docker, project);
  await removeProject(docker, other);
  await home.remove();
});

async function composeWell(...args: readonly string[]): Promise<void> {
  const done = await compose(args, { folder });
  expect(done.exitCode, done.stderr).toBe(0);
}

test('what docker compose started is found, added as it is, and comes and goes with its containers', async () => {
  const { page } = running;
  const [shell, add, stacks, stack] = [shellPage(page), addStackPage(page), stacksPage(page), stackPage(page)];
  const id = `${project}/main`;
  await expect(add.path).toBeVisible();

  await composeWell('--env-file', 'other.env', '--profile', 'tools', 'up', '-d');
  await expect(stacks.found(project)).toContainText('2 of 2 running', { timeout: 30_000 });
  await expect(stacks.found(project)).toContainText('debug and web');
  await takeScreens(running, 'first-run-found', accessibleInBothThemes(page));
  const before = await listByLabel(docker, `com.docker.compose.project=${project}`);

  // The palette offers it as well.
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type(`Add ${project}`);
  await expect(page.getByRole('option', { name: new RegExp(`Add ${project}`) })).toBeVisible();
  await page.keyboard.press('Escape');

  await stacks
    .found(project)
    .getByRole('button', { name: `Add ${project}` })
    .click();
  await expect(add.verdict(`${project} is already running here`)).toBeVisible();
  await expect(add.section('Compose files')).toContainText('--env-file other.env --profile tools');
  await expect(add.section('Data that is here already')).toContainText(`${project}_data`);
  await expect(add.section('Data that is here already')).toContainText('until the first golden image');
  await expect(add.addAndStart).toBeHidden();
  await add.section('Services').getByRole('button', { name: /^web/ }).click();
  const values = add.section('Services').getByRole('group', { name: 'Values of web' });
  await expect(values).toContainText('${LEVEL:-info}');
  await expect(values).toContainText('other.env:1:1');
  await takeScreens(running, 'add-found', accessibleInBothThemes(page));

  await add.add.click();
  await expect(shell.heading(id)).toBeVisible();
  await shell.goTo('Stacks');
  await stacks.expectState(id, 'Healthy', 60_000);
  await expect(page.getByRole('grid', { name: 'Started with docker compose' }).getByText(project)).toBeHidden();

  // Nothing would change, and nothing was changed.
  await stacks.menu(id, 'Show what Start would do');
  const plan = stacks.plan('Start', id);
  await expect(plan).toContainText('Nothing would change.');
  await expect(plan.getByRole('region', { name: 'What is kept' })).toContainText(`${project}_data`);
  await plan.getByRole('button', { name: 'Cancel' }).click();
  expect(await listByLabel(docker, `com.docker.compose.project=${project}`)).toEqual(before);

  // Another project of the same folder comes, and goes.
  await composeWell('-p', other, 'up', '-d');
  await expect(stacks.found(other)).toContainText('1 of 1 running', { timeout: 30_000 });
  await takeScreens(running, 'stacks-found', accessibleInBothThemes(page));
  await composeWell('-p', other, 'down', '-t', '0');
  await expect(stacks.found(other)).toBeHidden({ timeout: 30_000 });

  // One changed variable: one new container, and the panel says so.
  await writeFile(join(folder, 'other.env'), 'LEVEL=trace\n');
  await stacks.row(id).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^1 difference/ }).click({ timeout: 30_000 });
  const drift = page.getByRole('complementary', { name: 'Differences from compose.yaml' });
  await expect(drift.getByRole('listitem')).toHaveCount(1);
  await expect(drift.getByRole('listitem')).toContainText('New container');
  await expect(drift).toContainText('environment.LEVEL');
  await expect(drift).toContainText('Recreates web only. Volumes keep their data.');
  await takeScreens(running, 'drift', accessibleInBothThemes(page));

  // The whole configuration, filtered down to one value.
  await page.getByRole('button', { name: 'More for this stack' }).click();
  await page.getByRole('menuitem', { name: 'Configuration of all services' }).click();
  const panel = page.getByRole('complementary', { name: `Configuration of ${id}` });
  await panel.getByRole('textbox', { name: 'Filter values' }).fill('level');
  await expect(panel.getByRole('group', { name: `Configuration of ${id}` }).last()).toContainText('trace');
  await expect(panel).not.toContainText('healthcheck');
  await takeScreens(running, 'config-stack', accessibleInBothThemes(page));
  await expect(stack.row('web')).toBeVisible();
});
