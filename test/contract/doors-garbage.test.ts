import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouter } from '../../electron/doors/router.ts';
import { createServeWire, type Wire } from '../../electron/doors/wire.ts';
import { knownApi } from './doors-api.ts';

/** A connection whose other end is the test. */
function testWire(): { wire: Wire; receive(frame: unknown): void; close(): void; sent: string[] } {
  const receivers: ((frame: unknown) => void)[] = [];
  const closers: (() => void)[] = [];
  const sent: string[] = [];
  return {
    wire: {
      send: (frame) => void sent.push(frame),
      onFrame: (receive) => void receivers.push(receive),
      onClose: (closed) => void closers.push(closed),
    },
    receive: (frame) => {
      for (const receive of receivers) receive(frame);
    },
    close: () => {
      for (const closed of closers) closed();
    },
    sent,
  };
}

const answers = (sent: readonly string[], id: string): { s?: number; b?: { json: { data?: unknown } } }[] =>
  sent.map((frame) => JSON.parse(frame)).flatMap((frame) => (frame.i === id ? [frame.p] : []));

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => void process.off('unhandledRejection', note));

describe('garbage at a door', () => {
  const known = knownApi();
  const serve = createServeWire(createRouter({ api: known.api }));
  const connect = (): ReturnType<typeof testWire> => {
    const connection = testWire();
    serve(connection.wire, { door: 'window', user: 'kim' });
    return connection;
  };
  const stillServes = async (connection: ReturnType<typeof testWire>): Promise<void> => {
    connection.receive(JSON.stringify({ i: 'last', p: { u: '/system/hello' } }));
    await vi.waitFor(() => expect(answers(connection.sent, 'last')).toMatchObject([{ b: { json: { epoch: 'e1' } } }]), {
      interval: 1,
    });
  };

  it('survives any frame, and goes on serving', async () => {
    const text = fc.string();
    const payload = fc.record(
      {
        u: fc.oneof(
          fc.constantFrom(
            '/system/hello',
            '/golden/capture',
            '/state/watch',
            '/__proto__/constructor',
            '//',
            '/%',
            'x',
          ),
          text,
        ),
        b: fc.anything(),
        h: fc.oneof(fc.dictionary(text, text), fc.anything()),
        m: fc.oneof(fc.constantFrom('GET', 'POST', 'DELETE'), fc.anything()),
      },
      { requiredKeys: [] },
    );
    const frame = fc.oneof(
      fc.anything(),
      text,
      fc.json(),
      fc
        .record(
          {
            i: fc.oneof(text, fc.anything()),
            t: fc.oneof(fc.constantFrom(1, 2, 3, 4), fc.anything()),
            p: fc.oneof(payload, fc.anything()),
          },
          { requiredKeys: [] },
        )
        .map((value) => {
          try {
            return JSON.stringify(value);
          } catch {
            return value;
          }
        }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 20 }), async (frames) => {
        const connection = connect();
        for (const one of frames) connection.receive(one);
        await stillServes(connection);
        connection.close();
      }),
      { numRuns: 200 },
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  });

  it.each([
    ['no path', {}, 'u'],
    ['a path that is none', { u: 'golden.capture' }, 'u'],
    ['headers that are none', { u: '/system/hello', h: 7 }, 'h'],
  ])('answers a request with %s as invalid input', async (_name, payload, path) => {
    const connection = connect();
    connection.receive(JSON.stringify({ i: 'q', p: payload }));
    const [answer] = answers(connection.sent, 'q');
    expect(answer).toMatchObject({
      s: 422,
      b: { json: { code: 'APP', data: { code: 'input.invalid', details: { issues: [{ path }] } } } },
    });
    await stillServes(connection);
  });

  it('answers a body that cannot be decoded as invalid input', async () => {
    const connection = connect();
    connection.receive(
      JSON.stringify({ i: 'q', p: { u: '/golden/capture', b: { json: {}, meta: [[99, 'x', 'y']] } } }),
    );
    await vi.waitFor(() => expect(answers(connection.sent, 'q')).toHaveLength(1));
    expect(answers(connection.sent, 'q')[0]).toMatchObject({
      s: 422,
      b: { json: { data: { code: 'input.invalid' } } },
    });
  });

  it('drops frames that are too large', async () => {
    const connection = connect();
    connection.receive(JSON.stringify({ i: 'big', p: { u: '/system/hello', b: { json: 'x'.repeat(5_000_000) } } }));
    await stillServes(connection);
    expect(answers(connection.sent, 'big')).toEqual([]);
  });
});
