import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemFiles } from '../platform/files.ts';
import { currentBranch } from './branch.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'branch-'));
});
afterEach(() => rm(root, { recursive: true }));

it('finds the branch from a folder below the repository, slashes and all', async () => {
  await mkdir(join(root, '.git'));
  await mkdir(join(root, 'a/b'), { recursive: true });
  await writeFile(join(root, '.git/HEAD'), 'ref: refs/heads/feature/fast restore\n');
  expect(await currentBranch(join(root, 'a/b'), systemFiles)).toBe('feature/fast restore');
});

it('follows the file of a worktree and shortens a detached commit', async () => {
  await mkdir(join(root, 'repo/.git/worktrees/w'), { recursive: true });
  await mkdir(join(root, 'w'));
  await writeFile(join(root, 'w/.git'), 'gitdir: ../repo/.git/worktrees/w\n');
  await writeFile(join(root, 'repo/.git/worktrees/w/HEAD'), `${'ab'.repeat(20)}\n`);
  expect(await currentBranch(join(root, 'w'), systemFiles)).toBe('ababababab');
});

it('is null where there is no repository', async () => {
  expect(await currentBranch('/proc', systemFiles)).toBeNull();
});
