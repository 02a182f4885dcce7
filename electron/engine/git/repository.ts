import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Files } from '../platform/files.ts';
import { type ConfigEntry, parseConfigList } from './config-entries.ts';
import { type Judgement, judgeConfig } from './judge-config.ts';
import { locateRepository } from './locate.ts';
import type { GitCall, GitDone, GitPlace, GitRunner } from './runner.ts';

/** A repository of the user's, looked at once: what its configuration would run was found and turned off. */
export interface Repository {
  /** Absolute, resolved: where its files are. */
  readonly top: string;
  readonly name: string;
  /** Of this working tree. */
  readonly gitFolder: string;
  /** Of all its working trees: branches, objects, configuration. */
  readonly commonFolder: string;
  readonly config: readonly ConfigEntry[];
  readonly judgement: Judgement;
  git<F extends string = never>(args: readonly string[], call: GitCall<F>): Promise<GitDone<F>>;
}

export interface OpenRepositoryDeps {
  readonly runner: GitRunner;
  readonly files: Files;
}

/** A configuration can include what is never read to its end. */
const timeoutMs = 15_000;

/**
 * Opens the repository that a folder is in. Throws `input.not-found` when it is in none, `git.denied` when it is
 * somebody else's, or when it works on other folders than its own, and what the runner throws.
 */
export async function openRepository(
  { runner, files }: OpenRepositoryDeps,
  folder: string,
  signal: AbortSignal,
): Promise<Repository> {
  const real = await files.real(folder);
  const located = real === undefined ? undefined : await locateRepository(real, files);
  if (located === undefined) {
    throw new AppError({
      code: 'input.not-found',
      message: `${folder} is in no git repository.`,
      remedy: 'Name the folders of your repositories under “git: repositories:” in golden.yml, or leave git out.',
      details: { folder },
    });
  }
  const { top } = located;
  const bare: GitPlace = { folder: top, ceiling: dirname(top), settings: [], variables: {} };
  // These two read configuration and run nothing that it names.
  const listed = await runner.run(bare, ['config', '--list', '--show-scope', '-z'], { signal, timeoutMs });
  const config = parseConfigList(listed.stdout);
  const judgement = judgeConfig(config, runner.environment);
  const place: GitPlace = { ...bare, settings: judgement.settings, variables: judgement.variables };
  const asked = await runner.run(
    place,
    ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir', '--show-toplevel'],
    { signal, timeoutMs, expects: { 'no-tree': /must be run in a work tree/ } },
  );
  const [gitFolder = '', commonFolder = '', found = ''] = asked.stdout.split('\n');
  await refuseElsewhere(files, located, { gitFolder, found: asked.failure === null ? found : '' });
  return {
    top,
    name: basename(top),
    gitFolder,
    commonFolder,
    config,
    judgement,
    git: (args, call) => runner.run(place, args, call),
  };
}

/** A repository may say that its files are elsewhere (`core.worktree`), such as in the user's home folder. */
async function refuseElsewhere(
  files: Files,
  located: { readonly top: string; readonly gitFolder: string },
  { gitFolder, found }: { readonly gitFolder: string; readonly found: string },
): Promise<void> {
  const sameTree = found !== '' && (await files.real(found)) === located.top;
  const sameGit = (await files.real(gitFolder)) === (await files.real(located.gitFolder));
  if (sameTree && sameGit) return;
  throw new AppError({
    code: 'git.denied',
    message:
      found === ''
        ? `The repository in ${located.top} has no working tree.`
        : `The repository in ${located.top} works on the files in ${found}, not on its own.`,
    remedy: `Look at core.worktree and core.bare in ${join(gitFolder, 'config')}.`,
    details: { folder: located.top },
  });
}
