import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { withoutPasswords } from './hardening.ts';
import { remotesOf } from './refs.ts';
import type { Repository } from './repository.ts';

export interface Remote {
  readonly name: string;
  /** What git asks, after all rewriting. */
  readonly url: string;
  /** As it may be shown. */
  readonly shown: string;
  readonly protocols: readonly string[];
  /** Absolute, of a remote that is a folder of this machine. */
  readonly path: string | null;
}

const anyServer = ['https', 'http', 'ssh', 'git'] as const;

/** The remote of a branch, else `origin`, else the only one. Undefined: there is none, or none that can be meant. */
export function remoteOf(repository: Repository, branch: string | null): string | undefined {
  const names = remotesOf(repository);
  const said = repository.config.findLast(({ key }) => key === `branch.${branch ?? ''}.remote`)?.value;
  if (said !== undefined && names.includes(said)) return said;
  if (names.includes('origin')) return 'origin';
  return names.length === 1 ? names[0] : undefined;
}

/** Where a remote is. Throws `git.denied` for what is not asked because the repository says how to. */
export async function resolveRemote(
  repository: Repository,
  name: string,
  use: 'fetch' | 'push',
  { files, signal }: { readonly files: Files; readonly signal: AbortSignal },
): Promise<Remote> {
  const [refused] = repository.judgement.network;
  if (refused !== undefined) {
    throw denied(
      repository,
      `its configuration sets ${refused}`,
      `Look at ${refused} with git config --show-origin; put it into your own configuration (git config --global) if you want it.`,
    );
  }
  const args = ['remote', 'get-url', ...(use === 'push' ? ['--push', '--all'] : []), '--', name];
  const urls = (await repository.git(args, { signal })).stdout.split('\n').filter((line) => line !== '');
  const [url = ''] = urls;
  const shown = withoutPasswords(url);
  if (urls.length !== 1) throw denied(repository, `${name} has ${urls.length} addresses`, 'Push by hand.');
  const path = folderOf(url, repository.top);
  if (path === null) {
    const scheme = /^([a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? (/^[^/]*::/.test(url) ? 'helper' : 'ssh');
    if (!anyServer.some((known) => known === scheme)) {
      throw denied(repository, `${shown} is no address of a server`, 'Use https or ssh.');
    }
    return { name, url, shown, protocols: anyServer, path };
  }
  // A repository among its own files may be of anybody's making, and git would run what it holds.
  const real = (await files.real(path)) ?? path;
  const inside = relative(repository.top, real);
  if (inside === '' || (!inside.startsWith('..') && !isAbsolute(inside))) {
    throw denied(repository, `${shown} is a folder inside it`, 'Keep the other repository outside of this one.');
  }
  return { name, url, shown, protocols: ['file'], path: real };
}

/** As git tells folders from servers: `host:path` is a server unless a slash comes first. */
function folderOf(url: string, top: string): string | null {
  if (/^file:\/\//i.test(url)) {
    try {
      return fileURLToPath(url);
    } catch {
      return null;
    }
  }
  if (/^[a-z0-9+.-]+:\/\//i.test(url) || /^[^/]*::/.test(url)) return null;
  if (isAbsolute(url)) return url;
  return /^[^/]*:/.test(url) ? null : join(top, url);
}

/**
 * What is fetched of a remote: what the repository says, as long as it goes where remote branches are kept. Throws
 * `git.denied` when it would write over branches or tags of the user's.
 */
export function refspecsOf(repository: Repository, remote: string): string[] {
  const said = repository.config.flatMap(({ key, value }) =>
    key === `remote.${remote}.fetch` && value ? [value] : [],
  );
  for (const spec of said) {
    const to = spec.split(':')[1] ?? '';
    if (!spec.startsWith('^') && !to.startsWith('refs/remotes/')) {
      throw denied(
        repository,
        `remote.${remote}.fetch is ${spec}, which writes outside refs/remotes`,
        `Set it to +refs/heads/*:refs/remotes/${remote}/*, or fetch by hand.`,
      );
    }
  }
  return said.length === 0 ? [`+refs/heads/*:refs/remotes/${remote}/*`] : said;
}

export function denied(repository: Repository, reason: string, remedy: string): AppError {
  return new AppError({
    code: 'git.denied',
    message: `Nothing is sent to or asked of the remote of ${repository.name}: ${reason}.`,
    remedy,
    details: { folder: repository.top },
  });
}
