import type { Clock } from '../platform/clock.ts';
import type { Waker } from './waker.ts';

/** Made once: to make one takes longer than all the rest. */
const awake = new DOMException('awake', 'AbortError');

/** Resolves after so many ms, or when woken before; rejects with the signal's reason. */
export async function sleepOrWake(ms: number, clock: Clock, waker: Waker, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  // Not `AbortSignal.any`: a signal that lives as long as the engine would remember every one that was made of it.
  const either = new AbortController();
  const stop = (): void => either.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([clock.sleep(Math.max(1, ms), either.signal), waker.wait(either.signal)]);
  } finally {
    signal.removeEventListener('abort', stop);
    either.abort(awake);
  }
}
