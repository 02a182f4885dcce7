import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { electronProgram, enginePid, isolated, launchApp, newHome, type RunningApp, root } from '../support/app.ts';

let home: string;
let running: RunningApp | undefined;
test.beforeEach(async () => {
  home = await newHome();
});
test.afterEach(async () => {
  await running?.close();
  running = undefined;
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function windowState(app: RunningApp): Promise<{ bounds: object; maximized: boolean; visible: boolean }> {
  return app.app.evaluate(({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    if (window === undefined) throw new Error('There is no window.');
    return { bounds: window.getBounds(), maximized: window.isMaximized(), visible: window.isVisible() };
  });
}

/** Closes the window the way a user does, and waits until the app is gone. */
async function closeWindow(app: RunningApp): Promise<void> {
  const gone = app.app.waitForEvent('close');
  await app.page.getByRole('button', { name: 'Close', exact: true }).click();
  await gone;
}

test('a second start shows the first window and ends', async () => {
  running = await launchApp({ home });
  await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const second = spawn(electronProgram(), [root], { env: isolated(home), stdio: 'ignore' });
  const code = await new Promise((resolve) => second.once('exit', resolve));
  expect(code).toBe(0);
  await expect.poll(async () => (await windowState(running as RunningApp)).visible).toBe(true);
  expect(await running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});

test('the window keeps its place, size and theme', async () => {
  running = await launchApp({ home });
  const place = { x: 60, y: 40, width: 1010, height: 710 };
  await running.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), place);
  await expect.poll(async () => (await windowState(running as RunningApp)).bounds).toEqual(place);
  await closeWindow(running);
  running = await launchApp({ home });
  expect((await windowState(running)).bounds).toEqual(place);
});

test('a window that was on a screen that is gone comes back into view', async () => {
  running = await launchApp({ home });
  await running.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.setBounds({ x: 9000, y: 9000, width: 1000, height: 700 }),
  );
  await closeWindow(running);
  running = await launchApp({ home });
  const { bounds } = (await windowState(running)) as { bounds: { x: number; y: number } };
  expect(bounds.x).toBeLessThan(1600);
  expect(bounds.y).toBeLessThan(1200);
});

test('closing the window ends the app and its engine', async () => {
  running = await launchApp({ home });
  const engine = await enginePid(running.app);
  await closeWindow(running);
  await expect.poll(() => isAlive(engine)).toBe(false);
});

test('the engine ends with a window that is killed', async () => {
  running = await launchApp({ home });
  const engine = await enginePid(running.app);
  running.app.process().kill('SIGKILL');
  await expect.poll(() => isAlive(engine)).toBe(false);
});
