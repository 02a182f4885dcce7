import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createUndoBook } from '../../electron/engine/git/undo-book.ts';
import { saveWork, type WipOptions, type WipResult } from '../../electron/engine/git/wip.ts';
import { undoWork } from '../../electron/engine/git/wip-undo.ts';
import { systemFiles as files } from '../../electron/engine/platform/files.ts';
import type { AppError } from '../../shared/errors.ts';
import { anySignal, gitDeps, open, wipOptions } from './git-part.ts';
import type { GitPlayground } from './git-repositories.ts';

export interface Saving {
  save(folder: string, options?: Partial<WipOptions>): Promise<WipResult | undefined>;
  undo(folder: string, token: string | null | undefined): Promise<string>;
  /** The copy of the index that is kept for taking it back. */
  indexKept(folder: string, token: string | null | undefined): string;
}

/** Saving work and taking it back, in any repository of the playground. */
export function saving(at: () => GitPlayground): Saving {
  const book = (folder: string) => createUndoBook(files, `${folder}-undo`);
  return {
    save: async (folder, options = {}) =>
      saveWork(await open(at().environment, folder), { ...wipOptions(folder), ...options }),
    undo: (folder, token) => undoWork({ ...gitDeps(at().environment), undo: book(folder) }, token ?? '', anySignal),
    indexKept: (folder, token) => book(folder).indexOf(token ?? ''),
  };
}

/** What somebody was refused with. Fails when nothing was. */
export async function refusal(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => expect.fail('it was not refused'),
    (error: AppError) => error,
  );
}

/** Staged, changed, both, deleted, new, new in folders, ignored, a link, a mode. */
export async function messy(at: GitPlayground, folder: string): Promise<void> {
  await at.commit(folder, 'feat: more', {
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    'dir/c.txt': 'c\n',
    'old/x': 'x\n',
    '.gitignore': 'out/\n',
  });
  await at.write(folder, { 'a.txt': 'staged\n' });
  await at.git(folder, 'add', 'a.txt');
  await at.write(folder, { 'a.txt': 'staged and changed\n', 'new/deep/file.txt': 'new\n', 'out/big.bin': 'ignored\n' });
  await at.write(folder, { 'with space and ü.txt': 'x\n', 'own.txt': 'changed\n' });
  await at.git(folder, 'rm', '-q', '--cached', 'b.txt');
  await rm(join(folder, 'dir'), { recursive: true });
  await at.write(folder, { dir: 'a file now\n' });
  await symlink('a.txt', join(folder, 'link'));
  // A folder that became a link to another one with a file of that name.
  await rm(join(folder, 'old'), { recursive: true });
  await at.write(folder, { 'new/x': 'another\n' });
  await symlink('new', join(folder, 'old'));
}
