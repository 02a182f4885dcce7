import { join } from 'node:path';
import type { RepositoryView } from '../../../shared/contract/git.ts';
import type { Files } from '../platform/files.ts';
import type { Repository } from './repository.ts';

const signs = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
] as const;

/** What was begun and neither finished nor given up. */
export async function inProgress(repository: Repository, files: Files): Promise<RepositoryView['inProgress']> {
  for (const [name, what] of signs) {
    if ((await files.info(join(repository.gitFolder, name))) !== undefined) return what;
  }
  return null;
}

/** When anything was fetched last, by the file git writes then. */
export async function fetchedAt(repository: Repository, files: Files): Promise<Date | null> {
  const times = await Promise.all(
    [repository.gitFolder, repository.commonFolder].map((folder) => files.info(join(folder, 'FETCH_HEAD'))),
  );
  return times.reduce<Date | null>(
    (newest, info) => (info !== undefined && (newest === null || info.modifiedAt > newest) ? info.modifiedAt : newest),
    null,
  );
}
