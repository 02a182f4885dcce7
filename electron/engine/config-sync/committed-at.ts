import { relative } from 'node:path';
import { openRepository } from '../git/repository.ts';
import { createGitRunner, type GitDeps } from '../git/runner.ts';
import type { Files } from '../platform/files.ts';

const timeoutMs = 5_000;

/** When a file was committed last, as far as the repository around `folder` knows it. */
export function createCommittedAt(
  deps: GitDeps & { readonly files: Files },
): (folder: string, path: string, signal: AbortSignal) => Promise<Date | undefined> {
  const runner = createGitRunner(deps);
  return async (folder, path, signal) => {
    const repository = await openRepository({ runner, files: deps.files }, folder, signal);
    const real = await deps.files.real(path);
    if (real === undefined) return undefined;
    const inside = relative(repository.top, real);
    const args = ['log', '-1', '--format=%ct', '--', `:(top,literal)${inside}`];
    const { stdout } = await repository.git(args, { signal, timeoutMs });
    const seconds = Number(stdout.trim());
    return Number.isInteger(seconds) && seconds > 0 ? new Date(seconds * 1000) : undefined;
  };
}
