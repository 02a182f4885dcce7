import { describe, expect, it, vi } from 'vitest';
import { carryStream } from './streams.ts';

async function* numbers(signal: AbortSignal, done: () => void): AsyncGenerator<number, void, void> {
  try {
    for (let n = 0; n < 3; n += 1) yield n;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  } finally {
    done();
  }
}

describe('carryStream', () => {
  it('answers a pending read and ends the source when the reader leaves', async () => {
    const ended = new AbortController();
    const done = vi.fn();
    const stream = carryStream(
      numbers(ended.signal, done),
      ended,
      () => undefined,
      (error) => error,
    );
    for (let n = 0; n < 3; n += 1) expect(await stream.next()).toEqual({ done: false, value: n });
    const pending = stream.next();
    await stream.return?.();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1));
  });

  it('leaves no listener behind after each item', async () => {
    const ended = new AbortController();
    const add = vi.spyOn(ended.signal, 'addEventListener');
    const remove = vi.spyOn(ended.signal, 'removeEventListener');
    const release = vi.fn();
    const source = (async function* () {
      for (let n = 0; n < 100; n += 1) yield n;
    })();
    const stream = carryStream(source, ended, release, (error) => error);
    let count = 0;
    for await (const _ of { [Symbol.asyncIterator]: () => stream }) count += 1;
    expect(count).toBe(100);
    expect(release).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(remove.mock.calls.length).toBe(add.mock.calls.length));
  });

  it('maps what the source throws', async () => {
    const ended = new AbortController();
    // biome-ignore lint/correctness/useYield: it fails before its first item
    const source = (async function* () {
      throw new Error('inside');
    })();
    const stream = carryStream(
      source,
      ended,
      () => undefined,
      (error) => new Error(`mapped ${(error as Error).message}`),
    );
    await expect(stream.next()).rejects.toThrow('mapped inside');
    expect(ended.signal.aborted).toBe(true);
  });
});
