import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, test } from '@playwright/test';
import { connectDocker } from '../../support/docker.ts';
import { copyStack, type StackCopy } from '../../support/stacks.ts';
import {
  electronProgram,
  enginePid,
  isolated,
  launchApp,
  newHome,
  type RunningApp,
  root,
  waitForConnection,
} from '../support/app.ts';
import { rawCall } from '../support/raw-port.ts';

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

/** Answers the app's next questions with one button, and keeps what was asked. */
async function answerDialogs(app: RunningApp, response: number): Promise<void> {
  await app.app.evaluate(({ dialog }, button) => {
    const asked: unknown[] = [];
    (globalThis as unknown as Record<string, unknown>)['asked'] = asked;
    const answer = async (...given: unknown[]): Promise<{ response: number; checkboxChecked: boolean }> => {
      asked.push(given.at(-1));
      return { response: button, checkboxChecked: false };
    };
    dialog.showMessageBox = answer as typeof dialog.showMessageBox;
  }, response);
}

function askedDialogs(app: RunningApp): Promise<{ message: string; detail: string; buttons: string[] }[]> {
  return app.app.evaluate(() => (globalThis as unknown as Record<string, never[]>)['asked'] ?? []);
}

/** Starts a stack whose first service takes its time, and waits until that is under way. */
async function startSlowStack(app: RunningApp, folder: string): Promise<void> {
  const added = await rawCall(app.page, 'stacks/add', { folder });
  expect(added).toMatchObject({ status: 200 });
  const { environmentId } = added.body as { environmentId: string };
  const up = await rawCall(app.page, 'environments/up', { environmentId });
  const { operationId } = up.body as { operationId: string };
  const docker = connectDocker();
  await expect
    .poll(async () => {
      const running = await docker.listContainers({
        filters: { label: [`com.docker.compose.project=${basename(folder)}`] },
      });
      return running.length;
    })
    .toBeGreaterThan(0);
  expect((await rawCall(app.page, 'operations/get', { operationId })).body).toMatchObject({ state: 'running' });
}

/** The job's sleep is over now: it ends well. */
async function endJob({ projectName }: StackCopy): Promise<void> {
  const exec = await connectDocker()
    .getContainer(`${projectName}-job-1`)
    .exec({ Cmd: ['sh', '-c', 'kill -9 -1'] });
  await exec.start({ Detach: true });
}

const buttons = { background: 0, wait: 1, quit: 2 };

test.describe('with an operation under way', () => {
  let stack: StackCopy;
  const start = async (seconds: number): Promise<RunningApp> => {
    stack = await copyStack('oneshot', { variables: { JOB_SECONDS: String(seconds) } });
    const app = await launchApp({ home });
    running = app;
    await startSlowStack(app, stack.folder);
    return app;
  };
  test.afterEach(async () => {
    await running?.close();
    running = undefined;
    await stack.remove();
  });

  test('closing asks, names it, and waits when told to', async () => {
    const app = await start(300);
    await answerDialogs(app, buttons.wait);
    await app.page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(async () => (await askedDialogs(app)).length).toBe(1);
    const [asked] = await askedDialogs(app);
    expect(asked?.message).toContain(basename(stack.folder));
    expect(asked?.buttons).toEqual(['Keep running in the background', 'Wait', 'Quit anyway']);
    expect((await windowState(app)).visible).toBe(true);
    // Asked again at the next try, not remembered.
    await app.app.evaluate(({ app: main }) => main.quit());
    await expect.poll(async () => (await askedDialogs(app)).length).toBe(2);
    await waitForConnection(app.page);
  });

  test('quitting anyway ends at once, and the next start takes the operation up', async () => {
    const app = await start(300);
    await answerDialogs(app, buttons.quit);
    await closeWindow(app);
    running = await launchApp({ home });
    const { page } = running;
    await expect
      .poll(async () => {
        const { body } = await rawCall(page, 'operations/list', {});
        return (body as { kind: string; resumed: boolean }[]).map(({ resumed }) => resumed);
      })
      .toEqual([true]);
  });

  test('in the background it finishes, then ends; a second start brings the window back', async () => {
    const app = await start(300);
    await answerDialogs(app, buttons.background);
    const gone = app.app.waitForEvent('close', { timeout: 90_000 });
    await app.page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(async () => (await windowState(app)).visible).toBe(false);
    const second = spawn(electronProgram(), [root], { env: isolated(home), stdio: 'ignore' });
    await new Promise((resolve) => second.once('exit', resolve));
    await expect.poll(async () => (await windowState(app)).visible).toBe(true);
    await app.page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(async () => (await windowState(app)).visible).toBe(false);
    await endJob(stack);
    await gone;
    const containers = await connectDocker().listContainers({
      filters: { label: [`com.docker.compose.project=${basename(stack.folder)}`] },
    });
    expect(containers.map((one) => one.State)).toEqual(['running']);
  });
});

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

test('a window whose engine does not answer is closed by its own button', async () => {
  running = await launchApp({ home });
  const engine = await enginePid(running.app);
  process.kill(engine, 'SIGSTOP');
  await closeWindow(running);
  await expect.poll(() => isAlive(engine)).toBe(false);
});
