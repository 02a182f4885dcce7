import { spawn } from 'node:child_process';
import { AppError } from '../../../shared/errors.ts';
import { linkedSignal } from '../streams/linked-signal.ts';

export interface RunOptions {
  readonly signal: AbortSignal;
  /** The process group is killed after this many milliseconds. */
  readonly timeoutMs: number;
  readonly folder?: string;
  /** The whole environment of the process, not an addition. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Of input and output. With `latin1` each character is one byte, whatever it means. Default `utf8`. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Output beyond this many bytes per stream is dropped. Default 1 MiB. */
  readonly maxBytes?: number;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Runs a program without a shell. A non-zero exit is a value; not being able to run it at all is an error. */
export type RunProcess = (command: string, args: readonly string[], options: RunOptions) => Promise<RunResult>;

export const runProcess: RunProcess = (command, args, options) =>
  new Promise((resolve, reject) => {
    const limit = options.maxBytes ?? 1024 * 1024;
    const { signal, release } = linkedSignal(options.signal, options.timeoutMs);
    if (signal.aborted) {
      release();
      reject(signal.reason);
      return;
    }
    const child = spawn(command, args, {
      cwd: options.folder,
      env: options.environment,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const sizes = { stdout: 0, stderr: 0 };
    let truncated = false;
    const collect = (name: 'stdout' | 'stderr') => (chunk: Buffer) => {
      const room = limit - sizes[name];
      if (chunk.length > room) truncated = true;
      if (room > 0) chunks[name].push(chunk.subarray(0, room));
      sizes[name] += Math.min(chunk.length, Math.max(room, 0));
    };
    child.stdout?.on('data', collect('stdout'));
    child.stderr?.on('data', collect('stderr'));
    const kill = (): void => {
      if (child.pid === undefined) return;
      try {
        // The group, so that what the program started goes with it.
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // Already gone.
      }
    };
    signal.addEventListener('abort', kill, { once: true });
    child.on('error', (error: NodeJS.ErrnoException) => {
      release();
      reject(
        error.code === 'ENOENT'
          ? new AppError(
              {
                code: 'input.not-found',
                message: `${command} is not installed.`,
                remedy: `Install ${command} and try again.`,
              },
              { cause: error },
            )
          : error,
      );
    });
    child.on('close', (exitCode, exitSignal) => {
      release();
      if (signal.aborted) {
        reject(
          options.signal.aborted
            ? options.signal.reason
            : new AppError({
                code: 'operation.timeout',
                message: `${command} did not end within ${Math.round(options.timeoutMs / 1000)} s.`,
                remedy: 'Try again, or run it by hand to see where it hangs.',
              }),
        );
        return;
      }
      resolve({
        exitCode,
        signal: exitSignal,
        stdout: Buffer.concat(chunks.stdout).toString(options.encoding ?? 'utf8'),
        stderr: Buffer.concat(chunks.stderr).toString('utf8'),
        truncated,
      });
    });
    if (options.input !== undefined) {
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(options.input, options.encoding ?? 'utf8');
    }
  });
