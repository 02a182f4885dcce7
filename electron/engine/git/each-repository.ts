import { AppError, isAbort, toAppError } from '../../../shared/errors.ts';
import type { StepContext } from '../routines/step-types.ts';
import { type OpenRepositoryDeps, openRepository, type Repository } from './repository.ts';
import { type GitSetup, readSetup } from './section.ts';

export interface RepositoryOptions {
  readonly repository?: string | undefined;
}

/** The repositories a step is about: one that it names, by folder or name, else all of golden.yml. */
export async function openRepositories(
  deps: OpenRepositoryDeps,
  folder: string,
  { repository: named }: RepositoryOptions,
  signal: AbortSignal,
): Promise<{ readonly setup: GitSetup; readonly repositories: readonly Repository[] }> {
  const setup = await readSetup(deps.files, folder, signal);
  const all = await Promise.all(setup.folders.map((each) => openRepository(deps, each, signal)));
  if (named === undefined) return { setup, repositories: all };
  const wanted = named.replace(/^\.\//, '').replace(/\/+$/, '');
  const found = all.filter(({ top, name }) => name === wanted || top === wanted || top.endsWith(`/${wanted}`));
  if (found.length > 0) return { setup, repositories: found };
  throw new AppError({
    code: 'input.not-found',
    message: `There is no repository ${named} in this stack.`,
    remedy: `Name one of: ${all.map(({ name }) => name).join(', ') || '(there is none)'}.`,
  });
}

/** Does a step's work in one repository after the other. All are tried; the first failure is thrown in the end. */
export async function eachRepository(
  repositories: readonly Repository[],
  step: Pick<StepContext, 'remark' | 'signal'>,
  work: (repository: Repository) => Promise<string>,
): Promise<readonly string[]> {
  const results: string[] = [];
  let first: AppError | undefined;
  for (const repository of repositories) {
    const prefix = repositories.length > 1 ? `${repository.name}: ` : '';
    try {
      results.push(`${prefix}${await work(repository)}`);
    } catch (error) {
      step.signal.throwIfAborted();
      if (isAbort(error)) throw error;
      const failure = toAppError(error);
      if (first !== undefined) {
        const { message, remedy, code } = failure;
        step.remark({ kind: 'remark', title: message, detail: code, remedy, service: null });
      }
      first ??= failure;
    }
  }
  if (first !== undefined) throw first;
  return results;
}
