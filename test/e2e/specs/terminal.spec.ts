import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import { dockPage } from '../pages/dock-page.ts';
import { shellPage } from '../pages/shell.ts';
import { stacksPage } from '../pages/stacks-page.ts';
import { enginePid, launchApp, newHome, type RunningApp, waitForConnection } from '../support/app.ts';
import { expectAccessible } from '../support/axe.ts';
import { rawCall } from '../support/raw-port.ts';
import { takeScreens } from '../support/screens.ts';

// One window, one terminal, used by each test in its turn.
test.describe.configure({ mode: 'serial' });

let home: string;
let running: RunningApp;
let copy: StackCopy;
test.beforeAll(async () => {
  copy = await copyStack('redis');
  home = await newHome();
  // A prompt that is the same everywhere.
  await writeFile(join(home, '.bashrc'), "PS1='here> '\nbind 'set enable-bracketed-paste off' 2>/dev/null\n");
  running = await launchApp({ home });
  expect(await rawCall(running.page, 'stacks/add', { folder: copy.folder })).toMatchObject({ status: 200 });
  await shellPage(running.page).goTo('Stacks');
  await expect(stacksPage(running.page).row(`${copy.projectName}/main`)).toBeVisible();
});
test.afterAll(async () => {
  await running?.close();
  await copy?.remove();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const wide = async (): Promise<void> => {
  await running.page.waitForTimeout(200);
};

test('opens in the folder of the stack from the palette, and outlives the page', async () => {
  const { page } = running;
  const dock = dockPage(page);
  const palette = await shellPage(page).openPalette();
  await page.keyboard.type(`open terminal in ${copy.projectName}`);
  await expect(palette.getByRole('option').first()).toContainText(`Open terminal in ${copy.projectName}/main`);
  await page.keyboard.press('Enter');
  await expect(dock.screen).toContainText('here>');
  await dock.run('pwd; echo "project=$COMPOSE_PROJECT_NAME"', `project=${copy.projectName}`);
  await expect(dock.screen).toContainText(copy.folder);
  await dock.run('marker=kept; echo ready', 'ready');
  await page.reload();
  await waitForConnection(page);
  await expect(dock.screen).toContainText('ready');
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('echo "[$marker]"', '[kept]');
  await shellPage(page).goTo('Activity');
  await expect(dock.screen).toContainText('[kept]');
  await expectAccessible(page);
  await takeScreens(running, 'terminal', wide);
});

test('answers a program once: what is written again after a reload is not answered again', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await page.locator('.xterm-helper-textarea').focus();
  // Asks where the cursor is, as shells and editors do, and keeps the answer from the next program.
  await dock.run(
    'stty -echo; printf \'\\033[6n\'; IFS= read -rsd R answer; stty echo; echo "asked ${#answer}"',
    /asked [4-9]/,
  );
  await page.reload();
  await waitForConnection(page);
  await expect(dock.screen).toContainText(/asked [4-9]/);
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('echo clean-$((20 + 2))', 'clean-22');
  await expect(dock.screen).toContainText('here> echo clean-$((20 + 2))');
});

test('asks before several lines or what cannot be seen are pasted, and remembers for this terminal', async () => {
  const { page } = running;
  const dock = dockPage(page);
  const question = dock.question('Paste several lines');
  await dock.paste('echo first-$((1 + 1))\necho second-$((1 + 2))\n');
  await expect(question).toContainText('2 lines');
  await expect(question).toContainText('echo second-');
  await takeScreens(running, 'terminal-paste', wide);
  await page.keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(dock.screen).not.toContainText('first-2');
  await dock.paste('echo first-$((1 + 1))\necho second-$((1 + 2))\n');
  await question.getByLabel('Do not ask again in this terminal').click();
  await question.getByRole('button', { name: 'Paste' }).click();
  await expect(dock.screen).toContainText('second-3');
  await dock.paste('echo third-$((1 + 3))\necho fourth-$((1 + 4))\n');
  await expect(dock.screen).toContainText('fourth-5');
  await dock.paste('echo fi\u001b[201~fth-$((1 + 5))');
  await expect(question).toContainText('␛[201~');
  await question.getByRole('button', { name: 'Paste' }).click();
  await page.keyboard.press('Enter');
  await expect(dock.screen).toContainText('fi[201~fth-6');
});

test('keeps the clipboard and its own settings from programs', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await running.app.evaluate(({ clipboard }) => clipboard.writeText('mine'));
  await page.locator('.xterm-helper-textarea').focus();
  // Writes to the clipboard, reads it, and asks for the title and for the cursor's style: none of it is answered.
  const ask = "printf '\\033]52;c;eW91cnM=\\007\\033]52;c;?\\007\\033]2;touch evil\\007\\033[21t\\033P$q q\\033\\\\'";
  await dock.run(`stty -echo; ${ask}; read -rst 1 answer; stty echo; echo "got \${#answer}."`, 'got 0.');
  expect(await running.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('mine');
  // The title is the tab's, as text.
  await expect(dock.shells.first()).toContainText('touch evil');
  await dock.run("printf '\\033]2;a\\342\\200\\256b\\007'; echo titled", 'titled');
  await expect(dock.shells.first()).toContainText('ab');
});

test('copies what is selected and pastes from the menu of the right click', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await running.app.evaluate(({ clipboard, Menu }) => {
    clipboard.writeText('echo from-the-menu');
    const shown = globalThis as { menu?: Electron.Menu };
    Menu.prototype.popup = function (this: Electron.Menu) {
      shown.menu = this;
    };
  });
  await page.locator('.xterm-screen').click({ button: 'right' });
  await expect
    .poll(() =>
      running.app.evaluate(() => (globalThis as { menu?: Electron.Menu }).menu?.items.map((item) => item.role)),
    )
    .toEqual(['copy', 'paste']);
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.paste());
  await page.keyboard.press('Enter');
  await expect(dock.screen).toContainText('from-the-menu');
  await dock.run('clear; echo select-me', /^\s*select-me/);
  await page.locator('.xterm-screen').dblclick({ position: { x: 20, y: 6 } });
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => running.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('select-me');
});

test('finds text, the newest first, and gives Ctrl+F to programs that fill the screen', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('clear; for i in 1 2 3; do echo "needle $i"; done', 'needle 3');
  await page.keyboard.press('Control+f');
  await expect(dock.find).toBeFocused();
  await page.keyboard.type('needle ');
  const figures = dock.root.getByText(/^\d of \d$/);
  await expect(figures).toHaveText('3 of 3');
  await page.keyboard.press('Enter');
  await expect(figures).toHaveText('2 of 3');
  await page.keyboard.press('Shift+Enter');
  await expect(figures).toHaveText('3 of 3');
  await takeScreens(running, 'terminal-search', wide);
  await page.keyboard.press('Escape');
  await expect(dock.find).toBeHidden();
  await dock.run('clear; seq 1001 1500 | less', '1002');
  await page.keyboard.press('Control+f');
  await expect(dock.screen).not.toContainText('1002');
  await expect(dock.find).toBeHidden();
  await page.keyboard.press('q');
  await expect(dock.screen).toContainText('here>');
});

test('opens links only after asking, with the whole address', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await running.app.evaluate(({ shell }) => {
    const opened: string[] = [];
    (globalThis as { opened?: string[] }).opened = opened;
    shell.openExternal = async (url) => void opened.push(url);
  });
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run(
    "clear; printf 'x \\033]8;;http://127.0.0.1:9/hidden\\033\\\\harmless\\033]8;;\\033\\\\ /etc/passwd\\n'",
    'harmless',
  );
  const row = dock.screen.locator('> div').first();
  const box = await row.boundingBox();
  if (box === null) throw new Error('There is no first row.');
  await page.mouse.move(box.x + 30, box.y + 5);
  await page.mouse.move(box.x + 34, box.y + 6);
  await page.mouse.down();
  await page.mouse.up();
  const question = dock.question('Open a link');
  await expect(question).toContainText('http://127.0.0.1:9/hidden');
  expect(await running.app.evaluate(() => (globalThis as { opened?: string[] }).opened)).toEqual([]);
  await takeScreens(running, 'terminal-link', wide);
  await question.getByRole('button', { name: 'Open' }).click();
  await expect
    .poll(() => running.app.evaluate(() => (globalThis as { opened?: string[] }).opened))
    .toEqual(['http://127.0.0.1:9/hidden']);
});

test('is left and reached by keys, renamed, and asks before it ends what runs in it', async () => {
  const { page } = running;
  const dock = dockPage(page);
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.press('Shift+Escape');
  await expect(dock.tab('Terminal')).toBeFocused();
  await page.keyboard.press('Control+Backquote');
  await expect(page.locator('.xterm-helper-textarea')).toBeFocused();
  await dock.shells.first().getByRole('button').first().dblclick();
  await page.keyboard.type('my own');
  await page.keyboard.press('Enter');
  await expect(dock.shells.first()).toContainText('my own');
  await page.locator('.xterm-helper-textarea').focus();
  await page.keyboard.type('sleep 1000');
  await page.keyboard.press('Enter');
  await dock.shells.first().getByRole('button', { name: 'End the terminal my own' }).click();
  const question = dock.question('End the terminal');
  await expect(question).toContainText('sleep runs in this terminal');
  await question.getByRole('button', { name: 'Cancel' }).click();
  await expect(dock.shells).toHaveCount(1);
  await page.keyboard.press('Control+c');
});

test('opens anew in the same place when the app is started again', async () => {
  await dockPage(running.page).run('cd .. && echo moved', 'moved');
  await running.close();
  running = await launchApp({ home });
  const { page } = running;
  const dock = dockPage(page);
  await expect(dock.screen).toContainText(/Restored: a new shell in the same place.*here>/);
  await expect(dock.shells).toHaveCount(1);
  await expect(dock.shells.first()).toContainText('my own');
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('clear; pwd', copy.folder);
  await takeScreens(running, 'terminal-restored', wide);
  await dock.run('exit', '');
  await expect(dock.root).toContainText('The shell ended with status 0.');
  await page.getByRole('button', { name: 'Start again here' }).click();
  await expect(dock.screen).toContainText(/A new shell in the same place.*here>/);
  await dock.run('echo again-$((1 + 1))', 'again-2');
});

test('opens anew under what is on the screen when the engine dies', async () => {
  const { page } = running;
  const dock = dockPage(page);
  const before = await enginePid(running.app);
  process.kill(before, 'SIGKILL');
  await expect.poll(() => enginePid(running.app).catch(() => before)).not.toBe(before);
  await waitForConnection(page);
  await expect(dock.screen).toContainText(/again-2.*Restored: a new shell in the same place.*here>/);
  await page.locator('.xterm-helper-textarea').focus();
  await dock.run('clear; pwd', copy.folder);
  await dock.end(dock.shells.first());
  await expect(dock.shells).toHaveCount(0);
});
