import { constants, readSync, writeSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
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
  readonly _socket?: { readonly readableLength: number; destroy(error?: Error): unknown };
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
  const held = holdEnd(pty, () => destroyed, options.onData);
  pty.onData((text) => {
    held.data();
    options.onData(text);
  });
  pty.onExit(({ exitCode, signal }) => {
    ended = true;
    options.onExit(signal !== undefined && signal > 0 ? 128 + signal : exitCode);
  });
  return {
    pid: pty.pid,
    device: pty.ptsName?.replace(/^\/dev\//, ''),
    write: (data, signal) => write(pty, data, () => ended || destroyed || held.over(), signal),
    resize(columns, rows) {
      if (!ended && !destroyed && !held.over()) pty.resize(columns, rows);
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

const quietMs = 200;

/**
 * The connection ends 200 ms after the program did (node-pty), or with the kernel's word that nobody is at the other end,
 * read or not: what a slow reader has not taken by then would be lost. Here the end has to wait until we read on, nothing
 * is kept back, and nothing has come for as long.
 */
function holdEnd(
  pty: Inside,
  destroyed: () => boolean,
  onData: (text: string) => void,
): { pause(): void; resume(): void; data(): void; over(): boolean } {
  const socket = pty._socket;
  let paused = false;
  /** The end that is due once we read on. */
  let due: { readonly error: Error | undefined } | undefined;
  let pieces = 0;
  const end = socket?.destroy.bind(socket);
  let over = false;
  const destroy = (error: Error | undefined): void => {
    // Once only: the number of the file is somebody else's afterwards.
    if (over) return;
    over = true;
    if (!destroyed()) takeRest(pty.fd, onData);
    end?.(error);
  };

  function whenQuiet(error: Error | undefined): void {
    if (paused) {
      due = { error };
      return;
    }
    const before = pieces;
    // A busy loop gets to what has come only after its timers.
    const look = (): void => {
      if (destroyed() || (pieces === before && !paused && socket?.readableLength === 0)) destroy(error);
      else whenQuiet(error);
    };
    setTimeout(() => setImmediate(look), quietMs);
  }

  if (socket !== undefined) {
    socket.destroy = (error) => {
      const told = (error as NodeJS.ErrnoException | undefined)?.code === 'EIO';
      const now = destroyed() || (error !== undefined && !told) || (told && !paused && socket.readableLength === 0);
      if (now) destroy(error);
      else whenQuiet(error);
      return socket;
    };
  }
  return {
    over: () => over,
    data() {
      pieces += 1;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      if (due === undefined) return;
      const { error } = due;
      due = undefined;
      whenQuiet(error);
    },
  };
}

/**
 * The last kilobytes of the kernel's buffer: Node takes the hang-up at the other end for the end of everything once it
 * has read a part, and a terminal is always read in parts.
 */
function takeRest(file: number | undefined, onData: (text: string) => void): void {
  if (file === undefined) return;
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.allocUnsafe(64 * 1024);
  // Nobody writes any more, so this ends; the bound is for an end that is none.
  for (let reads = 0; reads < 1000; reads += 1) {
    try {
      const bytes = readSync(file, buffer, 0, buffer.length, null);
      if (bytes === 0) break;
      onData(decoder.write(buffer.subarray(0, bytes)));
    } catch {
      break;
    }
  }
  onData(decoder.end());
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
