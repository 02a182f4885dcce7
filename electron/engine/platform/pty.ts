import { constants, writeSync } from 'node:fs';
import { access } from 'node:fs/promises';
import type { IPty } from 'node-pty';
import { AppError } from '../../../shared/errors.ts';

export interface PtyOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
  readonly onData: (text: string) => void;
  /** Once, after the last data. A program that a signal ended has 128 + its number, as in shells. */
  readonly onExit: (code: number) => void;
}

/** A program on a pseudo terminal of this machine. */
export interface Pty {
  /** Of the program; it leads a session of its own. */
  readonly pid: number;
  /** Name of the terminal's device, such as `pts/3`; undefined where there is none. */
  readonly device: string | undefined;
  /** Resolves when the terminal has taken it: a program that reads nothing makes it wait. */
  write(data: string, signal: AbortSignal): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Stops reading: the program blocks once the kernel's buffer is full. */
  pause(): void;
  resume(): void;
  /** Hangs up. */
  destroy(): void;
}

/** Throws `terminal.unavailable` when the native part is missing. */
export type SpawnPty = (options: PtyOptions) => Promise<Pty>;

/** What node-pty's class has and its types do not tell. Absent on Windows. */
interface Inside {
  readonly fd?: number;
  readonly ptsName?: string;
  readonly _socket?: { destroy(error?: Error): unknown };
  on?(event: 'error', listener: (error: Error) => void): void;
}

const pieceBytes = 4096;

/**
 * node-pty leaves its side of every terminal open in the programs of later ones, which could then read and write each
 * other's and keep the system from hanging up. bash is there on every desktop and closes what is not a program's own.
 */
const closeOthers =
  'for f in /proc/self/fd/*; do f=${f##*/}; if [ "$f" -gt 2 ]; then eval "exec $f>&-"; fi; done; ' +
  '[ -z "$1" ] || export BASH_ENV="$1"; [ -z "$2" ] || export PS1="$2"; shift 2; exec "$@"';

async function command({
  file,
  args,
  environment,
}: PtyOptions): Promise<Pick<PtyOptions, 'file' | 'args' | 'environment'>> {
  if (process.platform !== 'linux') return { file, args, environment };
  const bash = '/bin/bash';
  const there = await access(bash, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!there) return { file, args, environment };
  // This bash must not read the user's start-up file, and drops a prompt; the program is to have both all the same.
  const { BASH_ENV = '', PS1 = '', ...others } = environment;
  return { file: bash, args: ['-c', closeOthers, 'bash', BASH_ENV, PS1, file, ...args], environment: others };
}

let loading: Promise<typeof import('node-pty')> | undefined;

/** Loaded when the first terminal opens: without it everything else works. */
async function load(): Promise<typeof import('node-pty')> {
  loading ??= import('node-pty');
  try {
    return await loading;
  } catch (cause) {
    loading = undefined;
    throw new AppError(
      {
        code: 'terminal.unavailable',
        message: 'Terminals on this machine cannot be opened: node-pty did not load.',
        remedy:
          'Install Golden Hour again; from source, run `npm rebuild node-pty` (it needs python3, make and a C++ compiler). Shells in containers work without it.',
        details: { reason: cause instanceof Error ? cause.message.slice(0, 500) : String(cause).slice(0, 500) },
      },
      { cause },
    );
  }
}

export const spawnPty: SpawnPty = async (options) => {
  const { spawn } = await load();
  const { file, args, environment } = await command(options);
  let pty: IPty & Inside;
  try {
    pty = spawn(file, [...args], {
      name: 'xterm-256color',
      cwd: options.folder,
      env: { ...environment },
      cols: options.columns,
      rows: options.rows,
    });
  } catch (cause) {
    throw new AppError(
      {
        code: 'terminal.unavailable',
        message: `The system did not start ${options.file} in a terminal.`,
        remedy: 'Close terminals that you no longer need, then try again.',
        details: { reason: cause instanceof Error ? cause.message.slice(0, 500) : String(cause).slice(0, 500) },
      },
      { cause },
    );
  }
  let ended = false;
  let destroyed = false;
  // With one more listener than its own, node-pty does not throw read errors at the whole process.
  pty.on?.('error', () => undefined);
  const held = holdEnd(pty, () => destroyed);
  pty.onData(options.onData);
  pty.onExit(({ exitCode, signal }) => {
    ended = true;
    options.onExit(signal !== undefined && signal > 0 ? 128 + signal : exitCode);
  });
  return {
    pid: pty.pid,
    device: pty.ptsName?.replace(/^\/dev\//, ''),
    write: (data, signal) => write(pty, data, () => ended || destroyed, signal),
    resize(columns, rows) {
      if (!ended && !destroyed) pty.resize(columns, rows);
    },
    pause() {
      held.pause();
      pty.pause();
    },
    resume() {
      pty.resume();
      held.resume();
    },
    destroy() {
      if (destroyed) return;
      destroyed = true;
      // A paused stream would keep its end to itself.
      pty.resume();
      if (!ended) (pty as unknown as { destroy?(): void }).destroy?.();
    },
  };
};

/**
 * node-pty drops the connection 200 ms after the program ended, read or not. While reading is paused that would lose the
 * last output, so it has to wait until we read on.
 */
function holdEnd(pty: Inside, destroyed: () => boolean): { pause(): void; resume(): void } {
  const socket = pty._socket;
  let paused = false;
  let due = false;
  if (socket !== undefined) {
    const destroy = socket.destroy.bind(socket);
    socket.destroy = (error) => {
      if (error === undefined && paused && !destroyed()) {
        due = true;
        return socket;
      }
      return destroy(error);
    };
  }
  return {
    pause: () => {
      paused = true;
    },
    resume() {
      paused = false;
      if (!due) return;
      due = false;
      setTimeout(() => {
        if (paused) due = true;
        else socket?.destroy();
      }, 200);
    },
  };
}

/**
 * Writes in small pieces to the terminal, which never blocks, and waits a moment where it takes no more. node-pty's own
 * queue would turn in circles meanwhile, and keep everything in memory.
 */
async function write(pty: IPty & Inside, data: string, over: () => boolean, signal: AbortSignal): Promise<void> {
  if (pty.fd === undefined) {
    if (!over()) pty.write(data);
    return;
  }
  const bytes = Buffer.from(data, 'utf8');
  let pauseMs = 1;
  for (let at = 0; at < bytes.length; ) {
    signal.throwIfAborted();
    if (over()) return;
    try {
      at += writeSync(pty.fd, bytes, at, Math.min(pieceBytes, bytes.length - at));
      pauseMs = 1;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // The program ended meanwhile and took what it wanted.
      if (code !== 'EAGAIN') return;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(50, pauseMs * 2);
    }
  }
}
