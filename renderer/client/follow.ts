import type { EngineClient } from '../../shared/client.ts';
import { pause, type Session } from '../../shared/connection/connection.ts';
import { type AppError, toAppError } from '../../shared/errors.ts';
import { consumeFlow, type FlowRequest } from '../../shared/flow.ts';
import type { AppClient } from './app-client.ts';

export interface FollowOptions<T> {
  /** Opens the stream; called again after a reconnection. */
  readonly open: (
    api: EngineClient,
    flow: FlowRequest,
    options: { readonly signal: AbortSignal },
  ) => Promise<AsyncIterable<T>>;
  /** The batch counts as dealt with when this has resolved. */
  readonly onBatch: (batch: T) => void | Promise<void>;
  /** A new stream begins: at first, and after each reconnection. */
  readonly onStart?: () => void;
  /** The stream failed for another reason than a lost connection. Return true to try again. */
  readonly onError?: (error: AppError) => boolean;
  readonly signal: AbortSignal;
  readonly window?: number;
}

/**
 * Follows a stream that can flood, across engine restarts, until the signal ends it, the stream ends by itself or
 * fails for good. Never rejects.
 */
export async function followStream<T>(client: AppClient, options: FollowOptions<T>): Promise<void> {
  while (!options.signal.aborted) {
    const session = await nextSession(client, options.signal);
    if (session === null) return;
    const signal = AbortSignal.any([options.signal, session.ended]);
    try {
      options.onStart?.();
      const batches = consumeFlow<T>((flow) => options.open(session.client, flow, { signal }), {
        ack: (streamId, count) => session.client.flow.ack({ streamId, count }, { signal }),
        ...(options.window === undefined ? {} : { window: options.window }),
      });
      for await (const batch of batches) {
        if (options.signal.aborted) return;
        await options.onBatch(batch);
      }
      return;
    } catch (thrown) {
      if (options.signal.aborted) return;
      if (!session.ended.aborted) {
        const again = options.onError?.(toAppError(thrown)) ?? false;
        if (!again) return;
        await pause(1000, options.signal);
      }
    }
  }
}

/** The session that is live now, or the next one. Null when the signal ends the wait. */
function nextSession(client: AppClient, signal: AbortSignal): Promise<Session | null> {
  return new Promise((resolve) => {
    const take = (): boolean => {
      const { session } = client.store.getState();
      if (session === null || session.ended.aborted) return false;
      done(session);
      return true;
    };
    const done = (session: Session | null): void => {
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      resolve(session);
    };
    const onAbort = (): void => done(null);
    let unsubscribe: () => void = () => {};
    if (signal.aborted) {
      resolve(null);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    if (take()) return;
    unsubscribe = client.store.subscribe(() => {
      take();
    });
  });
}
