import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { absoluteFolders } from './hardening.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** The path of git as the user's shell would find it: absolute, whatever is in `PATH`. Throws `git.not-found`. */
export async function findGit(variables: Variables, files: Files, platform: NodeJS.Platform): Promise<string> {
  const given = variables['PATH'] ?? variables['Path'] ?? '';
  const name = platform === 'win32' ? 'git.exe' : 'git';
  for (const folder of absoluteFolders(given)) {
    const path = join(folder, name);
    const info = await files.info(path).catch(() => undefined);
    const runs = platform === 'win32' || ((info?.mode ?? 0o111) & 0o111) !== 0;
    if (info?.kind === 'file' && runs) return path;
  }
  throw new AppError({
    code: 'git.not-found',
    message: 'git was not found.',
    remedy: 'Install git (2.31 or newer), or put its folder into PATH, and start Golden Hour again.',
  });
}
