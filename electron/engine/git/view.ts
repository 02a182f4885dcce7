import { basename } from 'node:path';
import type { RepositoryView } from '../../../shared/contract/git.ts';
import type { GitSection } from '../../../shared/domain/routine-file.ts';
import { isAbort, toAppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { hintsFor } from './hints.ts';
import { fetchedAt, inProgress } from './in-progress.ts';
import { isProtected } from './patterns.ts';
import { baseOf, countApart, shortRef } from './refs.ts';
import { type OpenRepositoryDeps, openRepository, type Repository } from './repository.ts';
import { readStatus, type Status } from './status.ts';

/** One repository as it is now. What cannot be read is told in `problem`, never thrown. */
export async function viewRepository(
  deps: OpenRepositoryDeps,
  folder: string,
  section: GitSection,
  signal: AbortSignal,
): Promise<RepositoryView> {
  try {
    return await view(deps, await openRepository(deps, folder, signal), section, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    const { message, remedy } = toAppError(error);
    return { ...nothing(folder), problem: `${message} ${remedy}` };
  }
}

async function view(
  { files }: { readonly files: Files },
  repository: Repository,
  section: GitSection,
  signal: AbortSignal,
): Promise<RepositoryView> {
  const [status, base, under, fetched] = await Promise.all([
    readStatus(repository, signal),
    baseOf(repository, section.base, signal),
    inProgress(repository, files),
    fetchedAt(repository, files),
  ]);
  const apart =
    base === null || status.commit === null ? undefined : await countApart(repository, 'HEAD', base, signal);
  const plain: RepositoryView = {
    ...nothing(repository.top),
    branch: status.branch,
    commit: status.commit?.slice(0, 10) ?? null,
    upstream: status.upstream,
    ahead: status.ahead,
    behind: status.behind,
    base: base === null ? null : shortRef(base),
    aheadOfBase: apart?.left ?? null,
    behindBase: apart?.right ?? null,
    ...countEntries(status),
    inProgress: under,
    fetchedAt: fetched?.toISOString() ?? null,
    protected: status.branch !== null && isProtected(status.branch, section.protected, base && shortRef(base)),
  };
  return { ...plain, hints: await hintsFor(repository, plain, section, base, signal) };
}

function countEntries({ entries }: Status): Pick<RepositoryView, 'changed' | 'untracked' | 'conflicted'> {
  const count = (kind: Status['entries'][number]['kind']): number =>
    entries.filter((entry) => entry.kind === kind).length;
  return { changed: count('changed'), untracked: count('untracked'), conflicted: count('conflicted') };
}

function nothing(folder: string): RepositoryView {
  return {
    folder,
    name: basename(folder),
    branch: null,
    commit: null,
    upstream: null,
    ahead: null,
    behind: null,
    base: null,
    aheadOfBase: null,
    behindBase: null,
    changed: 0,
    untracked: 0,
    conflicted: 0,
    inProgress: null,
    fetchedAt: null,
    protected: false,
    hints: [],
    problem: null,
  };
}
