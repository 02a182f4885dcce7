import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron } from '@playwright/test';
import { openDisplay } from '../support/display.ts';
import { temporaryFolder } from '../support/temp.ts';
import type { Bench } from './harness.ts';

interface Start {
  /** From starting the program to the first painted content, ms. */
  readonly paintMs: number;
  /** From starting the program to the page's heading, which waits for the engine's first answer, ms. */
  readonly contentMs: number;
  /** Resident memory of all its processes, MB; what they share is counted once per process. */
  readonly memoryMb: number;
}

const root = join(import.meta.dirname, '..', '..');

/** An app that shows a heading and does nothing else: what Electron itself costs here. */
async function emptyApp(folder: string): Promise<string> {
  const app = join(folder, 'empty');
  await mkdir(app);
  await writeFile(join(app, 'package.json'), '{"name":"empty","type":"module","main":"main.js"}');
  await writeFile(join(app, 'index.html'), '<!doctype html><title>Empty</title><h1>Empty</h1>');
  await writeFile(
    join(app, 'main.js'),
    `import { app, BrowserWindow } from 'electron';
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
void app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile('${join(app, 'index.html')}'));
`,
  );
  return app;
}

async function memoryOf(app: ElectronApplication): Promise<number> {
  const kilobytes = await app.evaluate(({ app: running }) =>
    running.getAppMetrics().reduce((sum, one) => sum + one.memory.workingSetSize, 0),
  );
  return kilobytes / 1024;
}

async function startOnce(path: string, home: string, display: string): Promise<Start> {
  const asRoot = process.getuid?.() === 0;
  const executablePath = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const begin = Date.now();
  const app = await electron.launch({
    timeout: 60_000,
    args: asRoot ? ['--no-sandbox', path] : [path],
    chromiumSandbox: !asRoot,
    ...(executablePath === undefined ? {} : { executablePath: join(executablePath, 'electron') }),
    env: { ...(process.env as Record<string, string>), DISPLAY: display, GOLDEN_HOUR_HOME: home },
  });
  try {
    const page = await app.firstWindow();
    await page.locator('h1').first().waitFor({ timeout: 30_000 });
    const contentMs = Date.now() - begin;
    const painted = await page.evaluate(async () => {
      for (;;) {
        const entry = performance.getEntriesByName('first-contentful-paint')[0];
        if (entry !== undefined) return performance.timeOrigin + entry.startTime;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    // Memory once the page has come to rest.
    await page.waitForTimeout(2000);
    return { paintMs: painted - begin, contentMs, memoryMb: await memoryOf(app) };
  } finally {
    await app.close();
  }
}

/** Start-up and memory of the window, warm, beside an empty window of the same Electron. */
export const bench: Bench = {
  async run(context) {
    const display = await openDisplay();
    const folder = await temporaryFolder('goldenhour-bench-');
    try {
      if (process.getuid?.() === 0) context.say('as root, so without the sandbox');
      const empty = await emptyApp(folder.path);
      const home = join(folder.path, 'home');
      // One start each that is not counted: fills the disk cache and makes the profile.
      await startOnce(root, home, display.name);
      await startOnce(empty, home, display.name);
      const ours: Start[] = [];
      const theirs: Start[] = [];
      for (let run = 0; run < context.runs; run++) {
        ours.push(await startOnce(root, home, display.name));
        theirs.push(await startOnce(empty, home, display.name));
      }
      for (const [name, unit, key] of [
        ['start to first paint', 'ms', 'paintMs'],
        ['start to content', 'ms', 'contentMs'],
        ['memory', 'MB', 'memoryMb'],
      ] as const) {
        const peer = { name: 'empty window', runs: theirs.map((start) => start[key]) };
        context.record({ case: name, unit, runs: ours.map((start) => start[key]), peer });
      }
    } finally {
      display.close();
      await folder.remove();
    }
  },
};
