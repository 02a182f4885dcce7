import type { Impact } from '../../../shared/contract/git.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { changedFiles } from './changed-files.ts';
import { type ChangedFile, impactOf } from './impact-rules.ts';
import { openRepository } from './repository.ts';
import type { GitRunner } from './runner.ts';
import { readSetup } from './section.ts';

export interface ImpactDeps {
  readonly runner: GitRunner;
  readonly files: Files;
  /** Names of the services of an environment that run now. */
  readonly running: (environmentId: string) => readonly string[];
}

/** What the working trees and branches of an environment's repositories concern in it. */
export async function readImpact(
  deps: ImpactDeps,
  target: EnvironmentTarget,
  base: string | undefined,
  signal: AbortSignal,
): Promise<Impact> {
  const setup = await readSetup(deps.files, target.folder, signal);
  if (setup.folders.length === 0) {
    throw new AppError({
      code: 'input.not-found',
      message: `${target.folder} is in no git repository.`,
      remedy: 'Name the folders of your repositories under “git: repositories:” in golden.yml.',
    });
  }
  const files: ChangedFile[] = [];
  const bases: (string | null)[] = [];
  for (const folder of setup.folders) {
    const repository = await openRepository(deps, folder, signal);
    const changes = await changedFiles(repository, { named: base, said: setup.section.base }, signal);
    files.push(...changes.files);
    bases.push(changes.base);
  }
  return impactOf({
    base: bases.find((each) => each !== null) ?? null,
    files,
    folder: (await deps.files.real(target.folder)) ?? target.folder,
    namedFolder: target.folder,
    domains: setup.golden?.domains ?? {},
    project: target.project,
    running: new Set(deps.running(target.id)),
  });
}
