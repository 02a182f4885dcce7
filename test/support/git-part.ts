import { changedFiles } from '../../electron/engine/git/changed-files.ts';
import { dayOfRepository } from '../../electron/engine/git/day.ts';
import { fetchOne } from '../../electron/engine/git/fetch-step.ts';
import { fastForward } from '../../electron/engine/git/pull.ts';
import { pushBranch } from '../../electron/engine/git/push.ts';
import { openRepository, type Repository } from '../../electron/engine/git/repository.ts';
import { createGitRunner } from '../../electron/engine/git/runner.ts';
import { createUndoBook } from '../../electron/engine/git/undo-book.ts';
import { viewRepository } from '../../electron/engine/git/view.ts';
import { saveWork, type WipOptions } from '../../electron/engine/git/wip.ts';
import { systemClock as clock } from '../../electron/engine/platform/clock.ts';
import { systemFiles as files } from '../../electron/engine/platform/files.ts';
import { runProcess } from '../../electron/engine/platform/processes.ts';

export const anySignal = new AbortController().signal;

/** What the parts of git are made of, for a user with these variables. */
export function gitDeps(environment: Readonly<Record<string, string>>) {
  return { runner: createGitRunner({ run: runProcess, files, environment }), files, clock };
}

export function open(environment: Readonly<Record<string, string>>, folder: string): Promise<Repository> {
  return openRepository(gitDeps(environment), folder, anySignal);
}

/** Saves on a branch of `wip/`, and answers nothing. The undo book lies beside the repository. */
export function wipOptions(folder: string): WipOptions {
  return {
    files,
    signal: anySignal,
    undo: createUndoBook(files, `${folder}-undo`),
    mode: 'branch',
    isProtected: (branch) => branch === 'main',
    largeBytes: 1024 * 1024,
    askLarge: async () => 'leave-out',
    note: () => undefined,
    keep: () => undefined,
  };
}

/** Everything that is done with a repository, one after the other. Gives what failed, by name. */
export async function doEverything(
  environment: Readonly<Record<string, string>>,
  folder: string,
): Promise<Record<string, unknown>> {
  const deps = gitDeps(environment);
  const failures: Record<string, unknown> = {};
  const attempt = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => {
      failures[name] = error;
    });
  };
  const step = { signal: anySignal, remark: () => undefined };
  let opened: Promise<Repository> | undefined;
  const repository = (): Promise<Repository> => {
    opened ??= openRepository(deps, folder, anySignal);
    return opened;
  };
  await attempt('view', () => viewRepository(deps, folder, {}, anySignal));
  await attempt('changed', async () => changedFiles(await repository(), {}, anySignal));
  await attempt('fetch', async () => fetchOne(deps, await repository(), step, 'fail'));
  await attempt('pull', async () => fastForward(await repository(), { files, signal: anySignal }));
  await attempt('save', async () => saveWork(await repository(), wipOptions(folder)));
  await attempt('push', async () =>
    pushBranch(await repository(), 'wip/main', {
      files,
      signal: anySignal,
      timeoutMs: 20_000,
      isProtected: (branch) => branch === 'main',
    }),
  );
  await attempt('day', async () => dayOfRepository(await repository(), 0, Date.now(), anySignal));
  await attempt('save on the branch', async () =>
    saveWork(await repository(), { ...wipOptions(folder), mode: 'current', isProtected: () => false }),
  );
  await attempt('view again', () => viewRepository(deps, folder, {}, anySignal));
  return failures;
}
