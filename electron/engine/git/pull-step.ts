import type { z } from 'zod';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import { commandsFor, eachRepository, openRepositories } from './each-repository.ts';
import { fetchOne, type GitStepDeps } from './fetch-step.ts';
import { fetchedAt } from './in-progress.ts';
import { fastForward } from './pull.ts';
import { baseOf, countApart, shortRef } from './refs.ts';
import type { Repository } from './repository.ts';
import { readStatus } from './status.ts';

const optionsSchema = stepOptions['git.pull'];
export type PullStepOptions = z.infer<typeof optionsSchema>;

/** What was fetched within this time is fresh. */
const freshMs = 5 * 60_000;

/** Fast-forward of the current branch. Detached, or a branch of this machine only, is no failure: nothing can be pulled. */
export function pullStep(deps: GitStepDeps): StepImplementation<PullStepOptions> {
  async function pullOne(
    repository: Repository,
    options: PullStepOptions,
    step: Parameters<StepImplementation<PullStepOptions>['run']>[1],
  ): Promise<string> {
    const { signal } = step;
    if (options.fetch !== false) {
      const at = await fetchedAt(repository, deps.files);
      if (at === null || deps.clock.now().getTime() - at.getTime() > freshMs) {
        step.detail('fetching first');
        await fetchOne(deps, repository, step, 'remark');
      }
    }
    step.detail(repository.name);
    try {
      const { commits, commit, branch, kept } = await fastForward(repository, { files: deps.files, signal });
      if (commits === 0) return `${branch} is up to date`;
      const rest = kept === 0 ? '' : `, ${kept} changed file${kept === 1 ? '' : 's'} kept`;
      return `${commits} commit${commits === 1 ? '' : 's'}, fast-forward to ${commit}${rest}`;
    } catch (error) {
      if (!(error instanceof AppError) || !['git.detached', 'git.no-upstream'].includes(error.code)) throw error;
      const { message, remedy, details } = error;
      // A branch that was never pushed is nothing to remark on every morning.
      if (details?.['own'] === true) return 'a branch of this machine only, nothing to pull';
      step.remark({ kind: 'remark', title: message, detail: 'Nothing was pulled.', remedy, service: null });
      return error.code === 'git.detached' ? 'on no branch, nothing pulled' : 'what it follows is gone, nothing pulled';
    }
  }

  return {
    kind: 'git.pull',
    options: optionsSchema,
    title: () => 'Pull',
    timeoutMs: 6 * 60_000,
    async look(options, { target, signal }) {
      const { repositories } = await openRepositories(deps, target.folder, options, signal);
      const words = await Promise.all(
        repositories.map(async (each) => {
          const { branch, upstream, behind } = await readStatus(each, signal);
          if (branch === null) return 'on no branch';
          if (upstream === null || behind === null) return `${branch} follows no branch`;
          return behind === 0 ? `${branch} is up to date` : `${behind} behind ${upstream}`;
        }),
      );
      return words.length === 0 ? 'no repository' : words.join(', ');
    },
    async commands(options, target, signal) {
      const opened = await openRepositories(deps, target.folder, options, signal);
      return commandsFor(opened, async () => 'git merge --ff-only @{upstream}');
    },
    async run(options, step) {
      const opened = await openRepositories(deps, step.target.folder, options, step.signal);
      const { setup } = opened;
      if (setup.folders.length === 0) return { result: 'the stack is in no repository', state: 'skipped' };
      const results = await eachRepository(opened, step, (each) => pullOne(each, options, step));
      const headline = await behindBase(opened.repositories[0], setup.section.base, step.signal);
      return { result: results.join('; '), ...(headline === undefined ? {} : { headline }) };
    },
  };
}

/** `3 commits behind main`, for the sentence of the verdict. */
async function behindBase(
  repository: Repository | undefined,
  said: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (repository === undefined) return undefined;
  const base = await baseOf(repository, said, signal);
  if (base === null) return undefined;
  const { right } = await countApart(repository, 'HEAD', base, signal).catch(() => ({ right: 0 }));
  const name = shortRef(base).replace(/^[^/]+\//, '');
  return right === 0 ? undefined : `${right} commit${right === 1 ? '' : 's'} behind ${name}`;
}
