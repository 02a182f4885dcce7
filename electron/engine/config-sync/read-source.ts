import { isAbsolute, join, relative, sep } from 'node:path';
import type { Files } from '../platform/files.ts';
import type { Checkout } from '../stacks/compose/remote.ts';
import type { GitReference } from '../stacks/compose/remote-reference.ts';
import type { ReadUrl } from './https-file.ts';
import { type Source, sourceFailed } from './source.ts';
import { isGit } from './target-path.ts';

/** Configuration, not data. */
export const maxFileBytes = 4 * 1024 * 1024;

export interface ReadSourceDeps {
  readonly files: Files;
  readonly readUrl: ReadUrl;
  readonly checkOut: (reference: GitReference, signal: AbortSignal) => Promise<Checkout>;
  /** The root of the repository that a folder is in; null: in none. */
  readonly repositoryOf: (folder: string) => Promise<string | null>;
}

/** One file of the team's; null: the source has none there. Throws `config.source-failed`. */
export type ReadTeamFile = (from: string, signal: AbortSignal) => Promise<Uint8Array | null>;

/** @param folder where golden.yml lies, absolute. */
export async function openSource(
  deps: ReadSourceDeps,
  source: Source,
  folder: string,
  signal: AbortSignal,
): Promise<ReadTeamFile> {
  switch (source.kind) {
    case 'https':
      return async (from, own) => deps.readUrl(source.tree ? below(source.url, from) : source.url, own);
    case 'git': {
      const { root } = await deps.checkOut(source.reference, signal);
      return fromFolder(deps.files, root, join(root, source.reference.path), source.reference.source);
    }
    case 'folder': {
      const at = isAbsolute(source.path) ? source.path : join(folder, source.path);
      // golden.yml comes from others: what lies elsewhere on this computer is not for it to copy into the project.
      const around = (await deps.repositoryOf(folder)) ?? folder;
      return fromFolder(deps.files, around, at, source.path);
    }
  }
}

/** Links and `..` must not lead out of `root`. */
async function fromFolder(files: Files, root: string, at: string, shown: string): Promise<ReadTeamFile> {
  const base = await files.real(root);
  const remedy = 'Correct config.source in golden.yml.';
  if ((await files.info(at))?.kind !== 'folder') throw sourceFailed(shown, 'there is no such folder', remedy);
  return async (from, signal) => {
    const path = join(at, from);
    if (from.split(/[\\/]/).some(isGit)) {
      throw sourceFailed(`${from} of ${shown}`, 'it is part of git', 'Name another file in golden.yml.');
    }
    const real = await files.real(path);
    if (real === undefined) return null;
    const inside = base === undefined ? '..' : relative(base, real);
    if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw sourceFailed(
        `${from} of ${shown}`,
        'it leads out of the repository',
        'Name a file inside it in golden.yml.',
      );
    }
    const info = await files.info(real);
    if (info?.kind !== 'file')
      throw sourceFailed(`${from} of ${shown}`, 'it is not a file', 'Name files in golden.yml.');
    if (info.bytes > maxFileBytes) throw tooLarge(`${from} of ${shown}`);
    return files.readBytes(real, signal);
  };
}

function below(url: URL, from: string): URL {
  const path = from
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map(encodeURIComponent);
  const found = new URL(path.join('/'), url);
  if (path.includes('..') || found.origin !== url.origin || !found.pathname.startsWith(url.pathname)) {
    throw sourceFailed(from, 'it lies outside the source', 'Name a path below it in golden.yml.');
  }
  found.search = url.search;
  return found;
}

export function tooLarge(what: string): Error {
  return sourceFailed(what, `it has more than ${maxFileBytes / 1024 / 1024} MB`, 'Keep data elsewhere.');
}
