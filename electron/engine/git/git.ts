import { join } from 'node:path';
import type { RepositoryView } from '../../../shared/contract/git.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Call, EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Facts, StepImplementation } from '../routines/step-types.ts';
import type { RepositoryDay } from '../summary/day-facts.ts';
import { dayOfRepository } from './day.ts';
import { createGitFacts } from './facts.ts';
import { fetchStep } from './fetch-step.ts';
import { readImpact } from './impact.ts';
import { pullStep } from './pull-step.ts';
import { pushStep } from './push-step.ts';
import { openRepository } from './repository.ts';
import { createGitRunner } from './runner.ts';
import { readSetup } from './section.ts';
import { createUndoBook } from './undo-book.ts';
import { viewRepository } from './view.ts';
import { tokenSeparator, wipStep } from './wip-step.ts';
import { undoWork } from './wip-undo.ts';

export interface GitPartDeps {
  readonly run: RunProcess;
  readonly files: Files;
  readonly clock: Clock;
  /** The shell's variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly dataFolder: string;
  readonly environments: {
    row(id: string): { readonly folder: string };
    get(id: string): { readonly services: readonly { readonly name: string; readonly state: string }[] };
    resolveRunning(id: string, signal: AbortSignal): Promise<EnvironmentTarget>;
  };
  readonly restart: (
    input: { readonly environmentId: string; readonly services: string[] },
    call: Call,
  ) => Promise<{ readonly operationId: string }>;
}

export interface GitPart {
  readonly api: EngineApi['git'];
  /** Each has options of its own, which come through its schema first. */
  readonly steps: readonly StepImplementation<never>[];
  readonly facts: Facts;
  /** The user's commits within a time (ms) in the repositories of these environments, each repository once. */
  dayOf(
    environmentIds: readonly string[],
    from: number,
    to: number,
    signal: AbortSignal,
  ): Promise<readonly RepositoryDay[]>;
}

/** Everything about the repositories of a stack. */
export function createGit(deps: GitPartDeps): GitPart {
  const { files, environments } = deps;
  const runner = createGitRunner(deps);
  const open = { runner, files, clock: deps.clock };
  const undo = createUndoBook(files, join(deps.dataFolder, 'git-undo'));
  const running = (id: string): string[] =>
    environments.get(id).services.flatMap(({ name, state }) => (state === 'running' ? [name] : []));

  async function views(folder: string, signal: AbortSignal, first = false): Promise<RepositoryView[]> {
    const setup = await readSetup(files, folder, signal);
    const folders = first ? setup.folders.slice(0, 1) : setup.folders;
    return Promise.all(folders.map((each) => viewRepository(open, each, setup.section, signal)));
  }

  const impact = async (environmentId: string, base: string | undefined, signal: AbortSignal) => {
    const target = await environments.resolveRunning(environmentId, signal);
    return readImpact({ runner, files, running }, target, base, signal);
  };

  /** Of several those that can be; the first failure is thrown in the end. What was taken back before is no failure. */
  async function undoAll(tokens: readonly string[], signal: AbortSignal): Promise<string> {
    const there = await Promise.all(tokens.map(async (each) => (await undo.read(each)) !== undefined));
    const left = there.includes(true) ? tokens.filter((_, index) => there[index]) : tokens;
    const words: string[] = [];
    const failures: unknown[] = [];
    for (const each of left) {
      await undoWork({ ...open, undo }, each, signal).then(
        (done) => words.push(done),
        (error: unknown) => failures.push(error),
      );
    }
    if (failures.length > 0) throw failures[0];
    return words.join(' ');
  }

  return {
    api: {
      repositories: ({ environmentId }, { signal }) => views(environments.row(environmentId).folder, signal),
      impact: ({ environmentId, base }, { signal }) => impact(environmentId, base, signal),
      async restartAffected({ environmentId, base }, call) {
        const { services } = await impact(environmentId, base, call.signal);
        const affected = services.filter((each) => each.running).map(({ name }) => name);
        if (affected.length > 0) return deps.restart({ environmentId, services: affected }, call);
        throw new AppError({
          code: 'input.invalid',
          message: 'No running service is affected by what changed.',
          remedy: 'Say which paths concern which services under “domains:” in golden.yml, or start the stack.',
        });
      },
      undoWip: async ({ token }, { signal }) => ({ words: await undoAll(token.split(tokenSeparator), signal) }),
    },
    steps: [
      fetchStep(open),
      pullStep(open),
      wipStep({ ...open, undo }),
      pushStep(open),
    ] as unknown as StepImplementation<never>[],
    async dayOf(ids, from, to, signal) {
      const days = new Map<string, RepositoryDay>();
      for (const id of ids) {
        const setup = await readSetup(files, environments.row(id).folder, signal).catch(() => undefined);
        for (const folder of setup?.folders ?? []) {
          // One that cannot be read has no commits to tell of; the page of the environment says why.
          const repository = await openRepository(open, folder, signal).catch(() => undefined);
          if (repository === undefined || days.has(repository.top)) continue;
          const day = await dayOfRepository(repository, from, to, signal).catch(() => undefined);
          signal.throwIfAborted();
          if (day !== undefined) days.set(repository.top, day);
        }
      }
      return [...days.values()];
    },
    facts: createGitFacts(async (folder, signal) => (await views(folder, signal, true))[0]),
  };
}
