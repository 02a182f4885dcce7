import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder and all in it. */
  remove(): Promise<void>;
}

/** A new empty folder with a resolved path. `prefix` may hold any characters a file name may. */
export async function temporaryFolder(prefix = 'goldenhour-test-'): Promise<TemporaryFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Runs `body` in a temporary folder that is gone afterwards, whatever happens. */
export async function inTemporaryFolder<T>(body: (path: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder();
  try {
    return await body(folder.path);
  } finally {
    await folder.remove();
  }
}
