import { delimiter, isAbsolute, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';

export interface GitProgram {
  /** Absolute, so that no folder git is started in can hold another one. */
  readonly path: string;
  /** `PATH` for git and what it starts: absolute folders only, for the same reason. */
  readonly searchPath: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Git as the user's shell would find it. Throws `git.not-found`. */
export async function findGit(variables: Variables, files: Files, platform: NodeJS.Platform): Promise<GitProgram> {
  const given = variables['PATH'] ?? variables['Path'] ?? '';
  const folders = given.split(delimiter).filter((folder) => isAbsolute(folder));
  const name = platform === 'win32' ? 'git.exe' : 'git';
  for (const folder of folders) {
    const path = join(folder, name);
    const info = await files.info(path).catch(() => undefined);
    const runs = platform === 'win32' || ((info?.mode ?? 0o111) & 0o111) !== 0;
    if (info?.kind === 'file' && runs) return { path, searchPath: folders.join(delimiter) };
  }
  throw new AppError({
    code: 'git.not-found',
    message: 'git was not found.',
    remedy: 'Install git (2.31 or newer), or put its folder into PATH, and start Golden Hour again.',
  });
}
