import { afterEach, describe, expect, it } from 'vitest';
import { createStats } from '../../electron/engine/stats/stats.ts';
import type { StatsSample } from '../../shared/contract/streams.ts';
import { consumeFlow } from '../../shared/flow.ts';
import { openServiceBench, type ServiceBench } from '../support/services.ts';
import { waitFor } from '../support/wait.ts';

let bench: ServiceBench | undefined;
let close: (() => void) | undefined;

afterEach(async () => {
  close?.();
  await bench?.close();
  bench = undefined;
});

function watch(from: ServiceBench, stats: ReturnType<typeof createStats>['stats']) {
  const leaving = new AbortController();
  const call = { ...from.call, signal: AbortSignal.any([from.signal, leaving.signal]) };
  const batches: StatsSample[][] = [];
  const run = async (): Promise<void> => {
    const open = (flow: { streamId: string; window: number }) =>
      stats.watch({ flow, environmentId: from.environmentId }, call);
    for await (const { samples } of consumeFlow(open, from.ack)) batches.push(samples);
  };
  const done = run().catch(() => undefined);
  return { batches, leave: () => leaving.abort(new Error('seen enough')), done };
}

describe('statistics of a stack', () => {
  it('measure what the containers really do, per service, beside their limits', async () => {
    const from = openServiceBench('io-stats');
    bench = from;
    const limit = 256 * 1024 * 1024;
    await from.run('busy', 'while :; do :; done', { host: { NanoCpus: 500_000_000, Memory: limit } });
    await from.run('busy', 'while :; do :; done', { number: 2, host: { NanoCpus: 250_000_000, Memory: limit } });
    // 100 MB held in memory, and as much in the page cache, which does not count.
    await from.run(
      'heavy',
      'head -c 100000000 /dev/zero > /file; cat /file > /dev/null; x=$(head -c 60000000 /dev/zero | tr "\\0" x); sleep 600',
    );
    await from.run('idle', 'exec sleep 600');
    const { stats, close: end } = createStats({ ...from.deps, lingerMs: 60_000 });
    close = end;
    const reading = watch(from, stats);
    const latest = (service: string): StatsSample | undefined =>
      reading.batches.flat().findLast((sample) => sample.service === service);
    await waitFor(() => reading.batches.length > 0, { what: 'the first batch' });
    await waitFor(() => (latest('heavy')?.memoryBytes ?? 0) > 60_000_000, {
      what: 'memory in use',
      deadlineMs: 60_000,
    });
    // Their limits allow three quarters of a core; how much of it they get depends on who else is at work.
    await waitFor(() => (latest('busy')?.cpuPercent ?? 0) > 10, { what: 'a busy service', deadlineMs: 60_000 });
    for (const { service, cpuPercent } of reading.batches.flat()) {
      if (service === 'busy') expect(cpuPercent).toBeLessThan(95);
      if (service === 'idle') expect(cpuPercent).toBeLessThan(20);
    }
    expect(latest('busy')).toMatchObject({
      environmentId: from.environmentId,
      memoryLimitBytes: 2 * limit,
      pids: 2,
    });
    expect(latest('heavy')?.memoryBytes).toBeLessThan(160_000_000);
    expect(latest('heavy')?.memoryLimitBytes).toBeNull();
    // The second reader gets the past first.
    const second = watch(from, stats);
    await waitFor(() => second.batches.length > 0, { what: 'the history' });
    expect(second.batches[0]?.length).toBeGreaterThanOrEqual(reading.batches.flat().length - 3);
    reading.leave();
    second.leave();
    await Promise.all([reading.done, second.done]);
  });

  it('answer at once when nothing runs, and notice what starts and restarts', async () => {
    const from = openServiceBench('io-stats');
    bench = from;
    const { stats, close: end } = createStats(from.deps);
    close = end;
    const reading = watch(from, stats);
    await waitFor(() => reading.batches.length === 1, { what: 'the empty first batch' });
    expect(reading.batches).toEqual([[]]);
    const container = await from.run('app', 'exec sleep 600');
    await waitFor(() => reading.batches.length > 1, { what: 'its figures' });
    await container.restart({ t: 0 });
    const before = reading.batches.length;
    await waitFor(() => reading.batches.length > before + 1, { what: 'its figures after the restart' });
    for (const sample of reading.batches.flat()) expect(sample.cpuPercent).toBeGreaterThanOrEqual(0);
  });

  it('cost nothing when nobody watches', async () => {
    const from = openServiceBench('io-stats');
    bench = from;
    await from.run('app', 'exec sleep 600');
    let calls = 0;
    const counting = {
      ...from.client,
      call: ((...args) => {
        calls += 1;
        return from.client.call(...args);
      }) as typeof from.client.call,
    };
    const { stats, close: end } = createStats({ ...from.deps, current: () => counting, lingerMs: 50 });
    close = end;
    expect(calls).toBe(0);
    const reading = watch(from, stats);
    await waitFor(() => reading.batches.length > 1, { what: 'figures' });
    reading.leave();
    await reading.done;
    await waitFor(
      async () => {
        const before = calls;
        await new Promise((resolve) => setTimeout(resolve, 2500));
        return calls === before;
      },
      { what: 'silence' },
    );
  });
});
