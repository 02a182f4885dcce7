import type { z } from 'zod';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { StepContext, StepImplementation } from '../routines/step-types.ts';
import { commandsFor, eachRepository, openRepositories } from './each-repository.ts';
import { fetchRepository, newsOf } from './fetch.ts';
import { fetchedAt } from './in-progress.ts';
import { branchOf, commitOf, upstreamOf } from './refs.ts';
import { remoteOf, resolveRemote } from './remotes.ts';
import type { OpenRepositoryDeps, Repository } from './repository.ts';

const optionsSchema = stepOptions['git.fetch'];
export type FetchStepOptions = z.infer<typeof optionsSchema>;

/** One remote may take so long. */
const timeoutMs = 60_000;

export interface GitStepDeps extends OpenRepositoryDeps {
  readonly clock: Clock;
}

export function fetchStep(deps: GitStepDeps): StepImplementation<FetchStepOptions> {
  return {
    kind: 'git.fetch',
    options: optionsSchema,
    title: () => 'Fetch',
    timeoutMs: 3 * timeoutMs,
    async look(options, { target, signal }) {
      const { repositories } = await openRepositories(deps, target.folder, options, signal);
      const times = await Promise.all(repositories.map((each) => fetchedAt(each, deps.files)));
      const oldest = times.reduce((a, b) => (a === null || b === null ? null : a < b ? a : b), times[0] ?? null);
      if (repositories.length === 0) return 'no repository';
      return oldest === null ? 'never fetched' : `fetched ${ago(deps.clock.now().getTime() - oldest.getTime())}`;
    },
    async commands(options, target, signal) {
      return commandsFor(await openRepositories(deps, target.folder, options, signal), async (each) => {
        return `git fetch ${await remoteWords(deps, each, signal)}`;
      });
    },
    async run(options, step) {
      const opened = await openRepositories(deps, step.target.folder, options, step.signal);
      if (opened.setup.folders.length === 0) return { result: 'the stack is in no repository', state: 'skipped' };
      const results = await eachRepository(opened, step, async (repository) => {
        step.detail(opened.repositories.length > 1 ? repository.name : 'asking the remote');
        return fetchOne(deps, repository, step, options.offline ?? 'remark');
      });
      return { result: results.join('; ') };
    },
  };
}

/** Fetches and says what came. A remote that cannot be reached is a remark, unless told otherwise. */
export async function fetchOne(
  deps: GitStepDeps,
  repository: Repository,
  step: Pick<StepContext, 'signal' | 'remark'>,
  offline: 'remark' | 'fail',
): Promise<string> {
  const { signal } = step;
  const branch = await branchOf(repository, signal);
  const upstream = await upstreamOf(repository, branch, signal);
  const before = upstream === null ? undefined : await commitOf(repository, '@{upstream}', signal);
  try {
    const remote = await fetchRepository(repository, branch, { files: deps.files, signal, timeoutMs });
    if (remote === undefined) return 'no remote';
    if (upstream === null) return `fetched from ${remote.name}`;
    const news = await newsOf(repository, '@{upstream}', before, signal);
    return news === 0 ? 'nothing new' : `${news} new commit${news === 1 ? '' : 's'} on ${upstream}`;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'git.unreachable' || offline === 'fail') throw error;
    const { message, remedy } = error;
    step.remark({
      kind: 'remark',
      title: `${repository.name} was not fetched`,
      detail: message,
      remedy,
      service: null,
    });
    return 'the remote cannot be reached';
  }
}

/** For the user to agree to: which remote, or why none. */
export async function remoteWords(
  deps: OpenRepositoryDeps,
  repository: Repository,
  signal: AbortSignal,
  use: 'fetch' | 'push' = 'fetch',
): Promise<string> {
  const name = remoteOf(repository, await branchOf(repository, signal));
  if (name === undefined) return '(no remote)';
  try {
    return (await resolveRemote(repository, name, use, { files: deps.files, signal })).shown;
  } catch (error) {
    signal.throwIfAborted();
    return `(refused: ${error instanceof AppError ? error.message : 'its remote cannot be read'})`;
  }
}

function ago(ms: number): string {
  const minutes = Math.max(Math.round(ms / 60_000), 0);
  if (minutes < 2) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
