import type { Clock } from '../platform/clock.ts';
import { createDropQueue } from './drop-queue.ts';
import type { FlowGate } from './flow.ts';
import { createWaker } from './waker.ts';

export interface BatchOptions<T> {
  /** How long the first item of a batch waits for company, ms. 16: one frame. */
  readonly maxMs: number;
  /** Size at which a batch goes out at once, by `sizeOf`. */
  readonly maxBytes: number;
  readonly sizeOf: (item: T) => number;
  /** What may wait for a slow reader; the oldest go first when it is exceeded. */
  readonly maxBufferedBytes: number;
  readonly clock: Clock;
}

export interface Batch<T> {
  readonly items: T[];
  /** Items given up since the last batch. */
  readonly dropped: number;
  /** The source ended and this is the last batch. */
  readonly ended: boolean;
}

/** Between a source that cannot be made to wait and a reader that may be slow: bounded, drops the oldest and counts. */
export interface Batcher<T> {
  push(item: T): void;
  /** Counts items that were given up before they got here. */
  countDropped(count: number): void;
  end(): void;
  fail(error: unknown): void;
  readonly bufferedBytes: number;
  /** Resolves when less than half of the buffer is in use: for sources that can wait. */
  room(signal: AbortSignal): Promise<void>;
  /** Resolves at the next batch taken. */
  drained(signal: AbortSignal): Promise<void>;
  /** One reader. Waits for the gate before each batch; rejects with the signal's reason or what `fail` was given. */
  batches(gate: FlowGate, signal: AbortSignal): AsyncGenerator<Batch<T>, void, void>;
}

export function createBatcher<T>(options: BatchOptions<T>): Batcher<T> {
  const queue = createDropQueue<T>(options.maxBufferedBytes);
  const waker = createWaker();
  const taken = createWaker();
  let dropped = 0;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;

  async function* batches(gate: FlowGate, signal: AbortSignal): AsyncGenerator<Batch<T>, void, void> {
    for (;;) {
      signal.throwIfAborted();
      if (queue.length === 0 && dropped === 0) {
        if (failure !== undefined) throw failure.error;
        if (!ended) {
          await waker.wait(signal);
          continue;
        }
      } else if (!ended && failure === undefined && queue.bytes < options.maxBytes) {
        await company(signal);
      }
      await gate.take(signal);
      const items = queue.takeUpTo(options.maxBytes);
      const batch = { items, dropped, ended: ended && queue.length === 0 };
      dropped = 0;
      taken.wake();
      yield batch;
      if (batch.ended) return;
    }
  }

  /** Waits `maxMs`, less when a full batch or the end comes first. */
  async function company(signal: AbortSignal): Promise<void> {
    const early = new AbortController();
    const until = options.clock.monotonic() + options.maxMs;
    const leave = (): void => early.abort(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    const slept = options.clock.sleep(options.maxMs, early.signal).catch(() => undefined);
    try {
      while (!ended && failure === undefined && queue.bytes < options.maxBytes) {
        if (options.clock.monotonic() >= until) break;
        const winner = await Promise.race([slept.then(() => 'time'), waker.wait(early.signal).then(() => 'woken')]);
        if (winner === 'time') break;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      early.abort(new DOMException('enough', 'AbortError'));
    }
    signal.throwIfAborted();
  }

  return {
    push(item) {
      if (ended) return;
      const wasEmpty = queue.length === 0;
      dropped += queue.push(item, options.sizeOf(item));
      if (wasEmpty || queue.bytes >= options.maxBytes) waker.wake();
    },
    countDropped(count) {
      if (count <= 0) return;
      dropped += count;
      waker.wake();
    },
    end() {
      ended = true;
      waker.wake();
    },
    fail(error) {
      failure ??= { error };
      waker.wake();
    },
    get bufferedBytes() {
      return queue.bytes;
    },
    async room(signal) {
      while (queue.bytes > options.maxBufferedBytes / 2) await taken.wait(signal);
    },
    drained: (signal) => taken.wait(signal),
    batches,
  };
}

/** Collects what a source yields into batches under the gate. The source waits while the reader is behind. */
export async function* batched<T>(
  source: AsyncIterable<T>,
  options: Omit<BatchOptions<T>, 'maxBufferedBytes'> & { readonly gate: FlowGate; readonly signal: AbortSignal },
): AsyncGenerator<T[], void, void> {
  // Twice a batch may wait before the source does; nothing is ever dropped, because the source then stops.
  const batcher = createBatcher<T>({ ...options, maxBufferedBytes: Number.POSITIVE_INFINITY });
  const limit = options.maxBytes * 2;
  const stop = new AbortController();
  const leave = (): void => stop.abort(options.signal.reason);
  options.signal.addEventListener('abort', leave, { once: true });
  const pumping = (async () => {
    for await (const item of source) {
      batcher.push(item);
      while (batcher.bufferedBytes > limit) await batcher.drained(stop.signal);
      if (stop.signal.aborted) return;
    }
    batcher.end();
  })().catch((error: unknown) => batcher.fail(error));
  try {
    for await (const batch of batcher.batches(options.gate, options.signal)) {
      if (batch.items.length > 0) yield batch.items;
    }
    await pumping;
  } finally {
    options.signal.removeEventListener('abort', leave);
    stop.abort(new DOMException('The reader left.', 'AbortError'));
  }
}
