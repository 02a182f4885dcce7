import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, expect, test } from '@playwright/test';
import { electronProgram, isolated, root, waitForConnection } from '../support/app.ts';
import { rawCall } from '../support/raw-port.ts';

const run = promisify(execFile);
let folder: string;
let packaged: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = await mkdtemp(join(tmpdir(), 'ghp-'));
  const electron = dirname(electronProgram());
  const version = (await readFile(join(electron, 'version'), 'utf8')).trim().replace(/^v/, '');
  await run(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      '--linux',
      '--dir',
      '--publish=never',
      `-c.directories.output=${folder}`,
      `-c.electronDist=${electron}`,
      `-c.electronVersion=${version}`,
    ],
    { cwd: root, env: isolated(folder) },
  );
  packaged = join(folder, 'linux-unpacked/golden-hour');
});
test.afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test('the fuses are set', async () => {
  const { stdout } = await run(
    process.execPath,
    [join(root, 'node_modules/@electron/fuses/dist/bin.js'), 'read', '--app', packaged],
    // It colours its words.
    { env: { ...process.env, FORCE_COLOR: '0' } },
  );
  for (const line of [
    'RunAsNode is Disabled',
    'EnableCookieEncryption is Enabled',
    'EnableNodeOptionsEnvironmentVariable is Disabled',
    'EnableNodeCliInspectArguments is Disabled',
    'EnableEmbeddedAsarIntegrityValidation is Enabled',
    'OnlyLoadAppFromAsar is Enabled',
    'GrantFileProtocolExtraPrivileges is Disabled',
  ]) {
    expect(stdout).toContain(line);
  }
});

test('it carries our program and this platform’s binaries, nothing else', async () => {
  const { stdout } = await run(process.execPath, [
    join(root, 'node_modules/@electron/asar/bin/asar.js'),
    'list',
    join(folder, 'linux-unpacked/resources/app.asar'),
  ]);
  const files = stdout.trim().split('\n');
  expect(new Set(files.map((file) => file.split('/')[1]))).toEqual(new Set(['node_modules', 'out', 'package.json']));
  expect(files.filter((file) => /\.(ts|map)$/.test(file))).toEqual([]);
  expect(files.filter((file) => /prebuilds\/(darwin|win32)/.test(file))).toEqual([]);
  expect(files).toContain('/node_modules/node-gyp-build/package.json');
  expect(existsSync(join(folder, 'linux-unpacked/resources/default_app.asar'))).toBe(false);
});

test('it does not run as Node', async () => {
  // With the fuse it opens a window instead, until it is told to end.
  const asNode = await run(packaged, ['-e', 'console.log("node")'], {
    env: { ...isolated(join(folder, 'node')), ELECTRON_RUN_AS_NODE: '1' },
    timeout: 3000,
  }).catch((error: { stdout: string }) => error);
  expect(asNode.stdout).not.toContain('node');
});

test('it starts, connects, brings back its engine, and ends', async () => {
  const home = join(folder, 'home');
  const environment = isolated(home);

  // Playwright starts apps through the inspector, which a fuse forbids.
  const app = spawn(packaged, ['--remote-debugging-port=0'], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => app.once('exit', resolve));
  try {
    const browser = await chromium.connectOverCDP(await debuggingAddress(app));
    const page = browser.contexts()[0]?.pages()[0] ?? (await browser.contexts()[0]?.waitForEvent('page'));
    if (page === undefined) throw new Error('There is no page.');
    await waitForConnection(page);
    expect(page.url()).toBe('app://goldenhour/');
    expect(await readdir(join(home, 'data'))).toContain('golden-hour.db');
    // The terminal's native part is found outside of the archive.
    const opened = await rawCall(page, 'terminal/openHost', { environmentId: null });
    expect(opened).toMatchObject({ status: 200, body: { kind: 'host', state: 'running', folder: home } });
    const { id } = opened.body as { id: string };
    expect(await rawCall(page, 'terminal/close', { terminalId: id })).toMatchObject({ status: 200 });
    const command = await readFile(`/proc/${app.pid}/cmdline`, 'utf8');
    expect(command).not.toContain('--no-sandbox');
    // Here nothing but the app itself keeps its loops awake, as a debugger does elsewhere.
    for (let round = 0; round < 5; round += 1) {
      const before = await engineOf(app.pid);
      process.kill(before, 'SIGKILL');
      await expect.poll(() => engineOf(app.pid).catch(() => before)).not.toBe(before);
      await waitForConnection(page);
    }
  } finally {
    app.kill('SIGTERM');
    await ended;
  }
});

/** The engine's process among the children of the app's. */
async function engineOf(app: number | undefined): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    // A process that has ended but was not waited for has an empty command line.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (status.includes(`\nPPid:\t${app}\n`) && command.includes('node.mojom.NodeService')) return Number(pid);
  }
  throw new Error('There is no engine process.');
}

function debuggingAddress(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = '';
    const timer = setTimeout(() => reject(new Error(`It did not come up. It wrote:\n${written}`)), 20_000);
    app.stderr?.on('data', (chunk: Buffer) => {
      written += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(written)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}
