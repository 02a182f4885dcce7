import { createHash } from 'node:crypto';
import { isAbsolute, join, relative } from 'node:path';
import type { Files } from '../platform/files.ts';
import { goldenFileNames, loadGoldenFile } from '../stacks/golden-file/load.ts';
import { findMigrations } from './migrations.ts';
import type { SeenFiles } from './seen-book.ts';

export interface FoundChanges {
  /** New migrations, by path. */
  readonly migrations: readonly string[];
  /** Files that the stack is read from and that are others now, new or gone, by path. */
  readonly stackFiles: readonly string[];
  readonly goldenFile: boolean;
}

/** What is there now, to be compared and remembered. `stackFiles`: absolute. */
export async function seeFiles(
  files: Files,
  { folder, stackFiles }: { readonly folder: string; readonly stackFiles: readonly string[] },
  signal: AbortSignal,
): Promise<SeenFiles> {
  const hashes: Record<string, string> = {};
  const golden = goldenFileNames.map((name) => join(folder, name));
  for (const path of new Set([...golden, ...stackFiles])) {
    const bytes = await files.readBytes(path, signal).catch(() => {
      signal.throwIfAborted();
      return undefined;
    });
    if (bytes !== undefined) hashes[nameIn(folder, path)] = createHash('sha256').update(bytes).digest('hex');
  }
  // A file that cannot be read is said by others; what is found then is what the common tools have.
  const declared = await loadGoldenFile(folder, { files, signal }).catch(() => undefined);
  signal.throwIfAborted();
  const migrations = await findMigrations(files, folder, declared?.value.config?.migrations, signal);
  return { hashes, migrations: [...migrations] };
}

export function compareSeen(before: SeenFiles, now: SeenFiles): FoundChanges {
  const known = new Set(before.migrations);
  const paths = [...new Set([...Object.keys(before.hashes), ...Object.keys(now.hashes)])];
  const changed = paths.filter((path) => before.hashes[path] !== now.hashes[path]);
  const isGolden = (path: string): boolean => (goldenFileNames as readonly string[]).includes(path);
  return {
    migrations: now.migrations.filter((path) => !known.has(path)),
    stackFiles: changed.filter((path) => !isGolden(path)),
    goldenFile: changed.some(isGolden),
  };
}

function nameIn(folder: string, path: string): string {
  const inside = relative(folder, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.replaceAll('\\', '/');
}
