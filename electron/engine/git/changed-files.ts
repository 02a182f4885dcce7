import { join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ChangedFile } from './impact-rules.ts';
import { baseOf, shortRef } from './refs.ts';
import type { Repository } from './repository.ts';
import { readStatus, toText } from './status.ts';

export interface Changes {
  /** Short. Null: the branch has nothing to compare with. */
  readonly base: string | null;
  readonly files: readonly ChangedFile[];
}

/**
 * Files that differ from the commit, and files that the branch changed since it left its base. Throws
 * `input.not-found` when a base is named that is not there.
 */
export async function changedFiles(
  repository: Repository,
  { named, said }: { readonly named?: string | undefined; readonly said?: string | undefined },
  signal: AbortSignal,
): Promise<Changes> {
  const base = await baseOf(repository, named ?? said, signal);
  if (base === null && named !== undefined) {
    throw new AppError({
      code: 'input.not-found',
      message: `${repository.name} has no branch or tag ${named}.`,
      remedy: 'Name a branch as git branch --all lists it.',
      details: { folder: repository.top },
    });
  }
  const status = await readStatus(repository, signal);
  const found = new Map<string, ChangedFile['from']>();
  for (const { path } of status.entries) found.set(path, 'working-tree');
  if (base !== null && status.commit !== null) {
    for (const path of await changedSince(repository, base, signal)) {
      found.set(path, found.has(path) ? 'both' : 'branch');
    }
  }
  return {
    base: base === null ? null : shortRef(base),
    files: [...found].map(([bytes, from]) => {
      const path = toText(bytes);
      return { repository: repository.name, path, absolute: join(repository.top, path), from };
    }),
  };
}

async function changedSince(repository: Repository, base: string, signal: AbortSignal): Promise<string[]> {
  const fork = await repository.git(['merge-base', 'HEAD', base], { signal, expects: { none: 1 } });
  if (fork.failure !== null) return [];
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', '--end-of-options', fork.stdout.trim(), 'HEAD'];
  const listed = await repository.git(args, { signal, encoding: 'latin1', maxBytes: 64 * 1024 * 1024 });
  return listed.stdout.split('\0').filter((path) => path !== '');
}
