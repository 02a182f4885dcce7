import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogs } from '../../electron/engine/logs/logs.ts';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { createDockerClient } from '../../electron/engine/providers/docker/client-create.ts';
import { createFlows } from '../../electron/engine/streams/flow.ts';
import type { LogBatch } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { frame } from '../support/frames.ts';
import { openServiceBench, type ServiceBench } from '../support/services.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { waitFor } from '../support/wait.ts';

/** Containers that log without end: memory stays bounded, what is given up is counted, the reader is never far behind. */

const megabyte = 1024 * 1024;
let bench: ServiceBench | undefined;
let server: Server | undefined;
let folder: TemporaryFolder | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  server?.closeAllConnections();
  server?.close();
  await folder?.remove();
  folder = undefined;
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Bytes in use that cannot be given back. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** An engine with one container whose log never ends, as fast as the socket takes it. */
async function floodingEngine(): Promise<{ path: string; sent: () => number }> {
  folder = await temporaryFolder();
  const path = join(folder.path, 'engine.sock');
  const id = 'f'.repeat(64);
  const labels = { 'com.docker.compose.project': 'flood', 'com.docker.compose.service': 'loud' };
  const line = Buffer.from(`2026-01-02T03:04:05.000000001Z ${'x'.repeat(100)}\n`);
  const block = Buffer.concat(Array.from({ length: 2000 }, () => frame(1, line)));
  let sent = 0;
  server = createServer((request, response) => {
    const url = request.url ?? '';
    const json = (value: unknown): void => {
      response.end(JSON.stringify(value));
    };
    if (url.includes('/logs') && url.includes('follow=1')) {
      const more = (): void => {
        while (!response.destroyed && response.write(block)) sent += block.length;
        sent += block.length;
      };
      response.on('drain', more);
      more();
    } else if (url.includes('/logs')) response.end();
    else if (url.includes('/events')) response.flushHeaders();
    else if (url.includes('/json?')) json([{ Id: id, State: 'running', Status: 'Up', Labels: labels }]);
    else
      json({
        Id: id,
        Name: '/loud',
        Created: '2026-01-02T03:04:05Z',
        State: { Status: 'running', StartedAt: '2026-01-02T03:04:05Z' },
        Config: { Labels: labels, Tty: false },
        HostConfig: {},
        NetworkSettings: {},
      });
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return { path, sent: () => sent };
}

describe('a flood of logs', () => {
  it('of hundreds of megabytes leaves memory bounded while the reader stalls, and everything is accounted for', async () => {
    const { path, sent } = await floodingEngine();
    const client = createDockerClient({ engineId: 'flood', endpoint: { kind: 'unix', path } });
    const flows = createFlows();
    const { logs } = createLogs({
      current: () => client,
      projectOf: async () => ({ projectName: 'flood', services: ['loud'] }),
      flows,
      clock: systemClock,
    });
    const stop = new AbortController();
    const call = { actor: { door: 'cli', user: 'tester' }, signal: stop.signal } as const;
    const before = memoryInUse();
    const stream = await logs.follow(
      { flow: { streamId: 'stalled-reader', window: 2 }, environmentId: 'flood/main', tail: 0, follow: true },
      call,
    );
    const batches: LogBatch[] = [];
    const read = (async () => {
      for await (const batch of stream) batches.push(batch);
    })();
    await waitFor(() => sent() > 300 * megabyte, { what: '300 MB of logs', deadlineMs: 120_000 });
    expect(batches).toHaveLength(2);
    expect(memoryInUse() - before).toBeLessThan(64 * megabyte);
    // The reader wakes up: it gets the newest lines and the number of those it missed, in one count without gaps.
    for (let round = 0; round < 20; round += 1) {
      const seen = batches.length;
      flows.ack('stalled-reader', 1);
      await waitFor(() => batches.length > seen, { what: 'another batch' });
    }
    stop.abort(new Error('the test is over'));
    await read.catch(() => undefined);
    client.close();
    const delivered = batches.flatMap((batch) => batch.lines.map((line) => line.seq));
    const dropped = batches.reduce((sum, batch) => sum + batch.dropped, 0);
    expect(delivered).toEqual([...new Set(delivered)].sort((a, b) => a - b));
    // Every number up to the last one delivered was either delivered or counted.
    expect(delivered.length + dropped).toBeGreaterThanOrEqual(delivered.at(-1) ?? 0);
    expect(dropped).toBeGreaterThan(1_000_000);
  });

  it('of a real container: the reader stays near the present and other services are heard', async () => {
    bench = openServiceBench('flood');
    const from = bench;
    const log = { Type: 'json-file', Config: { 'max-size': '20m', 'max-file': '2' } };
    await from.run('loud', 'exec yes a flood of words that nobody could ever read', { host: { LogConfig: log } });
    await from.run('calm', 'n=0; while :; do n=$((n+1)); echo calm $n; sleep 0.1; done');
    const { logs } = createLogs(from.deps);
    const open = (flow: { streamId: string; window: number }) =>
      logs.follow({ flow, environmentId: from.environmentId, tail: 10, follow: true }, from.call);
    let lines = 0;
    let dropped = 0;
    const calm: string[] = [];
    const read = (async () => {
      for await (const batch of consumeFlow(open, from.ack)) {
        lines += batch.lines.length;
        dropped += batch.dropped;
        for (const line of batch.lines) if (line.service === 'calm') calm.push(line.text);
      }
    })();
    read.catch(() => undefined);
    await waitFor(() => lines > 200_000, { what: 'a flood', deadlineMs: 120_000 });
    const heard = calm.length;
    await waitFor(() => calm.length > heard + 5, { what: 'the other service' });
    expect(lines + dropped).toBeGreaterThan(200_000);
  });
});
