import { join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import { composeFileNames } from '../compose/discover.ts';
import type { Checkout, RemoteSources } from '../compose/remote.ts';
import type { GitReference } from '../compose/remote-reference.ts';
import { checkOut } from './checkout.ts';
import { createGit, fetchFailed, type GitDeps, saidBy } from './git-command.ts';

export interface GitSourcesDeps extends GitDeps {
  readonly files: Files;
  readonly clock: Clock;
  /** Each checkout is a folder in it, named by what was checked out. Absolute. */
  readonly cacheFolder: string;
  /** Has a person agreed to fetch this? Given the repository and what of it, as in `GitReference.source`. */
  readonly allowed: (source: string) => boolean;
}

export interface GitSources extends RemoteSources {
  /** All of what a reference means, for those who look for other files than Compose's. Throws as `open` does. */
  checkOut(reference: GitReference, signal: AbortSignal): Promise<Checkout>;
}

/** A branch is asked for again after this long. */
const freshMs = 60_000;
const askTimeoutMs = 30_000;
const commitPattern = /^[a-f0-9]{40}$/;

/** Compose files in git repositories, fetched without their history and kept by commit, where Compose keeps them too. */
export function createGitSources(deps: GitSourcesDeps): GitSources {
  const git = createGit(deps);
  const resolved = new Map<string, { readonly object: string; readonly at: number }>();
  const underWay = new Map<string, Promise<Checkout>>();

  async function resolve(reference: GitReference, signal: AbortSignal): Promise<string> {
    const { remote, ref, source } = reference;
    if (commitPattern.test(ref)) return ref;
    const key = `${remote}#${ref}`;
    const before = resolved.get(key);
    if (before !== undefined && deps.clock.monotonic() - before.at < freshMs) return before.object;
    const wanted = ref === '' ? 'HEAD' : ref;
    const asked = await git.run(['ls-remote', '--exit-code', '--', remote, wanted], {
      signal,
      timeoutMs: askTimeoutMs,
      own: true,
    });
    if (asked.exitCode !== 0) {
      // Without a network what was seen last is better than nothing.
      if (before !== undefined && asked.exitCode !== 2) return before.object;
      throw asked.exitCode === 2
        ? fetchFailed(source, `the repository has no ${wanted}`, 'Name a branch, a tag or a whole commit.')
        : fetchFailed(source, saidBy(asked), 'Check the address, the network, and that git may read it by itself.');
    }
    const lines = asked.stdout.split('\n').map((line) => line.split('\t'));
    const named = (name: string): string | undefined => lines.find((line) => line[1] === name)?.[0];
    const object =
      named(wanted) ?? named(`refs/heads/${wanted}`) ?? named(`refs/tags/${wanted}`) ?? lines[0]?.[0] ?? '';
    if (!commitPattern.test(object)) throw fetchFailed(source, 'git gave no commit', 'Name a whole commit.');
    resolved.set(key, { object, at: deps.clock.monotonic() });
    return object;
  }

  async function fetched(reference: GitReference, signal: AbortSignal): Promise<Checkout> {
    const { source, checksum } = reference;
    if (!deps.allowed(source)) {
      throw new AppError({
        code: 'compose.not-allowed',
        message: `Files of ${source} would be fetched, and what they say would run on this computer.`,
        remedy: 'Look at the repository; allow it if you trust everybody who can change it.',
        details: { source },
      });
    }
    const object = await resolve(reference, signal);
    let fetching = underWay.get(object);
    if (fetching === undefined) {
      fetching = checkOut({ ...deps, git }, reference, object, signal).finally(() => underWay.delete(object));
      underWay.set(object, fetching);
    }
    const checkout = await fetching;
    if (!checkout.commit.startsWith(checksum)) {
      throw fetchFailed(
        source,
        `its commit is ${checkout.commit}, not ${checksum}`,
        'Correct the checksum, or do not use it.',
      );
    }
    return checkout;
  }

  return {
    checkOut: fetched,
    async open(reference, given) {
      const checkout = await fetched(reference, given ?? new AbortController().signal);
      return { ...checkout, file: await fileIn(deps.files, checkout, reference.path, reference.source) };
    },
  };
}

/** The file at a path of a checkout, or the Compose file in the folder there. Links must not lead out of it. */
async function fileIn(files: Files, { root }: Checkout, path: string, source: string): Promise<string> {
  const at = join(root, path);
  const names = (await files.info(at))?.kind === 'folder' ? composeFileNames.map((name) => join(at, name)) : [at];
  const base = await files.real(root);
  for (const name of names) {
    if ((await files.info(name))?.kind !== 'file') continue;
    const real = await files.real(name);
    if (base !== undefined && real?.startsWith(base) === true) return name;
    throw fetchFailed(source, `${path} leads out of the repository`, 'Name a path inside it.');
  }
  const what = path === '' ? 'no Compose file at its root' : `no Compose file at ${path}`;
  throw fetchFailed(source, `there is ${what}`, 'Add the path after a second colon: #REF:PATH.');
}
