import type { TerminalBatch, TerminalView } from '../../../shared/contract/streams.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import type { FlowGate } from '../streams/flow.ts';
import { createWaker } from '../streams/waker.ts';
import { type ExecSession, type StartOptions, startExecSession } from './exec-session.ts';
import { createReplayBuffer } from './replay-buffer.ts';
import { endSession } from './shell.ts';

const batchUnits = 128 * 1024;
const batchMs = 16;
/** A reader may be this far behind before the command has to wait. */
const lagUnits = 128 * 1024;

export interface Session {
  readonly view: TerminalView;
  readonly tty: boolean;
  readonly attached: boolean;
  /** When it ended, monotonic ms; undefined while it runs. */
  readonly endedAt: number | undefined;
  /** The kept tail, then what comes; ends after the exit was told. */
  attach(gate: FlowGate, signal: AbortSignal): AsyncGenerator<TerminalBatch, void, void>;
  input(data: string, end: boolean, signal: AbortSignal): Promise<void>;
  resize(columns: number, rows: number, signal: AbortSignal): Promise<void>;
  close(signal: AbortSignal): Promise<void>;
}

export interface SessionOptions
  extends Pick<StartOptions, 'containerId' | 'command' | 'tty' | 'columns' | 'rows' | 'signal'> {
  readonly client: DockerClient;
  readonly clock: Clock;
  readonly view: Omit<TerminalView, 'exitCode'>;
  readonly onExit: () => void;
}

/** A command in a container that outlives the views of it. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { client, clock, containerId, tty, view } = options;
  const buffer = createReplayBuffer();
  const waker = createWaker();
  const readers = new Set<{ position: number }>();
  let everAttached = false;
  let exit: { readonly code: number | null } | null = null;
  let endedAt: number | undefined;
  let paused = false;
  let exec: ExecSession | undefined;

  /**
   * Whether the command must wait. With readers: for the slowest. Without: a terminal runs on and the oldest output
   * goes; output into pipes is somebody's data and waits, as does everything until the first reader is there.
   */
  function regulate(): void {
    const unread = readers.size > 0 ? Math.min(...[...readers].map((reader) => reader.position)) : buffer.start;
    const holds = readers.size > 0 || !tty || !everAttached;
    const wait = holds && buffer.end - unread > lagUnits;
    if (wait === paused || exec === undefined) return;
    paused = wait;
    if (wait) exec.pause();
    else exec.resume();
  }

  /** What nobody has read yet stays readable for the next reader of a session without a terminal. */
  let lastRead = 0;

  const started = await startExecSession(client, {
    ...options,
    sessionId: view.id,
    onOutput(kind, text) {
      buffer.append(kind, text);
      regulate();
      waker.wake();
    },
    onExit(code) {
      exit = { code };
      endedAt = clock.monotonic();
      waker.wake();
      options.onExit();
    },
  });
  exec = started;
  regulate();

  async function* attach(gate: FlowGate, signal: AbortSignal): AsyncGenerator<TerminalBatch, void, void> {
    const reader = { position: tty ? buffer.start : Math.max(lastRead, buffer.start) };
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
        const { data, errors, position, offset } = buffer.read(reader.position, batchUnits);
        reader.position = position;
        lastRead = Math.max(lastRead, position);
        sentAt = clock.monotonic();
        const last = exit !== null && position >= buffer.end;
        regulate();
        yield { data, ...(errors === '' ? {} : { errors }), offset, exit: last ? exit : null };
        if (last) return;
      }
    } finally {
      readers.delete(reader);
      regulate();
    }
  }

  return {
    get view() {
      return { ...view, exitCode: exit === null ? null : (exit.code ?? -1) };
    },
    tty,
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
    async close(signal) {
      if (exit === null) await endSession(client, containerId, view.id, signal).catch(() => undefined);
      started.destroy();
    },
  };
}
