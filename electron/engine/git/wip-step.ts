import { z } from 'zod';
import { stepOptions } from '../../../shared/domain/step-options.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StepContext, StepImplementation } from '../routines/step-types.ts';
import { parseBytes } from '../stacks/compose/units.ts';
import { commandsFor, eachRepository, openRepositories } from './each-repository.ts';
import type { GitStepDeps } from './fetch-step.ts';
import { isProtected } from './patterns.ts';
import { baseOf, shortRef } from './refs.ts';
import type { Repository } from './repository.ts';
import type { GitSetup } from './section.ts';
import { readStatus } from './status.ts';
import type { UndoBook } from './undo-book.ts';
import { countFiles, type LargeFile, saveWork, type WipResult } from './wip.ts';
import { wipBranchOf } from './wip-names.ts';

const optionsSchema = stepOptions['git.wip'];
export type WipStepOptions = z.infer<typeof optionsSchema>;

/** By folder of the repository. */
const keptSchema = z.record(z.string(), z.string()).catch({});
const defaultLargeBytes = 10 * 1024 * 1024;
/** Between the tokens of several repositories. */
export const tokenSeparator = '.';

/** Uncommitted work of every repository becomes a commit that can be taken back. */
export function wipStep(deps: GitStepDeps & { readonly undo: UndoBook }): StepImplementation<WipStepOptions> {
  return {
    kind: 'git.wip',
    options: optionsSchema,
    title: () => 'Save uncommitted work',
    timeoutMs: 5 * 60_000,
    async look(options, { target, signal }) {
      const { setup, repositories } = await openRepositories(deps, target.folder, options, signal);
      if (modeOf(options, setup) === 'off') return 'turned off';
      const words = await Promise.all(
        repositories.map(async (each) => {
          const { branch, entries } = await readStatus(each, signal);
          return entries.length === 0 ? null : `${countFiles(entries.length)} on ${branch ?? 'no branch'}`;
        }),
      );
      const found = words.filter((each) => each !== null);
      return found.length === 0 ? 'nothing uncommitted' : found.join(', ');
    },
    async commands(options, target, signal) {
      const opened = await openRepositories(deps, target.folder, options, signal);
      const mode = modeOf(options, opened.setup);
      if (mode === 'off') return [];
      const where = mode === 'branch' ? 'a branch of wip/' : 'the current branch, or one of wip/ when it is protected';
      return commandsFor(opened, async () => `git commit-tree, to ${where}`);
    },
    async run(options, step) {
      const opened = await openRepositories(deps, step.target.folder, options, step.signal);
      const { setup } = opened;
      const mode = modeOf(options, setup);
      if (mode === 'off') return { result: 'turned off in golden.yml', state: 'skipped' };
      const tokens = keptSchema.parse(step.kept ?? {});
      let saved = 0;
      const results = await eachRepository(opened, step, async (repository) => {
        step.detail(repository.name);
        const result = await saveOne(repository, setup, { ...options, mode }, step, tokens);
        if (result === undefined) return 'nothing uncommitted';
        saved += 1;
        return `${countFiles(result.files)} on ${result.branch}${result.token === null ? ', as before' : ''}`;
      });
      const token = Object.values(tokens).join(tokenSeparator);
      return {
        result: results.length === 0 ? 'the stack is in no repository' : results.join('; '),
        ...(saved === 0 ? { state: 'skipped' as const } : {}),
        ...(token === '' ? {} : { undo: { label: 'Take it back', token } }),
      };
    },
  };

  async function saveOne(
    repository: Repository,
    setup: GitSetup,
    options: WipStepOptions & { readonly mode: 'branch' | 'current' },
    step: StepContext,
    tokens: Record<string, string>,
  ): Promise<WipResult | undefined> {
    const { signal } = step;
    return saveWork(repository, {
      files: deps.files,
      signal,
      undo: deps.undo,
      mode: options.mode,
      isProtected: await protection(repository, setup, signal),
      largeBytes: largeBytesOf(setup),
      async askLarge(large) {
        const wanted = options.large ?? 'ask';
        const answer = wanted === 'ask' ? await askLarge(repository, large, step) : wanted;
        if (answer === 'leave-out') {
          const detail = `${large.map(({ path }) => path).join(', ')}: left out of the commit, as large files.`;
          const title = `${countFiles(large.length)} of ${repository.name} ${large.length === 1 ? 'is' : 'are'} not saved`;
          step.remark({ kind: 'remark', title, detail, remedy: 'Ignore them, or use Git LFS.', service: null });
        }
        return answer;
      },
      note: (title, detail, remedy) => step.remark({ kind: 'remark', title, detail, remedy, service: null }),
      keep(token) {
        tokens[repository.top] = token;
        step.keep(tokens);
      },
    });
  }
}

async function askLarge(
  repository: Repository,
  large: readonly LargeFile[],
  step: StepContext,
): Promise<'commit' | 'leave-out'> {
  const answer = await step.ask({
    kind: 'choice',
    text: `${countFiles(large.length)} of ${repository.name} ${large.length === 1 ? 'is' : 'are'} large. Commit all the same?`,
    detail: large.slice(0, 100).map(({ path, bytes }) => `${path}: ${Math.round(bytes / 1024 / 1024)} MiB`),
    choices: [
      { id: 'leave-out', label: 'Leave out', danger: false },
      { id: 'commit', label: 'Commit', danger: false },
    ],
  });
  return answer.kind === 'choice' && answer.id === 'commit' ? 'commit' : 'leave-out';
}

function modeOf(options: WipStepOptions, { golden }: GitSetup): 'branch' | 'current' | 'off' {
  return options.to ?? golden?.day?.wip ?? 'branch';
}

/** Which branches of a repository nothing of ours goes to. */
export async function protection(
  repository: Repository,
  { section }: GitSetup,
  signal: AbortSignal,
): Promise<(branch: string) => boolean> {
  const base = await baseOf(repository, section.base, signal);
  // What carries our own prefix is no base, even where nothing else could be found.
  const name = base === null || shortRef(base) === wipBranchOf(shortRef(base)) ? null : shortRef(base);
  return (branch) => isProtected(branch, section.protected, name);
}

function largeBytesOf({ section }: GitSetup): number {
  if (section.large_files === undefined) return defaultLargeBytes;
  const bytes = parseBytes(section.large_files);
  if (bytes !== undefined) return Number(bytes);
  throw new AppError({
    code: 'golden-file.invalid',
    message: `git.large_files cannot be “${section.large_files}”.`,
    remedy: 'Write a size such as 10MiB.',
  });
}
