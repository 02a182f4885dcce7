import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import { AppError } from '../../../shared/errors.ts';

export interface SupervisedOptions {
  readonly signal: AbortSignal;
  readonly folder: string;
  /** The whole environment of the process, not an addition. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it writes, both streams, as it comes. */
  readonly onOutput: (text: string) => void;
  /** As soon as it runs. The process leads a group of its own. */
  readonly onStarted?: (pid: number) => void;
  /** Between asking it to end and ending it, ms. Default 5 s. */
  readonly graceMs?: number;
}

export interface SupervisedEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Runs a program, or a line of the system's shell, to its end. */
export type RunSupervised = (command: string | readonly string[], options: SupervisedOptions) => Promise<SupervisedEnd>;

/**
 * With everything it starts in one process group: on abort the group is asked to end, and ended after a grace. Resolves
 * when it ended by itself; rejects with the signal's reason once it is gone, or when it cannot be started at all.
 */
export const runSupervised: RunSupervised = (command, options) =>
  new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const line = typeof command === 'string';
    const child = spawn(line ? command : (command[0] ?? ''), line ? [] : command.slice(1), {
      cwd: options.folder,
      env: options.environment,
      shell: line,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const name = line ? 'The command' : (command[0] ?? '');
    for (const stream of [child.stdout, child.stderr]) {
      const decoder = new StringDecoder('utf8');
      stream.on('data', (chunk: Buffer) => options.onOutput(decoder.write(chunk)));
      stream.on('end', () => options.onOutput(decoder.end()));
    }
    let forced: NodeJS.Timeout | undefined;
    const kill = (how: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        // The group, so that what the program started goes with it.
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, how);
      } catch {
        // Already gone.
      }
    };
    const stop = (): void => {
      kill('SIGTERM');
      forced = setTimeout(() => kill('SIGKILL'), options.graceMs ?? 5000);
    };
    signal.addEventListener('abort', stop, { once: true });
    const settle = (): void => {
      signal.removeEventListener('abort', stop);
      clearTimeout(forced);
    };
    child.on('spawn', () => options.onStarted?.(child.pid ?? 0));
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      reject(error.code === 'ENOENT' ? notThere(name, options.folder, error) : error);
    });
    child.on('close', (exitCode, exitSignal) => {
      settle();
      if (signal.aborted) {
        // What ignored the request and outlived its leader.
        kill('SIGKILL');
        reject(signal.reason);
      } else resolve({ exitCode, signal: exitSignal });
    });
  });

function notThere(name: string, folder: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'input.not-found',
      message: `${name} could not be started in ${folder}.`,
      remedy: 'Check that the program is installed and the folder is there.',
    },
    { cause },
  );
}

/** Is there a process of this group? Another one may have its number by now. */
export function alive(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch {
    return false;
  }
}
