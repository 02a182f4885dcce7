import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { inProgress } from './in-progress.ts';
import { refusalIn } from './pull.ts';
import type { Repository } from './repository.ts';
import { putBack, takeIn, type Workbench, withWorkbench, workPaths, writeTree } from './snapshot.ts';
import { readStatus, type Status, toText } from './status.ts';
import type { UndoBook } from './undo-book.ts';
import { checkSecrets } from './wip-secrets.ts';
import { chooseBranch, type WipTarget } from './wip-target.ts';

export interface LargeFile {
  readonly path: string;
  readonly bytes: number;
}

export interface WipOptions {
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly undo: UndoBook;
  /** `branch`: beside the current branch, which stays as it is, like index and files. `current`: on it. */
  readonly mode: 'branch' | 'current';
  readonly isProtected: (branch: string) => boolean;
  /** Files above this are asked about. Bytes. */
  readonly largeBytes: number;
  /** What of these is committed all the same. */
  readonly askLarge: (large: readonly LargeFile[]) => Promise<'commit' | 'leave-out'>;
  readonly note: (title: string, detail: string, remedy: string | null) => void;
  /** On disk before anything is changed. */
  readonly keep: (token: string) => void;
}

export interface WipResult {
  readonly branch: string;
  readonly files: number;
  readonly commit: string;
  /** Null: it was there already, or nothing was to be committed. */
  readonly token: string | null;
}

/** How often the files are taken again when they change while secrets are looked for. */
const maxTries = 3;

/**
 * Commits what is uncommitted and not ignored. Nothing that was staged, changed or new is changed by it. Undefined: there
 * is nothing. Throws `git.in-progress`, `git.protected`, `git.secrets-found`, `git.denied`.
 */
export async function saveWork(repository: Repository, options: WipOptions): Promise<WipResult | undefined> {
  const { files, signal } = options;
  const refuse = refusalIn(repository);
  const under = await inProgress(repository, files);
  const status = await readStatus(repository, signal);
  if (under !== null || status.entries.some(({ kind }) => kind === 'conflicted')) {
    throw refuse('git.in-progress', `${repository.name} is in the middle of a ${under ?? 'merge with conflicts'}.`, {
      remedy: 'Finish it or give it up; it is left as it is, and nothing was committed.',
    });
  }
  if (status.cut) {
    throw refuse('git.failed', `${repository.name} has more uncommitted files than can be held.`, {
      remedy: 'Something large is probably missing in .gitignore.',
    });
  }
  const { paths, gone, nested } = workPaths(status);
  if (nested.length > 0) {
    const words = `${nested.slice(0, 3).map(toText).join(', ')}: a repository of its own`;
    options.note(`${repository.name}: not everything is in the commit`, words, 'Commit in it by itself.');
  }
  if (paths.length === 0) return undefined;
  await refuseFiltered(repository, paths, signal);
  const secretive = envFilesIn(status);
  if (secretive.length > 0) {
    const words = `${secretive.map(toText).join(', ')}: env files hold secrets, and git does not ignore ${secretive.length === 1 ? 'it' : 'them'}.`;
    options.note(`${repository.name}: not everything is in the commit`, words, 'Put them into .gitignore.');
  }
  const others = paths.filter((path) => !secretive.includes(path));
  const leftOut = [...secretive, ...(await largeLeftOut(repository, others, options))];
  const out = new Set(leftOut);
  const taken = paths.filter((path) => !out.has(path));
  if (taken.length === 0) return undefined;
  const target = await chooseBranch(repository, status, options);
  const tree = await checkedTree(repository, { taken, gone, leftOut, status, target }, options);
  return commitTree(repository, { tree, taken, gone, leftOut, status, target }, options);
}

/** New env files that nobody added: forgotten in .gitignore rather than meant to be committed. Templates are meant. */
function envFilesIn({ entries }: Status): readonly string[] {
  const untracked = entries.filter(({ kind, path }) => kind === 'untracked' && !path.endsWith('/'));
  return untracked
    .map(({ path }) => path)
    .filter((path) => /(^|\/)\.env(\.[^/]+)?$/.test(path) && !/\.(example|sample|template|dist|defaults?)$/.test(path));
}

interface Work {
  readonly taken: readonly string[];
  readonly gone: ReadonlySet<string>;
  readonly leftOut: readonly string[];
  readonly status: Status;
  readonly target: WipTarget;
}

/** The tree of these files in the repository's objects, after it was looked through apart from them. */
async function checkedTree(repository: Repository, work: Work, options: WipOptions): Promise<string> {
  const { files, signal } = options;
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const tree = await withWorkbench(repository, files, async (bench) => {
      const apart = await treeOf(repository, work, bench.apart, signal);
      await checkSecrets(repository, { ...work, tree: apart }, bench.apart, options);
      return apart;
    });
    // The same again for good: only what was looked through is kept.
    const made = await withWorkbench(repository, files, (bench) => treeOf(repository, work, bench.index, signal));
    if (made === tree) return tree;
  }
  throw refusalIn(repository)('git.failed', `Files of ${repository.name} go on changing.`, {
    remedy: 'Stop what writes them, or put them into .gitignore, and try again.',
  });
}

export async function treeOf(
  repository: Repository,
  { taken, gone, leftOut, status }: Pick<Work, 'taken' | 'gone' | 'leftOut' | 'status'>,
  variables: Workbench['index'],
  signal: AbortSignal,
): Promise<string> {
  await takeIn(repository, { taken, gone }, variables, signal);
  await putBack(repository, leftOut, status.commit, variables, signal);
  return writeTree(repository, variables, signal);
}

async function commitTree(
  repository: Repository,
  work: Work & { readonly tree: string },
  options: WipOptions,
): Promise<WipResult> {
  const { signal, undo } = options;
  const { tree, taken, leftOut, status, target } = work;
  const { branch, current, before, parents } = target;
  const ref = `refs/heads/${branch}`;
  if (before !== undefined && (await isSaved(repository, { before, tree, commit: status.commit }, signal))) {
    // By a life that was cut off, or earlier today.
    if (current) await takeIn(repository, work, {}, signal);
    return { branch, files: taken.length, commit: before.slice(0, 10), token: null };
  }
  const message = `wip: ${countFiles(taken.length)} on ${status.branch ?? `commit ${status.commit?.slice(0, 10)}`}\n`;
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  const made = await repository.git(args, {
    signal,
    input: message,
    expects: { nobody: /Please tell me who you are|empty ident|unable to auto-detect|user\.useConfigOnly/ },
  });
  if (made.failure === 'nobody') {
    throw new AppError({
      code: 'git.failed',
      message: `git does not know who commits in ${repository.name}.`,
      remedy: 'git config --global user.name "…" and git config --global user.email …',
      details: { folder: repository.top },
    });
  }
  const after = made.stdout.trim();
  const record = { folder: repository.top, ref, before: before ?? null, after, tree, leftOut: [...leftOut] };
  const token = await undo.write(
    { ...record, kind: current ? 'current' : 'branch' },
    current ? repository.gitFolder : undefined,
  );
  options.keep(token);
  const zero = '0'.repeat(after.length);
  const name = current && status.commit !== null ? 'HEAD' : ref;
  const update = ['update-ref', '-m', 'golden-hour: work in progress', '--create-reflog', name, after];
  await repository.git([...update, before ?? zero], { signal });
  // The same files into the index, so that they show as committed; only the rest stays staged.
  if (current) await takeIn(repository, work, {}, signal);
  return { branch, files: taken.length, commit: after.slice(0, 10), token };
}

/** Does the branch hold these very files already, on top of the commit that is worked on? */
async function isSaved(
  repository: Repository,
  { before, tree, commit }: { readonly before: string; readonly tree: string; readonly commit: string | null },
  signal: AbortSignal,
): Promise<boolean> {
  const done = await repository.git(['rev-parse', '--verify', '--end-of-options', `${before}^{tree}`], { signal });
  return done.stdout.trim() === tree && isAncestor(repository, commit, before, signal);
}

async function isAncestor(
  repository: Repository,
  older: string | null,
  newer: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (older === null) return true;
  const done = await repository.git(['merge-base', '--is-ancestor', older, newer], { signal, expects: { no: 1 } });
  return done.failure === null;
}

/** A file whose content passes a program that only the repository names would be committed as it should not be. */
async function refuseFiltered(repository: Repository, paths: readonly string[], signal: AbortSignal): Promise<void> {
  const { filters } = repository.judgement;
  if (filters.length === 0) return;
  const done = await repository.git(['check-attr', '-z', '--stdin', 'filter'], {
    signal,
    input: paths.map((path) => `${path}\0`).join(''),
    encoding: 'latin1',
  });
  const parts = done.stdout.split('\0');
  for (let index = 0; index + 2 < parts.length; index += 3) {
    const name = parts[index + 2] ?? '';
    if (!filters.includes(name)) continue;
    const path = toText(parts[index] ?? '');
    throw refusalIn(repository)('git.denied', `${path} passes a filter that the repository itself names: ${name}.`, {
      remedy: `Commit by hand, or put filter.${name} into your own configuration (git config --global).`,
    });
  }
}

async function largeLeftOut(
  repository: Repository,
  paths: readonly string[],
  { files, largeBytes, askLarge }: WipOptions,
): Promise<readonly string[]> {
  const large: { path: string; bytes: number }[] = [];
  for (const path of paths) {
    const info = await files.info(join(repository.top, toText(path))).catch(() => undefined);
    if (info?.kind === 'file' && info.bytes > largeBytes) large.push({ path, bytes: info.bytes });
  }
  if (large.length === 0) return [];
  const answer = await askLarge(large.map(({ path, bytes }) => ({ path: toText(path), bytes })));
  return answer === 'commit' ? [] : large.map(({ path }) => path);
}

export function countFiles(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
