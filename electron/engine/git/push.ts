import { join } from 'node:path';
import type { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { isRepositorys, parseConfigList } from './config-entries.ts';
import { notReached } from './fetch.ts';
import { saidByGit } from './hardening.ts';
import { refusalIn } from './pull.ts';
import { commitOf, countApart, remotesOf } from './refs.ts';
import { denied, type Remote, remoteOf, resolveRemote } from './remotes.ts';
import type { Repository } from './repository.ts';

export interface PushOptions {
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly isProtected: (branch: string) => boolean;
}

export interface PushResult {
  readonly remote: string;
  readonly branch: string;
  /** That the remote did not have. Null: the branch is new there. */
  readonly commits: number | null;
}

const rejected = /\[rejected\]|\[remote rejected\]|non-fast-forward|fetch first|stale info/;
const unreachable =
  /Could not resolve host|Connection (refused|timed out|reset)|Failed to connect|unreachable|No route/;
const refused =
  /Authentication failed|Permission denied|could not read (Username|Password)|Host key verification|40[134]/;

/**
 * Sends a branch to where it belongs, by a fast-forward or not at all. Undefined: there is nothing new. Throws
 * `git.protected`, `git.diverged`, `git.denied`, `git.unreachable`, `git.no-upstream`.
 */
export async function pushBranch(
  repository: Repository,
  branch: string,
  options: PushOptions,
): Promise<PushResult | undefined> {
  const { files, signal, timeoutMs } = options;
  const refuse = refusalIn(repository);
  const to = targetOf(repository, branch);
  for (const name of [branch, to]) {
    if (options.isProtected(name)) {
      throw refuse('git.protected', `${name} is protected; nothing is pushed to it.`, {
        remedy: 'Push it by hand, or take it out of “git: protected:” in golden.yml.',
      });
    }
  }
  const name = remoteOf(repository, branch);
  if (name === undefined) {
    throw refuse(
      'git.no-upstream',
      `${repository.name} has ${remotesOf(repository).length === 0 ? 'no remote' : 'no origin'}.`,
      {
        remedy: 'git remote add origin ADDRESS',
      },
    );
  }
  const remote = await resolveRemote(repository, name, 'push', { files, signal });
  await refuseRunningRemote(repository, remote, options);
  const commit = await commitOf(repository, `refs/heads/${branch}`, signal);
  if (commit === undefined) return undefined;
  await refuseLargeFileStorage(repository, name, commit, signal);
  const known = await commitOf(repository, `refs/remotes/${name}/${to}`, signal);
  if (known === commit) return undefined;
  const apart = known === undefined ? null : await countApart(repository, commit, known, signal);
  if (apart !== null && apart.left === 0) return undefined;
  if (apart !== null && apart.right > 0) throw diverged(repository, branch, `${name}/${to}`);
  const args = ['push', '--quiet', '--no-verify', '--no-signed', '--no-follow-tags', '--no-push-option'];
  const done = await repository.git(
    [...args, '--no-force', '--recurse-submodules=no', '--', name, `${commit}:refs/heads/${to}`],
    { signal, timeoutMs, protocols: remote.protocols, cut: true, expects: { rejected, unreachable, refused } },
  );
  if (done.failure === 'rejected') throw diverged(repository, branch, `${name}/${to}`);
  if (done.failure === 'unreachable') throw notReached(repository, remote, saidByGit(done));
  if (done.failure === 'refused') throw denied(repository, saidByGit(done).replace(/\.$/, ''), 'Push once by hand.');
  return { remote: name, branch: to, commits: apart?.left ?? null };
}

/** The name the branch has on the remote: as it follows it, else its own. */
function targetOf(repository: Repository, branch: string): string {
  const merge = repository.config.findLast(({ key }) => key === `branch.${branch}.merge`)?.value;
  return merge?.replace(/^refs\/heads\//, '') ?? branch;
}

function diverged(repository: Repository, branch: string, there: string): AppError {
  return refusalIn(repository)('git.diverged', `${there} has commits that ${branch} has not, or it takes no push.`, {
    remedy: 'Pull first; nothing is ever forced.',
  });
}

/** A folder of this machine would run its own hooks here. */
async function refuseRunningRemote(
  repository: Repository,
  remote: Remote,
  { files, signal }: PushOptions,
): Promise<void> {
  if (remote.path === null) return;
  const by = 'Push by hand if you trust it.';
  for (const folder of [remote.path, join(remote.path, '.git')]) {
    const hooks = await files.list(join(folder, 'hooks')).catch(() => []);
    const hook = hooks.find(({ name }) => !name.endsWith('.sample'));
    if (hook !== undefined) throw denied(repository, `${remote.shown} has a hook, ${hook.name}`, by);
    const path = join(folder, 'config');
    if ((await files.info(path))?.kind !== 'file') continue;
    const args = ['config', '--file', path, '--no-includes', '--list', '--show-scope', '-z'];
    const listed = parseConfigList((await repository.git(args, { signal })).stdout);
    const runs = listed.map((entry) => ({ ...entry, scope: 'local' })).filter(isRepositorys);
    const key = runs.find((entry) => mayRun.test(entry.key))?.key;
    if (key !== undefined) throw denied(repository, `the configuration of ${remote.shown} sets ${key}`, by);
  }
}

const mayRun =
  /^(include(if)?\.|hook\.|receive\.(procreceiverefs|certnonceseed)|gpg\.|core\.(hookspath|fsmonitor|alternaterefscommand|worktree|sshcommand|gitproxy)|filter\.|extensions\.worktreeconfig|uploadpack\.|gc\.)/;

/** Their content goes to a server of its own, by a hook that is not run here. */
async function refuseLargeFileStorage(
  repository: Repository,
  remote: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  const args = ['log', '--format=', '--raw', '--no-abbrev', '--no-renames', '-G', '^version https://git-lfs'];
  const done = await repository.git(
    [...args, '--no-ext-diff', '--no-textconv', '--max-count=1', commit, '--not', `--remotes=${remote}`, '--'],
    { signal, timeoutMs: 120_000, expects: { unclear: 128 } },
  );
  if (done.failure !== null || done.stdout.trim() === '') return;
  throw denied(repository, 'files in Git LFS are among the new commits', 'Push by hand; git-lfs sends them along.');
}
