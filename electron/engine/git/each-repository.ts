import { basename } from 'node:path';
import { AppError, isAbort, toAppError } from '../../../shared/errors.ts';
import type { StepCommand, StepContext } from '../routines/step-types.ts';
import { type OpenRepositoryDeps, openRepository, type Repository } from './repository.ts';
import { type GitSetup, readSetup } from './section.ts';

export interface RepositoryOptions {
  readonly repository?: string | undefined;
}

export interface OpenedRepositories {
  readonly setup: GitSetup;
  readonly repositories: readonly Repository[];
  /** Those that cannot be opened, and why. */
  readonly closed: readonly { readonly folder: string; readonly error: AppError }[];
}

/** The repositories a step is about: one that it names, by folder or name, else all of golden.yml. */
export async function openRepositories(
  deps: OpenRepositoryDeps,
  folder: string,
  { repository: named }: RepositoryOptions,
  signal: AbortSignal,
): Promise<OpenedRepositories> {
  const setup = await readSetup(deps.files, folder, signal);
  const wanted = named?.replace(/^\.\//, '').replace(/\/+$/, '');
  const folders = setup.folders.filter(
    (each) => wanted === undefined || basename(each) === wanted || each === wanted || each.endsWith(`/${wanted}`),
  );
  if (named !== undefined && folders.length === 0) {
    throw new AppError({
      code: 'input.not-found',
      message: `There is no repository ${named} in this stack.`,
      remedy: `Name one of: ${setup.folders.map((each) => basename(each)).join(', ') || '(there is none)'}.`,
    });
  }
  const repositories: Repository[] = [];
  const closed: { folder: string; error: AppError }[] = [];
  for (const each of folders) {
    try {
      repositories.push(await openRepository(deps, each, signal));
    } catch (error) {
      signal.throwIfAborted();
      closed.push({ folder: each, error: toAppError(error) });
    }
  }
  return { setup, repositories, closed };
}

/** What a step runs in each, for the user to agree to. One that cannot be opened is told as such. */
export async function commandsFor(
  { repositories, closed }: OpenedRepositories,
  textOf: (repository: Repository) => Promise<string>,
): Promise<StepCommand[]> {
  return [
    ...(await Promise.all(repositories.map(async (each) => ({ text: await textOf(each), where: each.top })))),
    ...closed.map(({ folder, error }) => ({ text: `nothing: ${error.message}`, where: folder })),
  ];
}

/**
 * Does a step's work in one repository after the other. All are tried; the first failure is thrown in the end, and the
 * others are remarks.
 */
export async function eachRepository(
  { repositories, closed }: OpenedRepositories,
  step: Pick<StepContext, 'remark' | 'signal'>,
  work: (repository: Repository) => Promise<string>,
): Promise<readonly string[]> {
  const results: string[] = [];
  const failures = closed.map(({ error }) => error);
  for (const repository of repositories) {
    const prefix = repositories.length > 1 ? `${repository.name}: ` : '';
    try {
      results.push(`${prefix}${await work(repository)}`);
    } catch (error) {
      step.signal.throwIfAborted();
      if (isAbort(error)) throw error;
      failures.push(toAppError(error));
    }
  }
  const [first, ...others] = failures;
  for (const { message, remedy, code } of others) {
    step.remark({ kind: 'remark', title: message, detail: code, remedy, service: null });
  }
  if (first !== undefined) throw first;
  return results;
}
