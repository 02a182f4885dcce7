import type { z } from 'zod';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepImplementation } from '../routines/step-types.ts';
import { commandsFor, eachRepository, openRepositories } from './each-repository.ts';
import { type GitStepDeps, remoteWords } from './fetch-step.ts';
import { pushBranch } from './push.ts';
import { branchOf } from './refs.ts';
import type { Repository } from './repository.ts';
import type { GitSetup } from './section.ts';
import { wipBranchOf } from './wip-names.ts';
import { protection } from './wip-step.ts';

const optionsSchema = stepOptions['git.push'];
export type PushStepOptions = z.infer<typeof optionsSchema>;

const timeoutMs = 2 * 60_000;

/** Sends work in progress, or the current branch, to the remote. Never forced, never to a protected branch. */
export function pushStep(deps: GitStepDeps): StepImplementation<PushStepOptions> {
  async function pushOne(
    repository: Repository,
    setup: GitSetup,
    options: PushStepOptions,
    step: Parameters<StepImplementation<PushStepOptions>['run']>[1],
  ): Promise<string> {
    const { signal } = step;
    const branch = await branchOf(repository, signal);
    if (branch === null) return 'on no branch, nothing pushed';
    const wanted = options.branch ?? (setup.golden?.day?.wip === 'current' ? 'current' : 'wip');
    const name = wanted === 'wip' ? wipBranchOf(branch) : branch;
    try {
      const pushed = await pushBranch(repository, name, {
        files: deps.files,
        signal,
        timeoutMs,
        isProtected: await protection(repository, setup, signal),
      });
      if (pushed === undefined) return `nothing new on ${name}`;
      const { commits } = pushed;
      const count = commits === null ? 'pushed' : `${commits} commit${commits === 1 ? '' : 's'} pushed`;
      return `${count} to ${pushed.remote}/${pushed.branch}`;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'git.unreachable' || options.offline === 'fail') throw error;
      const { message, remedy } = error;
      step.remark({ kind: 'remark', title: `${name} was not pushed`, detail: message, remedy, service: null });
      return 'the remote cannot be reached';
    }
  }

  return {
    kind: 'git.push',
    options: optionsSchema,
    title: () => 'Push',
    timeoutMs: 3 * timeoutMs,
    async commands(options, target, signal) {
      return commandsFor(await openRepositories(deps, target.folder, options, signal), async (each) => {
        return `git push ${await remoteWords(deps, each, signal, 'push')}`;
      });
    },
    async run(options, step) {
      const opened = await openRepositories(deps, step.target.folder, options, step.signal);
      const { setup } = opened;
      if (setup.folders.length === 0) return { result: 'the stack is in no repository', state: 'skipped' };
      const results = await eachRepository(opened, step, (each) => pushOne(each, setup, options, step));
      return { result: results.join('; ') };
    },
  };
}
