import type { RunProcess } from '../platform/processes.ts';
import type { Manifest } from './manifest.ts';

const timeoutMs = 5000;

/**
 * Commit, branch and dirtiness of the folder's repository; null without one. Nothing the repository configures is run:
 * hooks, file system monitors and content filters are switched off, submodules are not entered.
 */
export async function gitInfo(folder: string, runProcess: RunProcess, signal: AbortSignal): Promise<Manifest['git']> {
  const git = async (args: readonly string[], settings: readonly string[] = []): Promise<string | undefined> => {
    const result = await runProcess('git', [...safe, ...settings, ...args], {
      signal,
      timeoutMs,
      folder,
      environment: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: process.env['HOME'] ?? '/',
        LC_ALL: 'C',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        GIT_NO_LAZY_FETCH: '1',
      },
    });
    return result.exitCode === 0 ? result.stdout : undefined;
  };
  try {
    const commit = (await git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']))?.trim();
    if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return null;
    const branch = (await git(['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim() ?? null;
    const filters = (await git(['config', '--name-only', '--get-regexp', '^filter\\.'])) ?? '';
    const status = await git(
      ['status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=all'],
      withoutFilters(filters.split('\n')),
    );
    return { commit, branch, dirty: status === undefined || status !== '' };
  } catch {
    signal.throwIfAborted();
    // Not installed, or too slow: an image without this line is better than none.
    return null;
  }
}

const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.untrackedCache=false'];

/** A filter with empty commands passes content through. Names come from the repository, so only whole keys are kept. */
function withoutFilters(keys: readonly string[]): string[] {
  const names = new Set<string>();
  for (const key of keys) {
    const name = /^filter\.(.+)\.[a-z]+$/i.exec(key.trim())?.[1];
    if (name !== undefined && !name.includes('=')) names.add(name);
  }
  return [...names].flatMap((name) => [
    '-c',
    `filter.${name}.clean=`,
    '-c',
    `filter.${name}.smudge=`,
    '-c',
    `filter.${name}.process=`,
    '-c',
    `filter.${name}.required=false`,
  ]);
}
