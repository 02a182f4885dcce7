/** A stream of the engine, on its way through a door. */
export type Stream = AsyncIteratorObject<unknown, unknown, void>;

export function isStream(value: unknown): value is Stream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;
}

/**
 * Ends a stream the moment its reader goes, even while the engine's generator waits: a waiting generator notices
 * `return()` only at its next value, so its signal is aborted and the pending `next()` answered for it.
 */
export function carryStream(
  source: Stream,
  ended: AbortController,
  release: () => void,
  mapError: (error: unknown) => unknown,
): Stream {
  let over = false;
  const finish = (): { done: true; value: undefined } => {
    if (!over) {
      over = true;
      release();
      if (!ended.signal.aborted) ended.abort(new DOMException('The reader has left.', 'AbortError'));
      // Not awaited: a generator that does not watch its signal must not hold the connection.
      void Promise.resolve(source.return?.()).catch(() => undefined);
    }
    return { done: true, value: undefined };
  };
  return {
    async next() {
      if (over) return { done: true, value: undefined };
      try {
        const item = await untilAborted(source.next(), ended.signal);
        if (item === undefined) return finish();
        if (item.done === true) {
          over = true;
          release();
        }
        return item;
      } catch (error) {
        const wasGone = ended.signal.aborted;
        finish();
        if (wasGone) return { done: true, value: undefined };
        throw mapError(error);
      }
    },
    async return() {
      return finish();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** The work's result, or undefined as soon as the signal is aborted. Leaves nothing behind on a signal that lives long. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
