import { AppError, type ErrorCode } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { saidByGit } from './hardening.ts';
import { inProgress } from './in-progress.ts';
import { commitOf, countApart } from './refs.ts';
import type { Repository } from './repository.ts';
import { readStatus, type Status, toText } from './status.ts';

export interface PullResult {
  readonly branch: string;
  readonly commits: number;
  /** Short. */
  readonly commit: string;
  /** Files that were changed and still are. */
  readonly kept: number;
}

const inTheWay =
  /would be overwritten by merge|untracked working tree files|Updating the following directories would lose|not uptodate|cannot merge/;

/**
 * Moves the current branch to its upstream as it was fetched, if that takes no merge. Uncommitted changes stay as they
 * are; where both touch a file nothing is done at all. Throws `git.detached`, `git.no-upstream`, `git.in-progress`,
 * `git.diverged`, `git.dirty`, `git.denied`.
 */
export async function fastForward(
  repository: Repository,
  { files, signal }: { readonly files: Files; readonly signal: AbortSignal },
): Promise<PullResult> {
  const refuse = refusalIn(repository);
  const under = await inProgress(repository, files);
  if (under !== null) {
    throw refuse('git.in-progress', `A ${under} is not finished in ${repository.name}.`, {
      remedy: `Finish it (git ${under} --continue) or give it up (git ${under} --abort), then pull again.`,
    });
  }
  const status = await readStatus(repository, signal);
  const { branch, upstream } = await refuseWithoutUpstream(repository, status, signal);
  const { left, right } = await countApart(repository, 'HEAD', '@{upstream}', signal);
  const commit = status.commit?.slice(0, 10) ?? '';
  const kept = status.entries.length;
  if (right === 0) return { branch, commits: 0, commit, kept };
  if (left > 0) {
    throw refuse('git.diverged', `${branch} and ${upstream} went apart: ${left} here, ${right} there.`, {
      remedy: `git rebase ${upstream}, or git merge ${upstream}; nothing was changed.`,
    });
  }
  const [filter] = repository.judgement.filters;
  if (filter !== undefined) {
    throw refuse(
      'git.denied',
      `Files of ${repository.name} pass a filter that the repository itself names: ${filter}.`,
      {
        remedy: `Pull by hand, or put filter.${filter} into your own configuration (git config --global).`,
      },
    );
  }
  const target = (await commitOf(repository, '@{upstream}', signal)) ?? '';
  await refuseOverlap(repository, status, target, signal);
  const done = await repository.git(
    ['merge', '--ff-only', '--no-overwrite-ignore', '--no-autostash', '--no-stat', '--quiet', target],
    {
      signal,
      timeoutMs: 300_000,
      // Large files come from a server of their own, by the user's own filter.
      protocols: ['https', 'http', 'ssh'],
      expects: { inTheWay, diverged: /Not possible to fast-forward|Diverging branches/ },
      cut: true,
    },
  );
  if (done.failure === 'inTheWay') {
    const files_ = done.stderr.split('\n').flatMap((line) => /^\t(.+)$/.exec(line)?.[1] ?? []);
    throw overlap(repository, files_.length === 0 ? [saidByGit(done)] : files_);
  }
  if (done.failure === 'diverged') {
    throw refuse('git.diverged', `${branch} moved while it was pulled.`, { remedy: 'Try again.' });
  }
  return { branch, commits: right, commit: target.slice(0, 10), kept };
}

async function refuseWithoutUpstream(
  repository: Repository,
  { branch, upstream, commit }: Status,
  signal: AbortSignal,
): Promise<{ branch: string; upstream: string }> {
  const refuse = refusalIn(repository);
  if (branch === null) {
    throw refuse('git.detached', `${repository.name} is on no branch, but on the commit ${commit?.slice(0, 10)}.`, {
      remedy: 'git switch BRANCH; git switch -c NEW keeps what you committed since.',
    });
  }
  if (upstream === null) {
    throw refuse('git.no-upstream', `${branch} follows no branch of a remote.`, {
      remedy: `git branch --set-upstream-to=origin/${branch}, or push it once with git push -u.`,
      own: true,
    });
  }
  if ((await commitOf(repository, '@{upstream}', signal)) === undefined) {
    throw refuse('git.no-upstream', `${branch} follows ${upstream}, which is not there.`, {
      remedy: 'It was deleted or never fetched. git branch --unset-upstream, or choose another one.',
    });
  }
  return { branch, upstream };
}

/** Told before git tries, with every file and not just the first ones. */
async function refuseOverlap(
  repository: Repository,
  status: Status,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  if (status.entries.length === 0) return;
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--end-of-options', 'HEAD', target];
  const listed = await repository.git(args, { signal, encoding: 'latin1', maxBytes: 64 * 1024 * 1024 });
  const theirs = new Set(listed.stdout.split('\0').filter((path) => path !== ''));
  const both = status.entries.filter(({ path }) => theirs.has(path)).map(({ path }) => toText(path));
  if (both.length > 0) throw overlap(repository, both);
}

function overlap(repository: Repository, paths: readonly string[]): AppError {
  const rest = paths.length - 3;
  const named = paths.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return refusalIn(repository)('git.dirty', `What you changed and what comes meet in ${named}.`, {
    remedy: 'Commit your changes, or set them aside with git stash, then pull again; nothing was changed.',
    files: paths.slice(0, 100),
  });
}

export function refusalIn(repository: Repository) {
  return (
    code: ErrorCode,
    message: string,
    { remedy, ...details }: { readonly remedy: string; readonly [detail: string]: unknown },
  ): AppError => new AppError({ code, message, remedy, details: { folder: repository.top, ...details } });
}
