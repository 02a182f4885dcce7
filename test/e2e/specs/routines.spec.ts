import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { fixtureImages } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { dockPage } from '../pages/dock-page.ts';
import { routinePage } from '../pages/routine-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stackPage } from '../pages/stack-page.ts';
import { todayPage } from '../pages/today-page.ts';
import { launchApp, type RunningApp, waitForConnection } from '../support/app.ts';
import { accessibleInBothThemes } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

const composeFile = `services:
  api:
    image: ${fixtureImages.http}
    environment: { QUIET_HEALTH: '1' }
    init: true
    stop_grace_period: 0s
  worker:
    image: ${fixtureImages.tools}
    command: [sleep, inf]
    depends_on: [api]
    init: true
    stop_grace_period: 0s
`;

/** A step that waits until the test lets it go on, and one that fails until the test has mended it. */
const goldenFile = (more = ''): string => `version: 1
domains:
  answers: { paths: ['src/**'], services: [api], tests: [npm test] }
routines:
  morning:
    budget: 4m
    steps:
      - uses: engine
      - id: fetch
        title: Fetch the data
        needs: []
        run: while [ ! -e go ]; do echo waiting for the data; sleep 0.2; done; echo the data is here
      - id: prepare
        title: Prepare the data
        needs: [engine, fetch]
        run: echo looking for the plan; test -e plan
${more}      - uses: config.sync
        needs: [prepare]
      - uses: stack.up
        needs: [prepare, config.sync]
      - uses: ready
        needs: [stack.up]
  evening:
    steps:
      - uses: git.wip
        needs: []
      - id: goodbye
        title: Say goodbye
        needs: []
        run: echo nobody is here >&2; exit 3
      - id: stop
        title: Stop everything
        uses: stack.stop
        needs: [goodbye, git.wip]
        ask: true
`;

let running: RunningApp;
let stack: StackCopy;
test.describe.configure({ mode: 'serial' });
test.beforeAll(async () => {
  stack = await copyStack('http', {
    files: {
      'compose.yaml': composeFile,
      'golden.yml': goldenFile(),
      '.env.example': '# Who is greeted\nGREETED=world\n',
      '.gitignore': '.env\ngo\nplan\n',
    },
  });
  await inRepository('init', '-q', '-b', 'feature/answers');
  await inRepository('config', 'user.name', 'Ada');
  await inRepository('config', 'user.email', 'ada@example.test');
  await inRepository('add', '.');
  await inRepository('commit', '-qm', 'Begin');
  running = await launchApp();
  const added = await rawCall(running.page, 'stacks/add', { folder: stack.folder });
  expect(added).toMatchObject({ status: 200 });
});
test.afterAll(async () => {
  await running?.close();
  await stack?.remove();
});

/** Git as the user of the stack's folder, whoever runs this test. */
const inRepository = (...args: string[]): Promise<unknown> => promisify(execFile)('git', args, { cwd: stack.folder });
const inFolder = (name: string): string => join(stack.folder, name);

test('shows exactly what the morning runs, and runs it once that is allowed', async () => {
  const { page } = running;
  await shellPage(page).goTo('Today');
  const routine = routinePage(page);
  await expect(routine.steps.or(page.getByText('Prepare the data')).first()).toBeVisible();
  await takeScreens(running, 'today-before', accessibleInBothThemes(page));
  await routine.button('Start the day').first().click();
  await expect(routine.heading).toContainText('this is what it will run');
  const commands = page.getByRole('group', { name: 'What will be run' });
  await expect(commands).toContainText('test -e plan');
  await expect(commands).toContainText('golden.yml:');
  await takeScreens(running, 'routine-trust', accessibleInBothThemes(page));
  await routine.button('Allow and start').click();
  await expect(routine.output('Fetch the data')).toContainText('waiting for the data');
  await expect(routine.foot).toBeVisible();
});

test('goes on while the page is elsewhere or made anew, and stops where a step fails', async () => {
  const { page } = running;
  const routine = routinePage(page);
  await page.reload();
  await waitForConnection(page);
  await expect(routine.output('Fetch the data')).toContainText('waiting for the data');
  await takeScreens(running, 'routine-run', accessibleInBothThemes(page));
  await shellPage(page).goTo('Stacks');
  await routine.foot.click();
  await writeFile(inFolder('go'), '');
  await routine.expectVerdict(/^Not ready/);
  await expect(routine.output('Prepare the data')).toContainText('looking for the plan');
  await routine.verdict.getByRole('button', { name: /^Show the step/ }).click();
  await expect(routine.button('Retry Prepare the data')).toBeFocused();
  await takeScreens(running, 'routine-failed', accessibleInBothThemes(page));

  await shellPage(page).goTo('Today');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  await expect(attention).toContainText('Prepare the data');
  await attention.getByRole('button', { name: /^Open the run/ }).click();
  await routine.button('Open terminal here, for Prepare the data').click();
  await expect(page.getByRole('tab', { name: /Terminal/ })).toHaveAttribute('aria-selected', 'true');
  await dockPage(page).close();
});

test('tries a step again once it is mended, and ends ready', async () => {
  const { page } = running;
  const routine = routinePage(page);
  await writeFile(inFolder('plan'), '');
  await routine.button('Retry Prepare the data').click();
  const question = routine.question(/GREETED/);
  await expect(question.getByRole('textbox', { name: 'GREETED' })).toHaveValue('world');
  await expect(question).toContainText('Who is greeted');
  await takeScreens(running, 'routine-values', accessibleInBothThemes(page));
  await question.getByRole('button', { name: 'Take it as proposed' }).click();
  await routine.expectVerdict(/^Ready/);
  expect(await readFile(inFolder('.env'), 'utf8')).toContain('GREETED=world');
  for (const name of ['api', 'worker'])
    await expect(page.getByRole('region', { name: 'Services' }).getByRole('button', { name })).toContainText('healthy');
  await takeScreens(running, 'routine-ready', accessibleInBothThemes(page));
  await shellPage(page).goTo('Today');
  await expect(page.getByRole('region', { name: 'Needs attention' })).not.toContainText('Prepare the data');
  await expect(page.getByRole('main')).toContainText(/Ready at \d\d:\d\d/);
});

test('asks again when what it runs has changed', async () => {
  const { page } = running;
  await writeFile(
    inFolder('golden.yml'),
    goldenFile('      - id: seed\n        title: Seed\n        needs: [prepare]\n        run: echo seeded\n'),
  );
  const routine = routinePage(page);
  const palette = await shellPage(page).openPalette();
  await page.keyboard.type('Start the day');
  await palette.getByRole('option', { name: /^Start the day/ }).click();
  await expect(routine.heading).toContainText('what it runs has changed');
  const commands = page.getByRole('group', { name: 'What will be run' });
  await expect(commands.getByRole('listitem').filter({ hasText: 'New' })).toHaveText(/echo seeded/);
  await routine.button('Not now').click();
  await expect(shellPage(page).heading('Today')).toBeVisible();
});

test('says what the changes concern, and restarts that', async () => {
  const { page } = running;
  await mkdir(inFolder('src'));
  await writeFile(inFolder('src/answers.js'), 'export const answer = 42;\n');
  const changes = page.getByRole('region', { name: 'Your changes' });
  await expect(async () => {
    // The page looks again when it is come back to.
    await shellPage(page).goTo('Stacks');
    await shellPage(page).goTo('Today');
    await expect(changes).toContainText('concern api', { timeout: 2000 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByRole('main')).toContainText('not committed');
  await expect(changes).toContainText('npm test');
  await takeScreens(running, 'today-changes', accessibleInBothThemes(page));
  await changes.getByRole('button', { name: 'Restart what is affected' }).click();
  await expect(await todayPage(page).summary()).toContainText(/[Rr]estart/, { timeout: 60_000 });
});

test('ends the day: skips what fails, asks before it stops, and leaves everything stopped', async () => {
  const { page } = running;
  const routine = routinePage(page);
  await rm(inFolder('go'));
  await routine.button('End the day').first().click();
  await routine.button('Allow and start').click();
  const undo = routine.button(/^Take it back/);
  await expect(undo).toBeVisible();
  await routine.button('Skip Say goodbye').click();
  const question = routine.question(/Stop/);
  await expect(question).toBeVisible();
  await expect(routine.foot).toContainText('asks you');
  await takeScreens(running, 'routine-asks', accessibleInBothThemes(page));
  await question.getByRole('button').first().click();
  await expect(routine.verdict).toBeVisible({ timeout: 60_000 });
  await takeScreens(running, 'routine-evening', accessibleInBothThemes(page));
  await undo.click();
  await expect(undo).toBeHidden();
  expect(await readFile(inFolder('src/answers.js'), 'utf8')).toContain('42');
  await shellPage(page).environment('main').click();
  await stackPage(page).expectState('api', 'Stopped', 30_000);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await expect(routine.verdict).toBeVisible();
});
