import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

let home: TemporaryFolder;
let child: ChildProcess | undefined;
let output = '';

beforeEach(async () => {
  home = await temporaryFolder();
  output = '';
});

afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGTERM');
    await waitFor(() => child?.exitCode !== null || child.signalCode !== null, { what: 'the end of npm start' });
  }
  await home.remove();
});

function start(environment: Record<string, string>): void {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ELECTRON_OVERRIDE_DIST_PATH: ___, ...rest } = process.env;
  child = spawn(process.execPath, [join(root, 'build', 'start.mjs')], {
    env: { ...rest, GOLDEN_HOUR_HOME: home.path, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
}

/** Opens the printed link as a browser does: the page, then its token, which counts once. */
async function openLink(): Promise<{ page: string; exchanges: number[] }> {
  const link = new URL(
    await waitFor(() => /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(output)?.[0], {
      what: 'a link to the served app',
      deadlineMs: 120_000,
    }),
  );
  const token = new URLSearchParams(link.hash.slice(1)).get('token');
  const page = await (await fetch(link.origin)).text();
  const exchange = async (): Promise<number> => {
    const answer = await fetch(new URL('/session', link), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: link.origin },
      body: JSON.stringify({ token }),
    });
    return answer.status;
  };
  return { page, exchanges: [await exchange(), await exchange()] };
}

it.runIf(process.platform === 'linux')('serves the app to the browser when there is no display', async () => {
  start({});
  const { page, exchanges } = await openLink();
  expect(output).toContain('There is no display for a window. Serving the app for the browser instead.');
  expect(page).toContain('<title>Golden Hour</title>');
  expect(exchanges).toEqual([200, 401]);
});

it.runIf(process.platform === 'linux')('says in one line that Electron cannot be had, and serves the app', async () => {
  start({ DISPLAY: ':987', ELECTRON_OVERRIDE_DIST_PATH: join(home.path, 'nowhere') });
  const { page } = await openLink();
  const lines = output.split('\n').filter((line) => line.includes('Electron'));
  expect(lines).toEqual([expect.stringMatching(/^Electron cannot be had \(.*\)\. Serving the app/)]);
  expect(page).toContain('<title>Golden Hour</title>');
});
