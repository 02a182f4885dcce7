import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { copyNewFile } from '../platform/copy-file.ts';
import type { Files } from '../platform/files.ts';
import { inProgress } from './in-progress.ts';
import { commitOf } from './refs.ts';
import { type OpenRepositoryDeps, openRepository, type Repository } from './repository.ts';
import { putBack, withWorkbench, workPaths, writeTree } from './snapshot.ts';
import { readStatus } from './status.ts';
import type { UndoBook, UndoRecord } from './undo-book.ts';
import { treeOf } from './wip.ts';

/**
 * Takes a work-in-progress commit back: branch and index are as before it, to the byte; files are not touched. Gives
 * what was done in words. Throws `git.cannot-undo` when something moved since, so that nothing newer is lost.
 */
export async function undoWork(
  deps: OpenRepositoryDeps & { readonly undo: UndoBook },
  token: string,
  signal: AbortSignal,
): Promise<string> {
  const record = await deps.undo.read(token);
  if (record === undefined) {
    throw cannot('there is no such commit to take back', 'It may have been taken back already.', { token });
  }
  const repository = await openRepository(deps, record.folder, signal);
  const under = await inProgress(repository, deps.files);
  if (under !== null) throw cannot(`a ${under} is not finished`, 'Finish it or give it up first.', { token });
  const work = record.kind === 'current' ? undoCurrent : undoBranch;
  await work(repository, record, { ...deps, token, signal });
  await deps.undo.remove(token);
  const name = branchName(record);
  if (record.kind === 'current') return `The work of ${name} is uncommitted again.`;
  return record.before === null ? `${name} was removed.` : `${name} is as it was before.`;
}

interface Undoing {
  readonly files: Files;
  readonly undo: UndoBook;
  readonly token: string;
  readonly signal: AbortSignal;
}

/** The files themselves must still hold what the branch holds, for then nothing is lost with it. */
async function undoBranch(
  repository: Repository,
  record: UndoRecord,
  { files, signal, token }: Undoing,
): Promise<void> {
  await requireAt(repository, record.ref, record.after, { signal, token });
  const status = await readStatus(repository, signal);
  const out = new Set(record.leftOut);
  const { paths, gone } = workPaths(status);
  const taken = paths.filter((path) => !out.has(path));
  const tree = await withWorkbench(repository, files, (bench) =>
    treeOf(repository, { taken, gone, leftOut: record.leftOut, status }, bench.apart, signal),
  );
  if (tree !== record.tree) {
    const name = branchName(record);
    throw cannot(
      `the files changed since, and ${name} may hold the only copy of what they were`,
      `Look at git diff ${name}; when nothing of it is needed: git branch -D ${name}`,
      { token },
    );
  }
  await moveRef(repository, record.ref, record, signal);
}

async function undoCurrent(repository: Repository, record: UndoRecord, undoing: Undoing): Promise<void> {
  const { files, signal, token, undo } = undoing;
  const name = branchName(record);
  const status = await readStatus(repository, signal);
  if (`refs/heads/${status.branch ?? ''}` !== record.ref) {
    throw cannot(`${name} is no longer the current branch`, `git switch ${name}, then try again.`, { token });
  }
  // A life that was cut off may have moved the branch already.
  const moved = status.commit === record.before;
  if (!moved) await requireAt(repository, record.ref, record.after, { signal, token });
  const tree = await withWorkbench(repository, files, async (bench) => {
    await putBack(repository, record.leftOut, record.before, bench.index, signal);
    return writeTree(repository, bench.index, signal);
  });
  if (tree !== record.tree) {
    const remedy = `git reset --soft ${record.before?.slice(0, 10) ?? ''} takes the commit back and keeps what is staged.`;
    throw cannot('something was staged or unstaged since', remedy, { token });
  }
  const index = join(repository.gitFolder, 'index');
  if (!record.index) {
    if (!moved) await moveRef(repository, record.ref, record, signal);
    await files.remove(index);
    return;
  }
  await lockIndex(repository, undo.indexOf(token), files);
  try {
    if (!moved) await moveRef(repository, 'HEAD', record, signal);
  } catch (error) {
    await files.remove(`${index}.lock`);
    throw error;
  }
  await files.move(`${index}.lock`, index);
}

/** Git's own lock, with what the index is to be. */
async function lockIndex(repository: Repository, copy: string, files: Files): Promise<void> {
  const lock = join(repository.gitFolder, 'index.lock');
  try {
    await copyNewFile(copy, lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const [ours, there] = await Promise.all([files.readBytes(copy), files.readBytes(lock)]);
    if (!ours.equals(there)) {
      throw cannot('another git works in the repository', `Wait until it ends; else remove ${lock}.`, {});
    }
  }
}

async function moveRef(repository: Repository, name: string, record: UndoRecord, signal: AbortSignal): Promise<void> {
  const reason = ['-m', 'golden-hour: work in progress taken back'];
  const args =
    record.before === null
      ? ['update-ref', ...reason, '-d', record.ref, record.after]
      : ['update-ref', ...reason, name, record.before, record.after];
  await repository.git(args, { signal });
}

async function requireAt(
  repository: Repository,
  ref: string,
  wanted: string,
  { signal, token }: { readonly signal: AbortSignal; readonly token: string },
): Promise<void> {
  const found = await commitOf(repository, ref, signal);
  if (found === wanted) return;
  const name = ref.replace('refs/heads/', '');
  throw cannot(
    found === undefined ? `${name} is gone` : `${name} moved on to ${found.slice(0, 10)}`,
    `Look at git log -g ${name}; the commit is ${wanted.slice(0, 10)}.`,
    { token },
  );
}

function branchName(record: UndoRecord): string {
  return record.ref.replace('refs/heads/', '');
}

function cannot(reason: string, remedy: string, details: Readonly<Record<string, unknown>>): AppError {
  return new AppError({
    code: 'git.cannot-undo',
    message: `The commit cannot be taken back: ${reason}.`,
    remedy,
    details,
  });
}
