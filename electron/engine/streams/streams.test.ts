import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumeFlow } from '../../../shared/flow.ts';
import { systemClock as clock } from '../platform/clock.ts';
import { batched, createBatcher } from './batches.ts';
import { cancellable } from './cancellable.ts';
import { createDropQueue } from './drop-queue.ts';
import { createFlows, type FlowGate } from './flow.ts';
import { createWaker } from './waker.ts';

const never = new AbortController().signal;
const open: FlowGate = { take: async () => undefined, full: false, close: () => undefined };
const options = { maxMs: 1, maxBytes: 10, sizeOf: (text: string) => text.length, clock };

async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const turn = new Promise((resolve) => setImmediate(() => resolve(pending)));
  return (await Promise.race([promise.catch(() => undefined), turn])) !== pending;
}

describe('a flow', () => {
  it('never lets more batches out than its window, whatever is acknowledged when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.oneof(fc.constant('take' as const), fc.integer({ min: 1, max: 3 })), { maxLength: 40 }),
        async (window, steps) => {
          const flows = createFlows();
          const gate = flows.open({ streamId: 'stream-1', window });
          const stop = new AbortController();
          let sent = 0;
          let acknowledged = 0;
          for (const step of steps) {
            if (step === 'take') {
              if (gate.full) {
                const taking = gate.take(stop.signal);
                expect(await settled(taking)).toBe(false);
                flows.ack('stream-1', 1);
                acknowledged += 1;
                await taking;
              } else await gate.take(stop.signal);
              sent += 1;
            } else {
              const count = Math.min(step, sent - acknowledged);
              if (count > 0) flows.ack('stream-1', count);
              acknowledged += count;
            }
            expect(sent - acknowledged).toBeLessThanOrEqual(window);
            expect(gate.full).toBe(sent - acknowledged >= window);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('lets go of who waits when it is closed or given up, and takes its name again afterwards', async () => {
    const flows = createFlows();
    const gate = flows.open({ streamId: 'stream-1', window: 1 });
    await gate.take(never);
    expect(() => flows.open({ streamId: 'stream-1', window: 1 })).toThrow('open already');
    const given = new AbortController();
    const waiting = gate.take(given.signal);
    given.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    const other = gate.take(never);
    gate.close();
    await expect(other).rejects.toMatchObject({ code: 'stream.not-found' });
    flows.open({ streamId: 'stream-1', window: 1 }).close();
    flows.ack('stream-1', 3);
    flows.ack('nobody', 1);
  });
});

describe('a drop queue', () => {
  it('keeps the newest within its bound and counts the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3000 }),
        fc.integer({ min: 10, max: 60 }),
        (sizes, bound) => {
          const queue = createDropQueue<number>(bound);
          let dropped = 0;
          for (const [index, size] of sizes.entries()) dropped += queue.push(index, size);
          expect(queue.bytes).toBeLessThanOrEqual(Math.max(bound, 12));
          const rest: number[] = [];
          while (queue.length > 0) rest.push(...queue.takeUpTo(15));
          expect(rest).toEqual(sizes.map((_, index) => index).slice(dropped));
          expect(queue.bytes).toBe(0);
        },
      ),
    );
  });
});

describe('a batcher', () => {
  it('loses nothing silently: what came out and what was counted is what went in, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 60 }), async (items) => {
        const batcher = createBatcher<string>({ ...options, maxBufferedBytes: 40 });
        for (const item of items) batcher.push(item);
        batcher.end();
        const out: string[] = [];
        let dropped = 0;
        for await (const batch of batcher.batches(open, never)) {
          expect(batch.items.length === 1 || batch.items.join('').length <= 10).toBe(true);
          out.push(...batch.items);
          dropped += batch.dropped;
        }
        expect(out).toEqual(items.slice(dropped));
      }),
    );
  });

  it('drops the oldest while the reader is behind, and says how many with the next batch', async () => {
    const flows = createFlows();
    const gate = flows.open({ streamId: 'slow-reader', window: 1 });
    const batcher = createBatcher<string>({ ...options, maxBufferedBytes: 20 });
    const batches = batcher.batches(gate, never);
    batcher.push('first');
    expect((await batches.next()).value).toMatchObject({ items: ['first'], dropped: 0 });
    const second = batches.next();
    for (let index = 0; index < 100; index += 1) batcher.push(String(index).padStart(5, '0'));
    expect(await settled(second)).toBe(false);
    expect(batcher.bufferedBytes).toBeLessThanOrEqual(20);
    flows.ack('slow-reader', 1);
    expect((await second).value).toMatchObject({ items: ['00096', '00097'], dropped: 96 });
  });

  it('hands on a failure after what came before it', async () => {
    const batcher = createBatcher<string>({ ...options, maxBufferedBytes: 40 });
    batcher.push('before');
    batcher.fail(new Error('broken'));
    const batches = batcher.batches(open, never);
    expect((await batches.next()).value).toMatchObject({ items: ['before'] });
    await expect(batches.next()).rejects.toThrow('broken');
  });
});

describe('batched', () => {
  it('carries everything, and makes the source wait for a slow reader', async () => {
    let produced = 0;
    async function* source(): AsyncGenerator<string> {
      for (; produced < 1000; produced += 1) yield 'abcde';
    }
    const flows = createFlows();
    const gate = flows.open({ streamId: 'slow-reader', window: 2 });
    let received = 0;
    for await (const items of batched(source(), { ...options, gate, signal: never })) {
      received += items.length;
      await new Promise((resolve) => setImmediate(resolve));
      // Two batches beyond the window may be under way, and what is buffered: never the whole source.
      expect(produced - received).toBeLessThan(12);
      flows.ack('slow-reader', 1);
    }
    expect(received).toBe(1000);
  });
});

describe('a cancellable generator', () => {
  it('ends its wait when the reader leaves, and cleans up', async () => {
    let cleaned = false;
    const waker = createWaker();
    const stream = cancellable<number>(never, async function* (signal) {
      try {
        yield 1;
        await waker.wait(signal);
      } finally {
        cleaned = true;
      }
    });
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const waiting = stream.next();
    await stream.return();
    expect(cleaned).toBe(true);
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('tells the reason of an abort that was not the reader’s', async () => {
    const outer = new AbortController();
    const stream = cancellable<number>(outer.signal, async function* (signal) {
      yield 1;
      await createWaker().wait(signal);
    });
    await stream.next();
    const waiting = stream.next();
    outer.abort(new Error('shutting down'));
    await expect(waiting).rejects.toThrow('shutting down');
  });
});

describe('consumeFlow', () => {
  it('acknowledges what the loop has dealt with, never ahead of it', async () => {
    const flows = createFlows();
    let sent = 0;
    let handled = 0;
    const stream = consumeFlow<number>(
      async (flow) => {
        const gate = flows.open(flow);
        return (async function* () {
          for (; sent < 100; sent += 1) {
            await gate.take(never);
            yield sent;
          }
        })();
      },
      { window: 4, ack: async (streamId, count) => flows.ack(streamId, count) },
    );
    for await (const value of stream) {
      expect(value).toBe(handled);
      expect(sent - handled).toBeLessThanOrEqual(4);
      handled += 1;
    }
    expect(handled).toBe(100);
  });
});
