import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page } from '@playwright/test';

/** The app, built, in a window of its own with a home of its own. */
export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly home: string;
  readonly dataFolder: string;
  /** What the processes wrote so far, both streams. */
  output(): string;
  /** Ends the app in good order if it still runs, and removes the home unless it was given. */
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** An existing home, to start on what an earlier run left. */
  readonly home?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Program and parameters, where they are not the usual ones; or more parameters. */
  readonly command?: readonly [string, ...string[]];
  readonly parameters?: readonly string[];
}

/** The store of all these tests, never the one of a person; removed when they are done. */
export const testStore = 'gh-e2e-store';

export const root = join(import.meta.dirname, '../../..');

/** The Electron program to run: the folder of ELECTRON_OVERRIDE_DIST_PATH, else the one of the electron package. */
export function electronProgram(): string {
  const given = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const program = given === undefined ? createRequire(import.meta.url)('electron') : join(given, 'electron');
  if (typeof program !== 'string' || !existsSync(program)) throw new Error(`There is no Electron at ${program}.`);
  return program;
}

/** The environment of an app with a home of its own: no settings of ours or of Docker's from outside. */
export function isolated(home: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined &&
      !/^(XDG_(CONFIG|DATA|STATE|CACHE)_HOME|GOLDEN_HOUR_|DOCKER_CONFIG|DOCKER_CONTEXT|DBUS_SESSION_BUS_ADDRESS)/.test(
        name,
      ),
  ) as [string, string][];
  const own = { HOME: home, GOLDEN_HOUR_HOME: join(home, 'data'), GOLDEN_HOUR_STORE: testStore };
  return { ...Object.fromEntries(kept), ...own, ...more };
}

export async function newHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gh-'));
}

export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const home = options.home ?? (await newHome());
  const app = await _electron.launch({
    executablePath: options.command?.[0] ?? electronProgram(),
    args: [...(options.command?.slice(1) ?? [root]), ...(options.parameters ?? [])],
    // Playwright switches Chromium's sandbox off unless told otherwise.
    chromiumSandbox: true,
    env: isolated(home, options.environment),
  });
  const child = app.process();
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-200_000);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  let running = true;
  app.on('close', () => {
    running = false;
  });
  let page: Page;
  try {
    page = await app.firstWindow();
    await waitForConnection(page);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`The app did not come up. It wrote:\n${output}`, { cause: error });
  }
  return {
    app,
    page,
    home,
    dataFolder: join(home, 'data'),
    output: () => output,
    async close() {
      // Not `app.close()`: it closes the window, which asks when something is under way.
      if (running) {
        const gone = app.waitForEvent('close', { timeout: 20_000 });
        child.kill('SIGTERM');
        await gone.catch((error: unknown) => {
          child.kill('SIGKILL');
          throw new Error(`The app did not end. It wrote:\n${output}`, { cause: error });
        });
      }
      if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The page has a connection to its engine and says so in its foot. */
export async function waitForConnection(page: Page): Promise<void> {
  const foot = page.locator('footer').last();
  await expect(foot).toBeVisible();
  await expect(foot).not.toHaveText(/Connecting|Reconnecting|Not answering/);
}

/** The process id of the engine's utility process. */
export async function enginePid(app: ElectronApplication): Promise<number> {
  const pid = await app.evaluate(
    ({ app: main }) => main.getAppMetrics().find((process) => process.name === 'Golden Hour engine')?.pid,
  );
  if (pid === undefined) throw new Error('There is no engine process.');
  return pid;
}
