import type { LogBatch } from '../../../../shared/contract/streams.ts';
import { createDedupe } from './log-dedupe.ts';
import { createLogRing, type LogRing, type LogRingLimits } from './log-ring.ts';

export interface LogFollowInput {
  readonly flow: { readonly streamId: string; readonly window: number };
  readonly environmentId: string;
  readonly services: string[] | undefined;
  readonly tail: number;
  readonly since: string | undefined;
}

/** What a feed needs from outside; the window gives it the contract, tests give it lists. */
export interface LogFeedPorts {
  follow(input: LogFollowInput, signal: AbortSignal): Promise<AsyncIterable<LogBatch>>;
  ack(streamId: string, count: number): Promise<unknown>;
  /** Calls back before the next frame, or soon when there are no frames (window hidden). Returns a cancel. */
  nextFrame(callback: () => void): () => void;
  /** Resolves after `ms`, or at once when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  newId(): string;
  now(): number;
}

export interface LogFeedState {
  /** `connecting` until the first batch, `ended` when no more will come, `lost` while waiting to try again. */
  readonly status: 'connecting' | 'live' | 'ended' | 'lost';
  /** Why it was lost. */
  readonly problem: unknown;
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
  /** Starts over after `ended`, from the last line seen. */
  resume(): void;
  close(): void;
}

/** Batches the engine may send ahead. Two keep the pipe busy; more would only fill a frame under flood. */
const flowWindow = 2;
/** Lines of one frame above which the next one waits: nobody reads faster, and the window must stay quick. */
const floodLines = 1000;
const floodPauseMs = 50;
/** While paused, lines wait here; when it is full the engine keeps and drops them, and counts. */
const heldLimit = 5000;
const retryMs = [250, 500, 1000, 2000];

/** One stream of log lines, kept in a ring, applied once a frame, taken up again when it breaks. */
export function createLogFeed(
  ports: LogFeedPorts,
  source: { readonly environmentId: string; readonly services: readonly string[] | undefined; readonly tail: number },
  limits?: LogRingLimits,
): LogFeed {
  const ring = createLogRing(limits);
  const dedupe = createDedupe();
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: LogFeedState = { status: 'connecting', problem: null, dropped: 0, held: 0, paused: false, version: 0 };
  let pending: { readonly streamId: string; readonly batch: LogBatch; readonly acked: boolean }[] = [];
  let cancelFrame: (() => void) | null = null;
  let lastFlood = 0;
  let running = false;

  const set = (change: Partial<LogFeedState>): void => {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  };

  const apply = (): void => {
    cancelFrame = null;
    if (closing.signal.aborted || state.paused || pending.length === 0) return;
    if (ports.now() - lastFlood < floodPauseMs) {
      schedule();
      return;
    }
    const taken = pending;
    pending = [];
    let lines = 0;
    let dropped = 0;
    let ended = false;
    const acks = new Map<string, number>();
    for (const { streamId, batch, acked } of taken) {
      ring.push(dedupe.fresh(batch.lines));
      lines += batch.lines.length;
      dropped += batch.dropped;
      ended = ended || batch.ended;
      if (!acked) acks.set(streamId, (acks.get(streamId) ?? 0) + 1);
    }
    if (lines > floodLines) lastFlood = ports.now();
    set({
      status: ended ? 'ended' : 'live',
      problem: null,
      dropped: state.dropped + dropped,
      held: 0,
      version: state.version + 1,
    });
    // A stream that has gone needs no credit: the loop below sees that it ended.
    for (const [streamId, count] of acks) void ports.ack(streamId, count).catch(() => undefined);
  };

  const schedule = (): void => {
    if (cancelFrame === null && !state.paused) cancelFrame = ports.nextFrame(apply);
  };

  const receive = (streamId: string, batch: LogBatch): void => {
    if (!state.paused) {
      pending.push({ streamId, batch, acked: false });
      schedule();
      return;
    }
    // Credit is given while paused too, until enough is waiting here.
    const held = pending.reduce((sum, item) => sum + item.batch.lines.length, batch.lines.length);
    const acked = held < heldLimit;
    pending.push({ streamId, batch, acked });
    if (acked) void ports.ack(streamId, 1).catch(() => undefined);
    set({ held });
  };

  const run = async (): Promise<void> => {
    if (running) return;
    running = true;
    let attempt = 0;
    while (!closing.signal.aborted) {
      const streamId = ports.newId();
      let ended = false;
      try {
        const since = dedupe.latest ?? undefined;
        if (since !== undefined) dedupe.resume();
        const batches = await ports.follow(
          {
            flow: { streamId, window: flowWindow },
            environmentId: source.environmentId,
            services: source.services === undefined ? undefined : [...source.services],
            tail: source.tail,
            since,
          },
          closing.signal,
        );
        if (state.status !== 'live') set({ status: 'live', problem: null });
        for await (const batch of batches) {
          attempt = 0;
          ended = batch.ended;
          receive(streamId, batch);
          if (ended) break;
        }
      } catch (problem) {
        if (closing.signal.aborted) break;
        set({ status: 'lost', problem });
      }
      if (ended) break;
      await ports.wait(retryMs[Math.min(attempt, retryMs.length - 1)] as number, closing.signal);
      attempt += 1;
    }
    running = false;
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
      if (running || closing.signal.aborted) return;
      set({ status: 'connecting' });
      void run();
    },
    close() {
      closing.abort();
      cancelFrame?.();
      listeners.clear();
    },
  };
}
