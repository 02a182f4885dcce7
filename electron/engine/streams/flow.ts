import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import { createWaker } from './waker.ts';

/** Server side of the credit windows of shared/contract/common.ts `flowSchema`. */
export interface FlowGate {
  /** Resolves when another batch may be sent; rejects with the signal's reason. Counts the batch as sent. */
  take(signal: AbortSignal): Promise<void>;
  /** True when the reader has used up its window: the time to drop rather than to queue. */
  readonly full: boolean;
  close(): void;
}

export interface Flows {
  /** Refuses a stream id that is in use (`input.invalid`). */
  open(flow: { readonly streamId: string; readonly window: number }): FlowGate;
  /** Unknown ids are ignored: acknowledgements of a stream that just ended arrive late. */
  ack(streamId: string, count: number): void;
}

/** What readers call. */
export function flowApi(flows: Flows): EngineApi['flow'] {
  return {
    async ack({ streamId, count }) {
      flows.ack(streamId, count);
      return {};
    },
  };
}

export function createFlows(): Flows {
  const open = new Map<string, { acknowledge(count: number): void }>();

  return {
    open({ streamId, window }) {
      if (open.has(streamId)) {
        throw new AppError({
          code: 'input.invalid',
          message: `The stream ${streamId} is open already.`,
          remedy: 'Choose a new stream id for every stream.',
        });
      }
      const waker = createWaker();
      let outstanding = 0;
      let closed = false;
      open.set(streamId, {
        acknowledge(count) {
          outstanding = Math.max(0, outstanding - count);
          waker.wake();
        },
      });
      return {
        async take(signal) {
          for (;;) {
            signal.throwIfAborted();
            if (closed) throw streamClosed(streamId);
            if (outstanding < window) break;
            await waker.wait(signal);
          }
          outstanding += 1;
        },
        get full() {
          return outstanding >= window;
        },
        close() {
          if (closed) return;
          closed = true;
          open.delete(streamId);
          waker.wake();
        },
      };
    },
    ack(streamId, count) {
      open.get(streamId)?.acknowledge(count);
    },
  };
}

function streamClosed(streamId: string): AppError {
  return new AppError({
    code: 'stream.not-found',
    message: `The stream ${streamId} was closed.`,
    remedy: 'Open it again.',
  });
}
