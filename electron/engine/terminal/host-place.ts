import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { SpawnPty } from '../platform/pty.ts';
import { endSessionOf, type ListSession } from '../platform/session-processes.ts';
import { type EngineInUse, hostEnvironment, type StackVariables } from './host-environment.ts';
import type { Opening } from './place.ts';
import type { StartProcess } from './session-process.ts';

export interface HostStack extends StackVariables {
  readonly folder: string;
  /** Folders of its repositories, absolute, besides the one that its folder is in. */
  readonly repositories: readonly string[];
}

export interface HostDeps {
  readonly files: Files;
  readonly clock: Clock;
  readonly spawn: SpawnPty;
  readonly listSession: ListSession;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  /** The user's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** The login shell the system knows for the user; null when it does not tell. */
  readonly loginShell: string | null;
  /** The stack as it is now, though its files may be broken. */
  readonly stackOf: (environmentId: string, signal: AbortSignal) => Promise<HostStack>;
  readonly engineInUse: () => EngineInUse | null;
}

export interface HostOpening extends Opening {
  /** Where it starts, links resolved. */
  readonly folder: string;
}

export type OpenOnHost = (
  place: { readonly environmentId: string | null; readonly folder?: string | undefined },
  size: { readonly columns: number; readonly rows: number },
  signal: AbortSignal,
) => Promise<HostOpening>;

/** Shells of this machine. */
export function createOpenOnHost(deps: HostDeps): OpenOnHost {
  return async (place, size, signal) => {
    const stack = place.environmentId === null ? null : await deps.stackOf(place.environmentId, signal);
    const wanted = place.folder ?? stack?.folder ?? deps.home;
    const roots = stack === null ? [deps.home] : await rootsOf(deps.files, stack);
    const folder = await allowedFolder(deps.files, wanted, roots);
    const shell = await chooseHostShell(deps);
    const environment = hostEnvironment({
      base: deps.environment,
      platform: deps.platform,
      shell,
      version: deps.version,
      stack,
      engine: deps.engineInUse(),
    });
    return { title: basename(folder) || folder, folder, start: startOnHost(deps, shell, folder, environment, size) };
  };
}

function startOnHost(
  deps: HostDeps,
  shell: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
  size: { readonly columns: number; readonly rows: number },
): StartProcess {
  return async (events) => {
    const pty = await deps.spawn({
      file: shell,
      // Terminals of macOS start login shells; those of other systems run inside a login already.
      args: deps.platform === 'darwin' ? ['-l'] : [],
      folder,
      environment,
      ...size,
      onData: (text) => events.onOutput('data', text),
      onExit: events.onExit,
    });
    return {
      write: (data, signal) => pty.write(data, signal),
      endInput: () => void pty.write('\u0004', AbortSignal.timeout(1000)).catch(() => undefined),
      resize: async (columns, rows) => pty.resize(columns, rows),
      pause: () => pty.pause(),
      resume: () => pty.resume(),
      async programs(signal) {
        const members = await deps.listSession(pty, signal);
        return members.filter((one) => one.pid !== pty.pid).map((one) => one.name);
      },
      end: (signal) => endSessionOf(pty, { list: deps.listSession, clock: deps.clock }, signal),
      destroy: () => pty.destroy(),
    };
  };
}

async function rootsOf(files: Files, stack: HostStack): Promise<readonly string[]> {
  const around = await repositoryAround(files, stack.folder);
  return [stack.folder, ...(around === undefined ? [] : [around]), ...stack.repositories];
}

/** The top level of the repository that a folder is in. */
async function repositoryAround(files: Files, folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await files.info(join(at, '.git')).catch(() => undefined)) !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}

async function allowedFolder(files: Files, wanted: string, roots: readonly string[]): Promise<string> {
  const real = isAbsolute(wanted) ? await files.real(wanted).catch(() => undefined) : undefined;
  const info = real === undefined ? undefined : await files.info(real).catch(() => undefined);
  if (real === undefined || info?.kind !== 'folder') {
    throw new AppError({
      code: 'input.not-found',
      message: `There is no folder ${wanted}.`,
      remedy: 'Open a terminal in the folder of the stack.',
      details: { folder: wanted },
    });
  }
  for (const root of roots) {
    const way = relative((await files.real(root).catch(() => undefined)) ?? root, real);
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return real;
  }
  throw new AppError({
    code: 'guard.refused',
    message: `${wanted} is not a folder of this stack.`,
    remedy: 'Terminals open in the folder of the stack, below it, and in its repositories. From there, use cd.',
    details: { folder: real },
  });
}

/** The login shell; where it is not there (any more), what the system certainly has. */
async function chooseHostShell({ files, environment, loginShell, platform }: HostDeps): Promise<string> {
  const candidates =
    platform === 'win32'
      ? [environment['COMSPEC'], 'C:\\Windows\\System32\\cmd.exe']
      : [loginShell, environment['SHELL'], '/bin/bash', '/bin/sh'];
  for (const shell of candidates) {
    if (shell == null || !isAbsolute(shell) || /\/(nologin|false)$/.test(shell)) continue;
    const info = await files.info(shell).catch(() => undefined);
    if (info?.kind === 'file' && (platform === 'win32' || ((info.mode ?? 0) & 0o111) !== 0)) return shell;
  }
  throw new AppError({
    code: 'terminal.unavailable',
    message: 'No shell was found on this machine.',
    remedy: 'Set a login shell with chsh.',
  });
}
