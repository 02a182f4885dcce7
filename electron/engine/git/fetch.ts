import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { saidByGit } from './hardening.ts';
import { commitOf, remotesOf } from './refs.ts';
import { type Remote, refspecsOf, remoteOf, resolveRemote } from './remotes.ts';
import type { Repository } from './repository.ts';

export interface FetchOptions {
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

const unreachable =
  /Could not resolve host|Couldn't resolve|Connection (refused|timed out|reset|closed)|Failed to connect|Network is unreachable|No route to host|Operation timed out|early EOF|unable to access .*(timed out|SSL|TLS|[Ee]mpty reply|5\d\d)|Temporary failure in name resolution|hung up unexpectedly|does not appear to be a git repository/;
const refused =
  /Authentication failed|Permission denied|could not read (Username|Password)|terminal prompts disabled|Host key verification failed|[Rr]epository not found|The requested URL returned error: (401|403|404)|not found/;

/**
 * Fetches what the current branch's remote has. Undefined: the repository has no remote. Local branches, tags and files
 * stay as they are, and nothing is pruned. Throws `git.unreachable`, `git.denied`.
 */
export async function fetchRepository(
  repository: Repository,
  branch: string | null,
  { files, signal, timeoutMs }: FetchOptions,
): Promise<Remote | undefined> {
  const name = remoteOf(repository, branch);
  if (name === undefined) {
    if (remotesOf(repository).length === 0) return undefined;
    throw new AppError({
      code: 'git.no-upstream',
      message: `${repository.name} has several remotes and none is called origin.`,
      remedy: 'Say which one the branch follows: git branch --set-upstream-to=REMOTE/BRANCH',
      details: { folder: repository.top },
    });
  }
  const remote = await resolveRemote(repository, name, 'fetch', { files, signal });
  const args = [
    'fetch',
    '--quiet',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
    '--no-prune',
    '--no-prune-tags',
  ];
  const done = await repository
    .git([...args, '--refmap=', '--', name, ...refspecsOf(repository, name)], {
      signal,
      timeoutMs,
      protocols: remote.protocols,
      expects: { unreachable, refused },
      cut: true,
    })
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'operation.timeout') throw error;
      throw notReached(repository, remote, `it did not answer within ${Math.round(timeoutMs / 1000)} s`);
    });
  if (done.failure === 'unreachable') throw notReached(repository, remote, saidByGit(done));
  if (done.failure === 'refused') {
    throw new AppError({
      code: 'git.denied',
      message: `${remote.shown} does not let git in without asking: ${saidByGit(done).replace(/\.$/, '')}.`,
      remedy: `Run git fetch once in ${repository.top} in a terminal, so that your credential helper or ssh agent knows it.`,
      details: { folder: repository.top, remote: remote.shown },
    });
  }
  return remote;
}

export function notReached(repository: Repository, remote: Remote, reason: string): AppError {
  return new AppError({
    code: 'git.unreachable',
    message: `${remote.shown} cannot be reached: ${reason.replace(/\.$/, '')}.`,
    remedy: 'Check the network or VPN; what was fetched before is still there.',
    details: { folder: repository.top, remote: remote.shown },
  });
}

/** Commits of the upstream that were not known before, in words. */
export async function newsOf(
  repository: Repository,
  upstream: string,
  before: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const now = await commitOf(repository, upstream, signal);
  if (now === undefined || now === before) return 0;
  const range = before === undefined ? [now, '^HEAD'] : [now, `^${before}`];
  const done = await repository.git(['rev-list', '--count', '--end-of-options', ...range, '--'], {
    signal,
    expects: { none: 128 },
  });
  return done.failure === null ? Number(done.stdout) : 0;
}
