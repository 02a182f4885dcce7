import { describe, expect, it } from 'vitest';
import type { LogBatch, LogLine } from '../../../../shared/contract/streams.ts';
import { createLogFeed, type LogFeedPorts, type LogFollowInput } from './log-feed.ts';

const line = (seq: number, text = `line ${seq}`): LogLine => ({
  seq,
  service: 'api',
  container: 'c1',
  at: new Date(1_700_000_000_000 + seq).toISOString(),
  stream: 'stdout',
  text,
});
const batch = (lines: LogLine[], more: Partial<LogBatch> = {}): LogBatch => ({
  lines,
  dropped: 0,
  ended: false,
  ...more,
});
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** An engine by hand: the test pushes batches, breaks streams and steps frames. */
function byHand() {
  const follows: { input: LogFollowInput; push(b: LogBatch): void; fail(error: unknown): void }[] = [];
  const acks: number[] = [];
  let frames: (() => void)[] = [];
  let now = 1000;
  const ports: LogFeedPorts = {
    async follow(input, signal) {
      const queue: (LogBatch | { error: unknown })[] = [];
      let wake: () => void = () => undefined;
      const put = (item: LogBatch | { error: unknown }): void => {
        queue.push(item);
        wake();
      };
      follows.push({ input, push: put, fail: (error) => put({ error }) });
      signal.addEventListener('abort', () => put({ error: signal.reason }));
      return (async function* () {
        for (;;) {
          const item = queue.shift();
          if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
          else if ('error' in item) throw item.error;
          else yield item;
        }
      })();
    },
    ack: async (_id, count) => void acks.push(count),
    nextFrame(callback) {
      frames.push(callback);
      return () => (frames = frames.filter((frame) => frame !== callback));
    },
    wait: async () => undefined,
    newId: () => `stream-${follows.length}-id`,
    now: () => now,
  };
  return {
    ports,
    follows,
    acks,
    frame(ms = 16) {
      now += ms;
      const run = frames;
      frames = [];
      for (const callback of run) callback();
    },
  };
}

const source = { environmentId: 'shop/main', services: undefined, tail: 500 };

describe('log feed', () => {
  it('applies what arrived once a frame and gives credit only then', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports, source);
    await settle();
    engine.follows[0]?.push(batch([line(1), line(2)]));
    engine.follows[0]?.push(batch([line(3)], { dropped: 7 }));
    await settle();
    expect(feed.ring.nextId).toBe(0);
    expect(engine.acks).toEqual([]);
    engine.frame();
    expect(feed.ring.nextId).toBe(3);
    expect(feed.state).toMatchObject({ status: 'live', dropped: 7, version: 1 });
    expect(engine.acks).toEqual([2]);
    feed.close();
  });

  it('slows down after a flood, and catches up', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports, source);
    await settle();
    engine.follows[0]?.push(batch(Array.from({ length: 1500 }, (_, i) => line(i))));
    await settle();
    engine.frame();
    engine.follows[0]?.push(batch([line(2000)]));
    await settle();
    engine.frame(16);
    expect(feed.ring.nextId).toBe(1500);
    engine.frame(16);
    engine.frame(16);
    engine.frame(16);
    expect(feed.ring.nextId).toBe(1501);
    feed.close();
  });

  it('holds lines while paused, stops giving credit when enough wait, and loses none of them', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports, source);
    await settle();
    feed.pause(true);
    for (let i = 0; i < 6; i += 1) {
      engine.follows[0]?.push(batch(Array.from({ length: 1000 }, (_, k) => line(i * 1000 + k))));
    }
    await settle();
    engine.frame();
    expect(feed.ring.nextId).toBe(0);
    expect(feed.state.held).toBe(6000);
    expect(engine.acks).toEqual([1, 1, 1, 1]);
    feed.pause(false);
    engine.frame();
    expect(feed.ring.nextId).toBe(6000);
    expect(engine.acks).toEqual([1, 1, 1, 1, 2]);
    expect(feed.state.held).toBe(0);
    feed.close();
  });

  it('takes a broken stream up again from the last line, without repeating it', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports, source);
    await settle();
    engine.follows[0]?.push(batch([line(1), line(2)]));
    await settle();
    engine.frame();
    engine.follows[0]?.fail(new Error('port closed'));
    await settle();
    await settle();
    expect(engine.follows).toHaveLength(2);
    expect(engine.follows[1]?.input.since).toBe(line(2).at);
    engine.follows[1]?.push(batch([line(2), line(3)]));
    await settle();
    engine.frame();
    const texts = [0, 1, 2].map((id) => feed.ring.get(id)?.text);
    expect(texts).toEqual(['line 1', 'line 2', 'line 3']);
    feed.close();
  });

  it('ends with the stream and can be taken up again', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports, source);
    await settle();
    engine.follows[0]?.push(batch([line(1)], { ended: true }));
    await settle();
    engine.frame();
    expect(feed.state.status).toBe('ended');
    feed.resume();
    await settle();
    expect(engine.follows).toHaveLength(2);
    feed.close();
  });
});
