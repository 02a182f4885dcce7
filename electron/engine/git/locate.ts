import { dirname, isAbsolute, join } from 'node:path';
import type { Files } from '../platform/files.ts';

export interface RepositoryPlace {
  /** The folder that holds `.git`, as it was named. */
  readonly top: string;
  /** Where `.git` leads, in worktrees and submodules somewhere else. */
  readonly gitFolder: string;
}

/** The repository that a folder is in, by git's own files. Undefined: none. */
export async function locateRepository(folder: string, files: Files): Promise<RepositoryPlace | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const gitFolder = await resolveGitFolder(join(at, '.git'), files);
    if (gitFolder !== undefined) return { top: at, gitFolder };
    if (dirname(at) === at) return undefined;
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that names one. */
async function resolveGitFolder(path: string, files: Files): Promise<string | undefined> {
  const info = await files.info(path).catch(() => undefined);
  if (info === undefined) return undefined;
  if (info.kind === 'folder') return path;
  // Neither a pipe, which would be waited for, nor a file that is something else.
  if (info.kind !== 'file' || info.bytes > 10_000) return undefined;
  const text = await files.readText(path).catch(() => '');
  const target = /^gitdir: (.+)$/m.exec(text)?.[1]?.trim();
  if (target === undefined) return undefined;
  return isAbsolute(target) ? target : join(dirname(path), target);
}
