import { execFile } from 'node:child_process';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProcess } from '../platform/processes.ts';
import { gitInfo } from './git-info.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
let folder = '';
const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: folder });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden git $(touch x) '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('says commit, branch and whether files were changed', async () => {
  expect(await gitInfo(folder, runProcess, signal)).toBeNull();
  await git('init', '-q', '-b', 'fractal/improvements');
  expect(await gitInfo(folder, runProcess, signal)).toBeNull();
  await writeFile(join(folder, 'a'), 'one');
  await git('add', 'a');
  await git('commit', '-q', '-m', 'first');
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
  expect(await gitInfo(folder, runProcess, signal)).toEqual({ commit, branch: 'fractal/improvements', dirty: false });
  await writeFile(join(folder, 'a'), 'two');
  expect(await gitInfo(folder, runProcess, signal)).toMatchObject({ dirty: true });
  await git('checkout', '-q', '-f', '--detach');
  expect(await gitInfo(folder, runProcess, signal)).toEqual({ commit, branch: null, dirty: false });
});

test('runs nothing that the repository configures', async () => {
  await git('init', '-q');
  await writeFile(join(folder, '.gitattributes'), '* filter=evil\n');
  await writeFile(join(folder, 'a'), 'one');
  await git('add', '.');
  await git('commit', '-q', '-m', 'first');
  const ran = join(folder, 'ran');
  for (const key of [
    'filter.evil.clean',
    'filter.evil.smudge',
    'filter.evil.process',
    'core.fsmonitor',
    'core.sshCommand',
  ]) {
    await git('config', key, `touch '${ran}'; cat`);
  }
  await git('config', 'filter.evil.required', 'true');
  // Same size, new time: status has to read the content, through the filter if it could.
  await writeFile(join(folder, 'a'), 'two');
  expect(await gitInfo(folder, runProcess, signal)).toMatchObject({ dirty: true });
  await expect(access(ran)).rejects.toThrow();
});
