import { refusalIn } from './pull.ts';
import { commitOf } from './refs.ts';
import type { Repository } from './repository.ts';
import type { Status } from './status.ts';
import { wipBranchOf } from './wip-names.ts';

export interface WipTarget {
  readonly branch: string;
  /** It is the branch that is checked out. */
  readonly current: boolean;
  /** Where it is now; undefined: it is not there yet. */
  readonly before: string | undefined;
  readonly parents: readonly string[];
}

/**
 * The branch that the work goes to. On a protected branch, on none, or when told so it is one of `wip/`, which only
 * grows: what it held before stays reachable. Throws `git.protected`, `git.failed`.
 */
export async function chooseBranch(
  repository: Repository,
  { branch, commit }: Status,
  {
    mode,
    isProtected,
    signal,
  }: {
    readonly mode: 'branch' | 'current';
    readonly isProtected: (branch: string) => boolean;
    readonly signal: AbortSignal;
  },
): Promise<WipTarget> {
  const wip = wipBranchOf(branch ?? `detached-${commit?.slice(0, 10)}`);
  if (branch !== null && (wip === branch || (mode === 'current' && !isProtected(branch)))) {
    const parents = commit === null ? [] : [commit];
    return { branch, current: true, before: commit ?? undefined, parents };
  }
  const refuse = refusalIn(repository);
  if (isProtected(wip)) {
    throw refuse('git.protected', `${wip} is protected, like ${branch ?? 'every branch'}.`, {
      remedy: 'Take wip/* out of “git: protected:” in golden.yml, or commit by hand.',
    });
  }
  const elsewhere = await checkedOutAt(repository, wip, signal);
  if (elsewhere !== undefined) {
    throw refuse('git.failed', `${wip} is checked out in ${elsewhere}.`, {
      remedy: 'Switch that working tree to another branch; it would no longer fit its files.',
    });
  }
  const before = await commitOf(repository, `refs/heads/${wip}`, signal);
  return { branch: wip, current: false, before, parents: await parentsOf(repository, commit, before, signal) };
}

/** The commit worked on and what was saved before, unless one of the two leads to the other. */
async function parentsOf(
  repository: Repository,
  commit: string | null,
  before: string | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (before === undefined) return commit === null ? [] : [commit];
  if (commit === null) return [before];
  const args = ['merge-base', '--is-ancestor'];
  const leads = async (older: string, newer: string): Promise<boolean> =>
    (await repository.git([...args, older, newer], { signal, expects: { no: 1 } })).failure === null;
  if (await leads(commit, before)) return [before];
  return (await leads(before, commit)) ? [commit] : [commit, before];
}

async function checkedOutAt(repository: Repository, branch: string, signal: AbortSignal): Promise<string | undefined> {
  const listed = await repository.git(['worktree', 'list', '--porcelain'], { signal });
  let folder = '';
  for (const line of listed.stdout.split('\n')) {
    if (line.startsWith('worktree ')) folder = line.slice('worktree '.length);
    if (line === `branch refs/heads/${branch}`) return folder;
  }
  return undefined;
}
