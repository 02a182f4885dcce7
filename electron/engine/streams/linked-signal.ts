import { setMaxListeners } from 'node:events';

/** A signal that ends with another one, or before it. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Call it when nothing listens any longer. */
  release(): void;
}

/**
 * Instead of `AbortSignal.any` for what is done again and again: in Node 20 a signal that lives as long as the engine
 * keeps every one that was made of it and listened to, about a kilobyte each. `ms`: ends by itself after so long.
 */
export function linkedSignal(outer: AbortSignal, ms?: number, late?: () => unknown): LinkedSignal {
  const own = new AbortController();
  const forward = (): void => own.abort(outer.reason);
  if (outer.aborted) forward();
  else {
    // As many as there are things under way: Node would warn of a leak at eleven.
    setMaxListeners(0, outer);
    outer.addEventListener('abort', forward, { once: true });
  }
  const timer =
    ms === undefined
      ? undefined
      : setTimeout(() => own.abort(late?.() ?? new DOMException('It took too long.', 'TimeoutError')), ms);
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    release() {
      clearTimeout(timer);
      outer.removeEventListener('abort', forward);
    },
  };
}
