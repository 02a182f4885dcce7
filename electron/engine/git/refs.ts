import type { Repository } from './repository.ts';

/** The commit that a reference leads to; undefined: there is none. */
export async function commitOf(repository: Repository, ref: string, signal: AbortSignal): Promise<string | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const done = await repository.git(args, {
    signal,
    expects: { none: 1, unclear: /fatal: .*(Needed a single|ambiguous)/ },
  });
  return done.failure === null ? done.stdout.trim() : undefined;
}

/** Null: on no branch. */
export async function branchOf(repository: Repository, signal: AbortSignal): Promise<string | null> {
  const args = ['symbolic-ref', '--quiet', 'HEAD'];
  const done = await repository.git(args, { signal, expects: { detached: 1 } });
  return done.failure === null ? done.stdout.trim().replace(/^refs\/heads\//, '') : null;
}

/** `origin/main`; null: the branch follows none, or there is no branch. Its commit may be missing. */
export async function upstreamOf(
  repository: Repository,
  branch: string | null,
  signal: AbortSignal,
): Promise<string | null> {
  if (branch === null) return null;
  const args = ['for-each-ref', '--format=%(upstream:short)', '--', `refs/heads/${branch}`];
  const [upstream = ''] = (await repository.git(args, { signal })).stdout.split('\n');
  return upstream === '' ? null : upstream;
}

export interface Counts {
  /** Commits that only the first has. */
  readonly left: number;
  readonly right: number;
}

export async function countApart(
  repository: Repository,
  left: string,
  right: string,
  signal: AbortSignal,
): Promise<Counts> {
  const args = ['rev-list', '--left-right', '--count', '--end-of-options', `${left}...${right}`, '--'];
  const done = await repository.git(args, { signal });
  const [first, second] = done.stdout.trim().split(/\s+/);
  return { left: Number(first), right: Number(second) };
}

/** Names of remotes in the configuration. */
export function remotesOf(repository: Repository): string[] {
  const names = repository.config.flatMap(({ key }) => /^remote\.(.+)\.url$/s.exec(key)?.[1] ?? []);
  return [...new Set(names)];
}

/**
 * What the branch started from, as git names it: what golden.yml says, else what the remote calls its HEAD, else `main`
 * or `master`. The server's before our own of that name. Null: none of these is there.
 */
export async function baseOf(
  repository: Repository,
  said: string | undefined,
  signal: AbortSignal,
): Promise<string | null> {
  const remotes = remotesOf(repository);
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  const tried: string[] = [];
  if (said !== undefined) {
    if (remote !== undefined) tried.push(`refs/remotes/${remote}/${said}`);
    tried.push(`refs/heads/${said}`, `refs/remotes/${said}`, `refs/tags/${said}`);
  } else {
    if (remote !== undefined) {
      const args = ['symbolic-ref', '--quiet', `refs/remotes/${remote}/HEAD`];
      const head = await repository.git(args, { signal, expects: { none: 1, broken: 128 } });
      if (head.failure === null) tried.push(head.stdout.trim());
      tried.push(`refs/remotes/${remote}/main`, `refs/remotes/${remote}/master`);
    }
    tried.push('refs/heads/main', 'refs/heads/master');
  }
  for (const ref of tried) if ((await commitOf(repository, ref, signal)) !== undefined) return ref;
  return null;
}

/** `refs/remotes/origin/main` is `origin/main` to a reader. */
export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|remotes|tags)\//, '');
}
