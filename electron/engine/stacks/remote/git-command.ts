import { devNull } from 'node:os';
import { AppError } from '../../../../shared/errors.ts';
import type { RunProcess, RunResult } from '../../platform/processes.ts';

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
  'protocol.allow': 'never',
  'protocol.https.allow': 'always',
  'protocol.http.allow': 'always',
  'protocol.ssh.allow': 'always',
  'protocol.git.allow': 'always',
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.askPass': '',
  'credential.interactive': 'false',
  'submodule.recurse': 'false',
  'fetch.recurseSubmodules': 'false',
  'transfer.bundleURI': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'advice.detachedHead': 'false',
} as const;

/** Of git's own variables only those that say how to reach a server. */
const kept =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|HTTP_\w+|PROXY_\w+|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM)$/;

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
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || name === 'SSH_ASKPASS') continue;
    if (!name.startsWith('GIT_') || (own && kept.test(name))) environment[name] = value;
  }
  // Nobody sits at a terminal to answer.
  environment['GIT_TERMINAL_PROMPT'] = '0';
  environment['LC_ALL'] = 'C';
  if (!own) {
    environment['GIT_CONFIG_NOSYSTEM'] = '1';
    environment['GIT_CONFIG_GLOBAL'] = devNull;
    environment['GIT_ATTR_NOSYSTEM'] = '1';
  } else if (environment['GIT_SSH'] === undefined && environment['GIT_SSH_COMMAND'] === undefined) {
    environment['GIT_SSH_COMMAND'] = 'ssh -o ControlMaster=no -o BatchMode=yes';
  }
  return environment;
}

/** What git wrote last, without its prefix and without passwords in addresses. */
export function saidBy({ stderr }: RunResult): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
  return telling
    .replace(/^(fatal|error|remote): */, '')
    .replace(/(\w+:\/\/[^/@\s:]*):[^@\s/]*@/g, '$1@')
    .slice(0, 500);
}

export function fetchFailed(source: string, reason: string, remedy: string): AppError {
  return new AppError({
    code: 'compose.fetch-failed',
    message: `${source} cannot be fetched: ${reason.replace(/\.$/, '')}.`,
    remedy,
    details: { source },
  });
}
