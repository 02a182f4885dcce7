import type { TerminalBatch } from '../../../shared/contract/streams.ts';
import type { Clock } from '../platform/clock.ts';
import type { FlowGate } from '../streams/flow.ts';
import { createWaker } from '../streams/waker.ts';
import { createReplayBuffer } from './replay-buffer.ts';
import type { SessionProcess, StartProcess } from './session-process.ts';

const batchUnits = 128 * 1024;
const batchMs = 16;
/** A reader may be this far behind before the command has to wait. */
const lagUnits = 128 * 1024;

export interface Session {
  /** Null while it runs. `code` null: how it ended is not known. */
  readonly exit: { readonly code: number | null } | null;
  readonly attached: boolean;
  /** When it ended, monotonic ms; undefined while it runs. */
  readonly endedAt: number | undefined;
  /** The kept tail, then what comes; ends after the exit was told. */
  attach(gate: FlowGate, signal: AbortSignal): AsyncGenerator<TerminalBatch, void, void>;
  input(data: string, end: boolean, signal: AbortSignal): Promise<void>;
  resize(columns: number, rows: number, signal: AbortSignal): Promise<void>;
  /** What runs in it besides the shell. */
  programs(signal: AbortSignal): Promise<readonly string[]>;
  close(signal: AbortSignal): Promise<void>;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly tty: boolean;
  readonly start: StartProcess;
  readonly onExit: (code: number | null) => void;
}

/** A command that outlives the views of it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { clock, tty } = options;
  const buffer = createReplayBuffer();
  const waker = createWaker();
  const readers = new Set<{ position: number }>();
  let everAttached = false;
  let exit: { readonly code: number | null } | null = null;
  let endedAt: number | undefined;
  let paused = false;
  let process: SessionProcess | undefined;

  /**
   * Whether the command must wait. With readers: for the slowest. Without: a terminal runs on and the oldest output
   * goes; output into pipes is somebody's data and waits, as does everything until the first reader is there.
   */
  function regulate(): void {
    const unread = readers.size > 0 ? Math.min(...[...readers].map((reader) => reader.position)) : buffer.start;
    const holds = readers.size > 0 || !tty || !everAttached;
    const wait = holds && buffer.end - unread > lagUnits;
    if (wait === paused || process === undefined) return;
    paused = wait;
    if (wait) process.pause();
    else process.resume();
  }

  /** What nobody has read yet stays readable for the next reader of a session without a terminal. */
  let lastRead = 0;

  const started = await options.start({
    onOutput(kind, text) {
      buffer.append(kind, text);
      regulate();
      waker.wake();
    },
    onExit(code) {
      exit = { code };
      endedAt = clock.monotonic();
      waker.wake();
      options.onExit(code);
    },
  });
  process = started;
  regulate();

  async function* attach(gate: FlowGate, signal: AbortSignal): AsyncGenerator<TerminalBatch, void, void> {
    const reader = { position: tty ? buffer.start : Math.max(lastRead, buffer.start) };
    /** Up to here somebody has read before. */
    const known = lastRead;
    readers.add(reader);
    everAttached = true;
    regulate();
    let sentAt = Number.NEGATIVE_INFINITY;
    try {
      for (;;) {
        signal.throwIfAborted();
        const done = exit !== null;
        if (reader.position >= buffer.end && !done) {
          await waker.wait(signal);
          continue;
        }
        // A key's echo goes out at once; a flood travels in frames.
        const early = sentAt + batchMs - clock.monotonic();
        if (!done && early > 0) await clock.sleep(early, signal);
        await gate.take(signal);
        const replay = reader.position < known;
        const { data, errors, position, offset } = buffer.read(reader.position, batchUnits, replay ? known : undefined);
        reader.position = position;
        lastRead = Math.max(lastRead, position);
        sentAt = clock.monotonic();
        const last = exit !== null && position >= buffer.end;
        regulate();
        yield {
          data,
          ...(replay ? { replay } : {}),
          ...(errors === '' ? {} : { errors }),
          offset,
          exit: last ? exit : null,
        };
        if (last) return;
      }
    } finally {
      readers.delete(reader);
      regulate();
    }
  }

  return {
    get exit() {
      return exit;
    },
    get attached() {
      return readers.size > 0;
    },
    get endedAt() {
      return endedAt;
    },
    attach,
    async input(data, end, signal) {
      if (exit !== null) return;
      if (data !== '') await started.write(data, signal);
      if (end) started.endInput();
    },
    async resize(columns, rows, signal) {
      if (exit !== null || !tty) return;
      await started.resize(columns, rows, signal);
    },
    programs: async (signal) => (exit === null ? started.programs(signal) : []),
    async close(signal) {
      if (exit === null) await started.end(signal);
      started.destroy();
    },
  };
}
