import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitPlayground } from './git-repositories.ts';

/** Every file with its mode and content, without git's own. */
export async function treeState(folder: string, inside = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await readdir(join(folder, inside))).sort()) {
    const path = join(inside, name);
    if (path === '.git') continue;
    const info = await lstat(join(folder, path));
    if (info.isDirectory()) lines.push(...(await treeState(folder, path)));
    else if (info.isSymbolicLink()) lines.push(`${path} -> ${await readlink(join(folder, path))}`);
    else lines.push(`${path} ${info.mode & 0o777} ${hash(await readFile(join(folder, path)))}`);
  }
  return lines;
}

/** All that a user could tell apart: the index by its bytes. */
export async function repositoryState(at: GitPlayground, folder: string) {
  return {
    index: hash(await readFile(join(folder, '.git', 'index')).catch(() => Buffer.from(''))),
    tree: await treeState(folder),
    head: await at.git(folder, 'symbolic-ref', 'HEAD'),
    commit: await at.git(folder, 'rev-parse', '--verify', '-q', 'HEAD').catch(() => ''),
    refs: await at.git(folder, 'for-each-ref', '--format=%(refname) %(objectname)'),
    // Last, as it may write the index.
    status: await at.git(folder, 'status', '--porcelain=v2', '-z', '--untracked-files=all'),
  };
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
