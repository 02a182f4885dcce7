import { devNull } from 'node:os';
import { AppError } from '../../../../shared/errors.ts';
import { gitEnvironment, hardenedSettings, quietSsh } from '../../git/hardening.ts';
import type { RunProcess, RunResult } from '../../platform/processes.ts';

export { saidByGit as saidBy } from '../../git/hardening.ts';

/**
 * Git, called so that nothing a repository holds is run: no hooks, no file system monitor, no submodules, no transport
 * but those named here. While it fetches, the user's own configuration counts, for credentials and proxies. While it
 * writes files it does not: filters are named in the user's configuration and called for by the repository.
 */
export interface Git {
  run(args: readonly string[], options: GitOptions): Promise<RunResult>;
}

export interface GitOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly folder?: string;
  /** With the user's configuration. */
  readonly own: boolean;
  readonly maxBytes?: number;
}

export interface GitDeps {
  readonly run: RunProcess;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const settings = {
  ...hardenedSettings,
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.http.allow': 'always',
  'protocol.ssh.allow': 'always',
  'protocol.git.allow': 'always',
} as const;

export function createGit(deps: GitDeps): Git {
  const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return {
    run(args, { signal, timeoutMs, folder, own, maxBytes }) {
      return deps.run('git', [...flags, ...args], {
        signal,
        timeoutMs,
        environment: environmentFor(deps.environment, own),
        ...(folder === undefined ? {} : { folder }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
      });
    },
  };
}

function environmentFor(given: GitDeps['environment'], own: boolean): Record<string, string> {
  const environment = gitEnvironment(given, own);
  if (!own) {
    environment['GIT_CONFIG_NOSYSTEM'] = '1';
    environment['GIT_CONFIG_GLOBAL'] = devNull;
    environment['GIT_ATTR_NOSYSTEM'] = '1';
  } else if (environment['GIT_SSH'] === undefined && environment['GIT_SSH_COMMAND'] === undefined) {
    environment['GIT_SSH_COMMAND'] = quietSsh;
  }
  return environment;
}

export function fetchFailed(source: string, reason: string, remedy: string): AppError {
  return new AppError({
    code: 'compose.fetch-failed',
    message: `${source} cannot be fetched: ${reason.replace(/\.$/, '')}.`,
    remedy,
    details: { source },
  });
}
