import { join } from 'node:path';
import { copyNewFile } from '../platform/copy-file.ts';
import type { Files } from '../platform/files.ts';
import { newToken } from '../platform/random.ts';
import type { Repository } from './repository.ts';
import type { Status } from './status.ts';

/** A place beside the index and the objects of a repository, in which things are tried without touching either. */
export interface Workbench {
  /** For git: another index, and new objects go to a folder of their own. */
  readonly apart: Readonly<Record<string, string>>;
  /** The other index with the repository's own objects. */
  readonly index: Readonly<Record<string, string>>;
}

const prefix = 'golden-hour-';
const leftAfterMs = 24 * 3_600_000;

/** Makes a workbench with a copy of the index, and removes it whatever happens. */
export async function withWorkbench<T>(
  repository: Repository,
  files: Files,
  work: (bench: Workbench) => Promise<T>,
): Promise<T> {
  await removeLeftovers(repository, files);
  const folder = join(repository.gitFolder, `${prefix}${newToken().slice(0, 16)}`);
  const objects = join(folder, 'objects');
  await files.makeFolder(objects, { mode: 0o700 });
  try {
    const index = join(folder, 'index');
    await copyNewFile(join(repository.gitFolder, 'index'), index);
    return await work({
      index: { GIT_INDEX_FILE: index },
      apart: {
        GIT_INDEX_FILE: index,
        GIT_OBJECT_DIRECTORY: objects,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(join(repository.commonFolder, 'objects')),
        // What is looked at is what would be committed.
        GIT_NO_REPLACE_OBJECTS: '1',
      },
    });
  } finally {
    await files.remove(folder).catch(() => undefined);
  }
}

/** A list with one entry, in which separators are part of the name. */
function quoted(path: string): string {
  return /[:;"\\]/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&')}"` : path;
}

/** Of lives that were cut off. */
async function removeLeftovers(repository: Repository, files: Files): Promise<void> {
  for (const { name, kind } of await files.list(repository.gitFolder).catch(() => [])) {
    if (kind !== 'folder' || !/^golden-hour-[0-9a-f]{16}$/.test(name)) continue;
    const path = join(repository.gitFolder, name);
    const info = await files.info(path);
    if (info !== undefined && Date.now() - info.modifiedAt.getTime() > leftAfterMs) await files.remove(path);
  }
}

/** What a commit of the uncommitted work would hold. Paths are bytes. */
export interface WorkPaths {
  readonly paths: readonly string[];
  /** Those that are no longer there. */
  readonly gone: ReadonlySet<string>;
  /** Repositories of their own among the untracked files. They stay where they are, in no commit. */
  readonly nested: readonly string[];
}

export function workPaths(status: Status): WorkPaths {
  const nested = status.entries.filter(({ path }) => path.endsWith('/')).map(({ path }) => path);
  const files = status.entries.filter(({ path }) => !path.endsWith('/'));
  const untracked = new Set(files.filter(({ kind }) => kind === 'untracked').map(({ path }) => path));
  const gone = files.filter(({ path, deleted }) => deleted && !untracked.has(path)).map(({ path }) => path);
  // What was taken out of the index and is still there comes twice.
  return { paths: [...new Set(files.map(({ path }) => path))], gone: new Set(gone), nested };
}

/** Takes these files into an index as they are in the working tree; those that are gone leave it. */
export async function takeIn(
  repository: Repository,
  { taken, gone }: { readonly taken: readonly string[]; readonly gone: ReadonlySet<string> },
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const update = async (flags: readonly string[], paths: readonly string[]): Promise<void> => {
    if (paths.length === 0) return;
    await repository.git(['update-index', ...flags, '-z', '--stdin'], {
      signal,
      timeoutMs: 300_000,
      input: paths.map((path) => `${path}\0`).join(''),
      encoding: 'latin1',
      variables,
    });
  };
  // First, and without looking: where their folder was there may be a link by now.
  await update(
    ['--force-remove'],
    taken.filter((path) => gone.has(path)),
  );
  await update(
    ['--add', '--remove', '--replace'],
    taken.filter((path) => !gone.has(path)),
  );
}

/** Puts these paths of an index back to what a commit has of them. */
export async function putBack(
  repository: Repository,
  paths: readonly string[],
  commit: string | null,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  if (paths.length === 0) return;
  const held = new Map<string, string>();
  if (commit !== null) {
    const args = ['ls-tree', '-r', '-z', '--full-tree', commit];
    const listed = await repository.git(args, { signal, encoding: 'latin1', maxBytes: 256 * 1024 * 1024 });
    const wanted = new Set(paths);
    for (const entry of listed.stdout.split('\0')) {
      const tab = entry.indexOf('\t');
      if (tab !== -1 && wanted.has(entry.slice(tab + 1))) held.set(entry.slice(tab + 1), entry);
    }
  }
  const lines = paths.map((path) => held.get(path) ?? `0 ${'0'.repeat(commit?.length ?? 40)}\t${path}`);
  await repository.git(['update-index', '-z', '--index-info'], {
    signal,
    input: lines.map((line) => `${line}\0`).join(''),
    encoding: 'latin1',
    variables,
  });
}

export async function writeTree(
  repository: Repository,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  return (await repository.git(['write-tree'], { signal, variables })).stdout.trim();
}
