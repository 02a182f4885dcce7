import { describe, expect, it } from 'vitest';
import type { LogBatch, LogLine } from '../../../../shared/contract/streams.ts';
import { AppError } from '../../../../shared/errors.ts';
import { createLogFeed, type LogFeedPorts, type LogStreamOptions } from './log-feed.ts';

const line = (seq: number, text = `line ${seq}`): LogLine => ({
  seq,
  service: 'api',
  container: 'c1',
  at: new Date(1_700_000_000_000 + seq).toISOString(),
  stream: 'stdout',
  text,
});
const lines = (count: number, from = 0): LogLine[] => Array.from({ length: count }, (_, i) => line(from + i));
const batch = (list: LogLine[], dropped = 0): LogBatch => ({ lines: list, dropped, ended: false });
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** An engine by hand: the test sends batches, ends streams and steps frames. */
function byHand() {
  const streams: { options: LogStreamOptions; end: () => void; accepted: number; send(b: LogBatch): void }[] = [];
  let frames: (() => void)[] = [];
  let now = 1000;
  const ports: LogFeedPorts = {
    stream: (options) =>
      new Promise((end) => {
        const stream = {
          options,
          end,
          accepted: 0,
          send(one: LogBatch) {
            void options.onBatch(one).then(() => {
              stream.accepted += 1;
            });
          },
        };
        streams.push(stream);
        options.onStart();
      }),
    nextFrame(callback) {
      frames.push(callback);
      return () => {
        frames = frames.filter((frame) => frame !== callback);
      };
    },
    now: () => now,
  };
  const stream = (index = 0) => {
    const one = streams[index];
    if (one === undefined) throw new Error(`stream ${index} was not opened`);
    return one;
  };
  return {
    ports,
    streams,
    stream,
    async frame(ms = 16) {
      now += ms;
      const run = frames;
      frames = [];
      for (const callback of run) callback();
      await settle();
    },
  };
}

describe('log feed', () => {
  it('applies what arrived once a frame, and only then lets more come', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports);
    engine.stream().send(batch([line(1), line(2)]));
    engine.stream().send(batch([line(3)], 7));
    await settle();
    expect(feed.ring.nextId).toBe(0);
    expect(engine.stream().accepted).toBe(0);
    await engine.frame();
    expect(feed.ring.nextId).toBe(3);
    expect(feed.state).toMatchObject({ status: 'live', dropped: 7, version: 1 });
    expect(engine.stream().accepted).toBe(2);
    feed.close();
  });

  it('slows down after a flood, and catches up', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports);
    engine.stream().send(batch(lines(1500)));
    await engine.frame();
    engine.stream().send(batch([line(2000)]));
    await engine.frame();
    expect(feed.ring.nextId).toBe(1500);
    for (let i = 0; i < 4; i += 1) await engine.frame();
    expect(feed.ring.nextId).toBe(1501);
    feed.close();
  });

  it('holds lines while paused, stops the engine when enough wait, and loses none of them', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports);
    feed.pause(true);
    for (let i = 0; i < 6; i += 1) engine.stream().send(batch(lines(1000, i * 1000)));
    await engine.frame();
    expect(feed.ring.nextId).toBe(0);
    expect(feed.state.held).toBe(6000);
    expect(engine.stream().accepted).toBe(4);
    feed.pause(false);
    await engine.frame();
    expect(feed.ring.nextId).toBe(6000);
    expect(engine.stream().accepted).toBe(6);
    expect(feed.state.held).toBe(0);
    feed.close();
  });

  it('takes a stream up again from the last line, without repeating it', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports);
    expect(engine.stream().options.since()).toBeUndefined();
    engine.stream().send(batch([line(1), line(2)]));
    await engine.frame();
    engine.stream().options.onStart();
    expect(engine.stream().options.since()).toBe(line(2).at);
    engine.stream().send(batch([line(2), line(3)]));
    await engine.frame();
    expect([0, 1, 2, 3].map((id) => feed.ring.get(id)?.text)).toEqual(['line 1', 'line 2', 'line 3', undefined]);
    feed.close();
  });

  it('says that it ended or failed, and can be started again', async () => {
    const engine = byHand();
    const feed = createLogFeed(engine.ports);
    engine.stream().end();
    await settle();
    expect(feed.state.status).toBe('ended');
    feed.resume();
    expect(engine.streams).toHaveLength(2);
    const refusal = new AppError({ code: 'docker.gone', message: 'Gone.', remedy: 'Wait.' });
    expect(engine.stream(1).options.onError(refusal)).toBe(false);
    engine.stream(1).end();
    await settle();
    expect(feed.state).toMatchObject({ status: 'failed', error: refusal });
    feed.close();
  });
});
