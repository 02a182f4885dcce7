import { dirname, isAbsolute, join } from 'node:path';
import type { Files } from '../platform/files.ts';

/**
 * The branch checked out in a folder or the nearest parent, read from git's own files: asking git itself would run
 * what a hostile repository configures. Null without a repository; a short commit id when detached.
 */
export async function currentBranch(folder: string, files: Files): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    const gitFolder = await resolveGitFolder(join(at, '.git'), files);
    if (gitFolder !== undefined) {
      const head = await files.readText(join(gitFolder, 'HEAD')).catch(() => '');
      const branch = /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1];
      if (branch !== undefined) return branch;
      return /^[0-9a-f]{40,64}$/m.exec(head)?.[0].slice(0, 10) ?? null;
    }
    if (dirname(at) === at) return null;
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that names one. */
async function resolveGitFolder(path: string, files: Files): Promise<string | undefined> {
  const info = await files.info(path).catch(() => undefined);
  if (info === undefined) return undefined;
  if (info.kind === 'folder') return path;
  const text = await files.readText(path).catch(() => '');
  const target = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim();
  if (target === undefined) return undefined;
  return isAbsolute(target) ? target : join(dirname(path), target);
}
