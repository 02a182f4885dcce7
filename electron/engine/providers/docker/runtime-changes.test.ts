import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import type { DockerClient } from './client.ts';
import { createChanges } from './runtime-changes.ts';

const long = { heard: 60_000, unheard: 60_000 };

function engine(): { readonly client: DockerClient; readonly stream: PassThrough; opened: number } {
  const stream = new PassThrough();
  const made = {
    stream,
    opened: 0,
    client: {
      call: async () => {
        made.opened += 1;
        return stream;
      },
      translate: (error: unknown) => error,
    } as unknown as DockerClient,
  };
  return made;
}

function report(stream: PassThrough, id: string): void {
  stream.write(`${JSON.stringify({ Action: 'health_status: healthy', Actor: { ID: id, Attributes: {} } })}\n`);
}

test('wakes whoever waits for a container when it changes, and nobody else', async () => {
  const { client, stream } = engine();
  const end = new AbortController();
  const changes = createChanges({ client, clock: systemClock }, 'p', end.signal);
  // Opening wakes once, as what happened before went unheard.
  await changes.next(['a'], changes.mark(), long);
  const mark = changes.mark();
  let woken = '';
  const a = changes.next(['a'], mark, long).then(() => {
    woken += 'a';
  });
  const b = changes.next(['b'], mark, long).then(() => {
    woken += 'b';
  });
  report(stream, 'b');
  await b;
  expect(woken).toBe('b');
  report(stream, 'a');
  await a;
  expect(woken).toBe('ba');
  end.abort(new Error('over'));
});

test('what happens between the mark and the wait is not missed', async () => {
  const { client, stream } = engine();
  const changes = createChanges({ client, clock: systemClock }, 'p', new AbortController().signal);
  await changes.next(['a'], changes.mark(), long);
  const mark = changes.mark();
  report(stream, 'a');
  await new Promise((resolve) => setImmediate(resolve));
  await changes.next(['a'], mark, long);
});

test('an engine that gives no events is asked by the clock, once', async () => {
  let opened = 0;
  const client = {
    call: async () => {
      opened += 1;
      throw new Error('no events');
    },
  } as unknown as DockerClient;
  const changes = createChanges({ client, clock: systemClock }, 'p', new AbortController().signal);
  await changes.next(['a'], changes.mark(), { heard: 60_000, unheard: 1 });
  await changes.next(['a'], changes.mark(), { heard: 60_000, unheard: 1 });
  expect(opened).toBe(1);
});

test('ends with its signal', async () => {
  const { client } = engine();
  const end = new AbortController();
  const changes = createChanges({ client, clock: systemClock }, 'p', end.signal);
  const waiting = changes.next(['a'], changes.mark(), long).then(() => changes.next(['a'], changes.mark(), long));
  end.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
});
