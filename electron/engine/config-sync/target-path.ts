import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';

/**
 * Where a file that golden.yml names lies, absolute, links resolved: inside the project folder and outside what git and
 * we ourselves are run by. Throws `input.invalid`.
 */
export async function targetPath(files: Pick<Files, 'real' | 'info'>, folder: string, to: string): Promise<string> {
  const refuse = (why: string): AppError =>
    new AppError({
      code: 'input.invalid',
      message: `“${to}” is not written: ${why}.`,
      remedy: 'Name a path inside the project folder in golden.yml.',
    });
  if (isAbsolute(to) || /^[a-zA-Z]:/.test(to) || to.includes('\0')) throw refuse('it is not relative to the folder');
  const parts = to.split(/[\\/]/).filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || /[\\/]$/.test(to)) throw refuse('it names no file');
  if (parts.includes('..')) throw refuse('it leads out of the folder');
  if (parts.some(isGit)) throw refuse('it is part of git');
  const root = await files.real(folder);
  if (root === undefined) throw refuse('the folder is gone');
  // As much of the path as there is, and the rest after it.
  let there = join(root, ...parts);
  const rest: string[] = [];
  let real = await files.real(there);
  while (real === undefined && there !== root) {
    rest.unshift(basename(there));
    there = dirname(there);
    real = await files.real(there);
  }
  const resolved = join(real ?? root, ...rest);
  const inside = relative(root, resolved);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw refuse('a link in it leads out of the folder');
  }
  if (inside.split(sep).some(isGit)) throw refuse('a link in it leads into git');
  const kind = (await files.info(resolved))?.kind;
  if (kind !== undefined && kind !== 'file') throw refuse('there is something else than a file');
  return resolved;
}

/** Also as file systems that ignore case, or shorten names, read it. */
export function isGit(part: string): boolean {
  return /^\.git[ .]*$/i.test(part) || /^git~\d+$/i.test(part);
}
