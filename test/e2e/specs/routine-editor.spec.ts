import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { fixtureImages } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { routinePage } from '../pages/routine-page.ts';
import { shellPage } from '../pages/shell.ts';
import { launchApp, type RunningApp } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

const composeFile = `services:
  api:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
`;

const goldenFile = `# Ours, of the whole team
version: 1
config: { secrets: [API_TOKEN] }
routines:
  morning:
    schedule: { ready_by: '08:45' } # stand-up is at nine
    steps:
      # Nothing else is of use without it
      - uses: engine
      - run: echo hello # just to be friendly
`;

let running: RunningApp;
let stack: StackCopy;
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await copyStack('http', { files: { 'compose.yaml': composeFile, 'golden.yml': goldenFile } });
  running = await launchApp();
  const added = await rawCall(running.page, 'stacks/add', { folder: stack.folder });
  expect(added).toMatchObject({ status: 200 });
});
test.afterAll(async () => {
  await running?.close();
  await stack?.remove();
});

const inFile = (): Promise<string> => readFile(join(stack.folder, 'golden.yml'), 'utf8');
const save = (page: Page) => page.getByRole('button', { name: 'Save to golden.yml' });

test('adds a command to the morning, keeps what was not saved, and writes the file', async () => {
  const { page } = running;
  await shellPage(page).goTo('Today');
  const today = page.getByRole('main');
  const routine = today.getByRole('region', { name: /^(Start|End) the day$/ });
  await routine.getByRole('button', { name: 'Edit' }).click();
  await page
    .getByRole('navigation', { name: 'Routines' })
    .getByRole('button', { name: /^Morning/ })
    .click();
  const steps = page.getByRole('list', { name: 'Steps in order' });
  await expect(steps.getByRole('listitem')).toHaveCount(2);
  await expect(save(page)).toBeDisabled();

  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByRole('menuitem', { name: /^Run a command/ }).click();
  await page.getByRole('textbox', { name: 'Command' }).fill('echo seeded');
  await page.getByRole('textbox', { name: 'Title' }).last().fill('Seed the data');
  const condition = page.getByRole('combobox', { name: 'Only if' });
  await condition.pressSequentially('data.ch');
  await page.getByRole('option', { name: /^data\.changed/ }).click();
  await expect(condition).toHaveValue('data.changed > 50MiB');
  await condition.fill('data.changed >');
  await expect(page.getByRole('alert').filter({ hasText: 'ends too early' })).toBeVisible();
  await expect(save(page)).toBeDisabled();
  await condition.fill('hour >= 0');
  await expect(page.getByRole('group', { name: 'Change of golden.yml' })).toContainText('run: echo seeded');

  await shellPage(page).goTo('Stacks');
  expect(await inFile()).toBe(goldenFile);
  const palette = await shellPage(page).openPalette();
  await page.keyboard.type('Edit Start the day');
  await palette.getByRole('option', { name: /^Edit “Start the day”/ }).click();
  await expect(steps.getByRole('listitem').filter({ hasText: 'Seed the data' })).toBeVisible();
  await steps.getByRole('button', { name: 'Seed the data' }).first().press('Alt+ArrowUp');
  await expect(steps.getByRole('listitem').nth(1)).toContainText('Seed the data');
  await expect(save(page)).toBeEnabled();
  await takeScreens(running, 'routine-edit', accessibleInBothThemes(page));
  await save(page).click();
  await expect(page.getByRole('status').filter({ hasText: 'Nothing was run' })).toBeVisible();
  const text = await inFile();
  for (const comment of [
    '# Ours, of the whole team',
    '# Nothing else is of use',
    '# just to be friendly',
    '# stand-up',
  ])
    expect(text).toContain(comment);
  expect(text.indexOf('echo seeded')).toBeLessThan(text.indexOf('echo hello'));
  expect(text).toContain('hour >= 0');
});

test('asks before the next run, as there is a new command', async () => {
  const { page } = running;
  const palette = await shellPage(page).openPalette();
  await page.keyboard.type('Start the day');
  await palette.getByRole('option', { name: /^Start the day/ }).click();
  await expect(routinePage(page).heading).toContainText('this is what it will run');
  await expect(page.getByRole('group', { name: 'What will be run' })).toContainText('echo seeded');
  await routinePage(page).button('Edit').click();
});

test('turns on what golden.yml proposes, and goes back to ours', async () => {
  const { page } = running;
  const when = page.getByRole('region', { name: 'When it starts' });
  await expect(when).toContainText('Ready by 08:45, Monday to Friday');
  await when.getByRole('button', { name: 'Turn on' }).click();
  await expect(when).toContainText('Next ');
  await page.getByRole('button', { name: 'Back to ours…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it out of golden.yml' }).click();
  await expect(page.getByText('Ours, as it is without being declared.')).toBeVisible();
  const text = await inFile();
  expect(text).not.toContain('echo seeded');
  expect(text).toContain('# Ours, of the whole team');
});

test('keeps a secret that the stack names, and never shows it', async () => {
  const { page } = running;
  await shellPage(page).goTo('Settings');
  const secrets = page.getByRole('region', { name: 'Secrets', exact: true });
  await expect(secrets).toContainText('missing');
  await secrets.getByRole('button', { name: 'Set API_TOKEN' }).click();
  await secrets.getByLabel('Value of API_TOKEN').fill('correct horse');
  await secrets.getByRole('button', { name: 'Save' }).click();
  await expect(secrets).toContainText('known');
  await expect(page.locator('body')).not.toContainText('correct horse');
  await takeScreens(running, 'settings-secrets', accessibleInBothThemes(page));
  await secrets.getByRole('button', { name: 'Remove API_TOKEN' }).click();
  await secrets.getByRole('group').getByRole('button', { name: 'Remove' }).click();
  await expect(secrets).toContainText('missing');
});
