import { join } from 'node:path';
import type { EngineApi } from '../../api.ts';
import { locateRepository } from '../../git/locate.ts';
import type { Files } from '../../platform/files.ts';

export interface WorkDeps {
  readonly files: Files;
  readonly git: Pick<EngineApi['git'], 'repositories' | 'impact'>;
}

/** What git writes when somebody commits, switches, pulls or stages. */
const traces = ['HEAD', 'index', 'logs/HEAD'];
const mostFiles = 200;

/** When something last changed in the repositories of a stack; ms since the epoch, null when there is none. */
export async function lastWork(
  { files, git }: WorkDeps,
  { environmentId, folder }: { readonly environmentId: string; readonly folder: string },
  signal: AbortSignal,
): Promise<number | null> {
  const call = { actor: { door: 'engine', user: '' } as const, signal };
  const changedAt = async (path: string): Promise<number> =>
    (await files.info(path).catch(() => undefined))?.modifiedAt.getTime() ?? 0;
  const place = await locateRepository(folder, files);
  const own = place === undefined ? [] : traces.map((name) => join(place.gitFolder, name));
  // A repository that cannot be asked says nothing of its files; the traces above are read without git.
  const changed = await Promise.all([git.repositories({ environmentId }, call), git.impact({ environmentId }, call)])
    .then(([repositories, { files: found }]) => {
      const tops = new Map(repositories.map(({ name, folder: top }) => [name, top]));
      return found
        .filter(({ from }) => from !== 'branch')
        .slice(0, mostFiles)
        .flatMap(({ repository, path }) => {
          const top = tops.get(repository);
          return top === undefined ? [] : [join(top, path)];
        });
    })
    .catch(() => {
      signal.throwIfAborted();
      return [];
    });
  const times = await Promise.all([...own, ...changed].map(changedAt));
  const last = Math.max(0, ...times);
  return last === 0 ? null : last;
}
