/**
 * An async generator whose `return()` (a consumer's `break`) also ends it while it waits: the body gets a signal that is
 * aborted by the outer one or by the consumer leaving. The end that the abort itself causes is silent for who left.
 */
export function cancellable<T>(
  outer: AbortSignal,
  body: (signal: AbortSignal) => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  const controller = new AbortController();
  const forward = (): void => controller.abort(outer.reason);
  let left = false;
  if (outer.aborted) forward();
  else outer.addEventListener('abort', forward, { once: true });
  const inner = body(controller.signal);
  const finished = (): void => outer.removeEventListener('abort', forward);

  const leave = async (): Promise<void> => {
    left = true;
    controller.abort(new DOMException('The reader left.', 'AbortError'));
    try {
      await inner.return();
    } catch {
      // What the abort interrupted; nobody is there to hear it.
    }
    finished();
  };

  return {
    async next() {
      try {
        const result = await inner.next();
        if (result.done === true) finished();
        return result;
      } catch (error) {
        finished();
        if (left) return { done: true, value: undefined };
        throw error;
      }
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    // Node 20 has no asyncDispose of its own; the type asks for it.
    ...({ [asyncDispose]: leave } as object),
  } as AsyncGenerator<T, void, void>;
}

const asyncDispose: symbol = (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol('asyncDispose');
