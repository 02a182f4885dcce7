import type { LogBatch } from '../../../../shared/contract/streams.ts';
import type { AppError } from '../../../../shared/errors.ts';
import { createDedupe } from './log-dedupe.ts';
import { createLogRing, type LogRing, type LogRingLimits } from './log-ring.ts';

export interface LogStreamOptions {
  /** From where to take the stream up: undefined for the first time. Read at each (re)start. */
  readonly since: () => string | undefined;
  /** The engine may send more when this has resolved. */
  readonly onBatch: (batch: LogBatch) => Promise<void>;
  readonly onStart: () => void;
  /** Failed for another reason than a lost connection. Return true to try again. */
  readonly onError: (error: AppError) => boolean;
  readonly signal: AbortSignal;
}

/** What a feed needs from outside; the window gives it the contract, tests give it lists. */
export interface LogFeedPorts {
  /** Follows the stream across reconnections; resolves when it has ended or failed for good. */
  stream(options: LogStreamOptions): Promise<void>;
  /** Calls back before the next frame, or soon when there are no frames (window hidden). Returns a cancel. */
  nextFrame(callback: () => void): () => void;
  now(): number;
}

export interface LogFeedState {
  readonly status: 'connecting' | 'live' | 'ended' | 'failed';
  readonly error: AppError | null;
  /** Lines the engine gave up because we could not keep up. */
  readonly dropped: number;
  /** Lines waiting while paused. */
  readonly held: number;
  readonly paused: boolean;
  /** Grows whenever the ring has changed. */
  readonly version: number;
}

export interface LogFeed {
  readonly ring: LogRing;
  readonly state: LogFeedState;
  subscribe(listener: () => void): () => void;
  pause(paused: boolean): void;
  clear(): void;
  /** Starts again after the stream ended or failed, from the last line seen. */
  resume(): void;
  close(): void;
}

/** Lines of one frame above which the next one waits: nobody reads faster, and the window must stay quick. */
const floodLines = 1000;
const floodPauseMs = 50;
/** While paused, lines wait here; when it is full the engine keeps and drops them, and counts. */
const heldLimit = 5000;

/** One stream of log lines, kept in a ring, applied once a frame. */
export function createLogFeed(ports: LogFeedPorts, limits?: LogRingLimits): LogFeed {
  const ring = createLogRing(limits);
  const dedupe = createDedupe();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: LogFeedState = { status: 'connecting', error: null, dropped: 0, held: 0, paused: false, version: 0 };
  let pending: { readonly batch: LogBatch; readonly done: () => void }[] = [];
  let cancelFrame: (() => void) | null = null;
  let lastFlood = Number.NEGATIVE_INFINITY;
  let running = false;

  const set = (change: Partial<LogFeedState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const apply = (): void => {
    cancelFrame = null;
    if (state.paused || pending.length === 0) return;
    if (ports.now() - lastFlood < floodPauseMs) {
      schedule();
      return;
    }
    const taken = pending;
    pending = [];
    let lines = 0;
    let dropped = 0;
    for (const { batch } of taken) {
      ring.push(dedupe.fresh(batch.lines));
      lines += batch.lines.length;
      dropped += batch.dropped;
    }
    if (lines > floodLines) lastFlood = ports.now();
    set({ held: 0, dropped: state.dropped + dropped, version: state.version + 1 });
    for (const { done } of taken) done();
  };

  const schedule = (): void => {
    if (cancelFrame === null && !state.paused) cancelFrame = ports.nextFrame(apply);
  };

  const take = (batch: LogBatch): Promise<void> =>
    new Promise((done) => {
      pending.push({ batch, done });
      if (!state.paused) {
        schedule();
        return;
      }
      const held = pending.reduce((sum, item) => sum + item.batch.lines.length, 0);
      // More may come while paused too, until enough is waiting here.
      if (held < heldLimit) done();
      set({ held });
    });

  const run = async (): Promise<void> => {
    if (running || closing.signal.aborted) return;
    running = true;
    let failed = false;
    await ports.stream({
      since: () => dedupe.latest ?? undefined,
      onBatch: take,
      onStart: () => {
        dedupe.resume();
        set({ status: 'live', error: null });
      },
      onError: (error) => {
        failed = true;
        set({ status: 'failed', error });
        return false;
      },
      signal: closing.signal,
    });
    running = false;
    if (!failed && !closing.signal.aborted) set({ status: 'ended' });
  };
  void run();

  return {
    ring,
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pause(paused) {
      if (paused === state.paused) return;
      set({ paused });
      if (!paused) schedule();
    },
    clear() {
      ring.clear();
      set({ dropped: 0, version: state.version + 1 });
    },
    resume() {
      if (running) return;
      set({ status: 'connecting', error: null });
      void run();
    },
    close() {
      closing.abort();
      cancelFrame?.();
      for (const { done } of pending) done();
      listeners.clear();
    },
  };
}
