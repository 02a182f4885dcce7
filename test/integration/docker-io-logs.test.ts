import { afterEach, describe, expect, it } from 'vitest';
import { createLogs } from '../../electron/engine/logs/logs.ts';
import type { LogLine } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { engineClient, openServiceBench, type ServiceBench } from '../support/services.ts';
import { waitFor } from '../support/wait.ts';

let bench: ServiceBench | undefined;

afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

function open(): ServiceBench {
  bench = openServiceBench('io-logs');
  return bench;
}

interface Reading {
  readonly lines: LogLine[];
  dropped: number;
  ended: boolean;
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

function read(
  from: ServiceBench,
  input: { services?: string[]; tail?: number; follow?: boolean; since?: string } = {},
): Reading {
  const { logs } = createLogs(from.deps);
  const leave = new AbortController();
  const call = { ...from.call, signal: AbortSignal.any([from.signal, leave.signal]) };
  const stream = consumeFlow(
    (flow) => logs.follow({ flow, environmentId: from.environmentId, tail: 500, follow: true, ...input }, call),
    from.ack,
  );
  const run = async (): Promise<void> => {
    for await (const batch of stream) {
      reading.lines.push(...batch.lines);
      reading.dropped += batch.dropped;
      reading.ended ||= batch.ended;
    }
  };
  const reading: Reading = {
    lines: [],
    dropped: 0,
    ended: false,
    done: Promise.resolve(),
    async stop() {
      leave.abort(new Error('seen enough'));
      await reading.done.catch(() => undefined);
    },
  };
  Object.assign(reading, { done: run() });
  reading.done.catch(() => undefined);
  return reading;
}

const textsOf = (reading: Reading, service?: string): string[] =>
  reading.lines.filter((line) => service === undefined || line.service === service).map((line) => line.text);

describe('logs of a stack', () => {
  it('that are not followed come in order of time, and end', async () => {
    const from = open();
    await from.run('first', 'for i in 1 3 5; do echo first $i; sleep 0.4; done').then((c) => c.id);
    await from.run('second', 'sleep 0.2; for i in 2 4 6; do echo second $i >&2; sleep 0.4; done');
    for (const { id } of await running(from)) await from.docker.getContainer(id).wait();
    const reading = read(from, { follow: false });
    await reading.done;
    expect(reading.ended).toBe(true);
    expect(reading.lines).toHaveLength(6);
    const times = reading.lines.map((line) => line.at ?? '');
    expect(times).toEqual([...times].sort());
    expect(textsOf(reading, 'first')).toEqual(['first 1', 'first 3', 'first 5']);
    expect(new Set(reading.lines.filter((line) => line.service === 'second').map((line) => line.stream))).toEqual(
      new Set(['stderr']),
    );
    expect(reading.lines.map((line) => line.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const short = read(from, { follow: false, tail: 1, services: ['first'] });
    await short.done;
    expect(textsOf(short)).toEqual(['first 5']);
  });

  it('go on across restarts, nothing lost and nothing twice, and take in containers that appear', async () => {
    const from = open();
    // Counts on in a file, so that every line it ever writes is different.
    const script =
      'while :; do n=$(cat /n 2>/dev/null || echo 0); n=$((n+1)); echo $n > /n; echo line $n; sleep 0.02; done';
    const container = await from.run('counter', script);
    const reading = read(from, { tail: 10_000 });
    await waitFor(() => reading.lines.length > 20, { what: 'lines' });
    for (let round = 0; round < 3; round += 1) {
      await container.restart({ t: 0 });
      const before = reading.lines.length;
      await waitFor(() => reading.lines.length > before + 20, { what: `lines after restart ${round + 1}` });
    }
    await from.run('late', 'echo I am new; sleep 0.3; echo and done');
    await waitFor(() => textsOf(reading, 'late').length === 2, { what: 'the lines of the new container' });
    await container.kill();
    const written = read(from, { follow: false, tail: 10_000, services: ['counter'] });
    await written.done;
    await waitFor(() => textsOf(reading, 'counter').length >= written.lines.length, { what: 'the last lines' });
    expect(textsOf(reading, 'counter')).toEqual(textsOf(written));
    expect(textsOf(reading, 'late')).toEqual(['I am new', 'and done']);
    expect(reading.dropped).toBe(0);
    // A container that takes the place of a removed one is followed too.
    await container.remove({ force: true });
    await from.run('counter', 'echo recreated; sleep 60');
    await waitFor(() => textsOf(reading, 'counter').at(-1) === 'recreated', { what: 'the recreated container' });
  });

  it('of a container with a terminal, with long lines and odd bytes', async () => {
    const from = open();
    await from.run(
      'tty',
      'echo "größer 🐘"; head -c 40000 /dev/zero | tr "\\0" y; echo; printf "\\377\\376 bytes\\n"; echo end',
      {
        tty: true,
      },
    );
    await from.run('plain', 'head -c 40000 /dev/zero | tr "\\0" x; echo; echo end');
    const reading = read(from);
    await waitFor(() => textsOf(reading, 'tty').at(-1) === 'end' && textsOf(reading, 'plain').at(-1) === 'end', {
      what: 'both ends',
    });
    expect(textsOf(reading, 'tty')[0]).toBe('größer 🐘');
    const long = (service: string, letter: string): string =>
      textsOf(reading, service)
        .filter((text) => text.startsWith(letter))
        .join('');
    expect(long('tty', 'y')).toBe('y'.repeat(40_000));
    expect(long('plain', 'x')).toBe('x'.repeat(40_000));
    for (const line of reading.lines) {
      expect(line.text.length).toBeLessThanOrEqual(16 * 1024);
      expect(line.at).toMatch(/^\d{4}-.*Z$/);
    }
  });

  it('go on with the engine that the user chooses meanwhile', async () => {
    const from = open();
    await from.run('talk', 'n=0; while :; do n=$((n+1)); echo word $n; sleep 0.05; done');
    const other = engineClient();
    let client = from.client;
    const reading = read({ ...from, deps: { ...from.deps, current: () => client } }, { tail: 0 });
    await waitFor(() => reading.lines.length > 3, { what: 'lines' });
    client = other;
    // The connection to the first one is no longer needed.
    await waitFor(
      () => {
        const before = reading.lines.length;
        return reading.lines.slice(0, before).some((line, index) => index > 0 && line.seq > 20);
      },
      { what: 'more lines' },
    );
    const seqs = reading.lines.map((line) => line.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    await reading.stop();
    other.close();
  });

  it('say why when the engine keeps none', async () => {
    const from = open();
    await from.run('silent', 'sleep 60', { host: { LogConfig: { Type: 'none', Config: {} } } });
    const reading = read(from);
    await waitFor(() => reading.lines.length > 0, { what: 'the explanation' });
    expect(reading.lines[0]).toMatchObject({ service: 'silent', stream: 'stderr' });
    expect(reading.lines[0]?.text).toMatch(/logging driver/);
  });

  it('let go of the engine when the reader leaves', async () => {
    const from = open();
    await from.run('talk', 'while :; do echo talking; sleep 0.05; done');
    const reading = read(from);
    await waitFor(() => reading.lines.length > 3, { what: 'lines' });
    await reading.stop();
    const seen = reading.lines.length;
    // Its stream id is free again, and a second reader starts from the past.
    const again = read(from, { tail: 2 });
    await waitFor(() => again.lines.length > 4, { what: 'lines for the second reader' });
    expect(reading.lines).toHaveLength(seen);
  });
});

async function running(from: ServiceBench): Promise<{ id: string }[]> {
  const label = `com.docker.compose.project=${from.projectName}`;
  const listed = await from.docker.listContainers({ all: true, filters: { label: [label] } });
  return listed.map(({ Id }) => ({ id: Id }));
}
