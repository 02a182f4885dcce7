import { dirname, join } from 'node:path';
import type { Files } from '../platform/files.ts';

/** The nearest folder upwards with a `.git`; null: none. Asks the file system only. */
export async function repositoryOf(files: Pick<Files, 'info'>, folder: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await files.info(join(at, '.git'))) !== undefined) return at;
    if (dirname(at) === at) return null;
  }
}
