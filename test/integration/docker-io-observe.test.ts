import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/engine/platform/clock.ts';
import { watchContainers } from '../../electron/engine/providers/docker/observe.ts';
import type { ContainerEvent, ContainerInfo } from '../../electron/engine/providers/provider.ts';
import { openServiceBench, type ServiceBench } from '../support/services.ts';
import { waitFor } from '../support/wait.ts';

let bench: ServiceBench;
beforeEach(() => {
  bench = openServiceBench('io-observe');
});
afterEach(() => bench.close());

function observe(client = bench.client) {
  const events: ContainerEvent[] = [];
  const containers = new Map<string, ContainerInfo>();
  const read = async (): Promise<void> => {
    const { signal, projectName } = bench;
    for await (const event of watchContainers(client, { signal, clock: systemClock, projectName })) {
      events.push(event);
      if (event.kind === 'snapshot') {
        containers.clear();
        for (const container of event.containers) containers.set(container.id, container);
      } else if (event.kind === 'changed') containers.set(event.container.id, event.container);
      else if (event.kind === 'removed') containers.delete(event.id);
    }
  };
  read().catch(() => undefined);
  return { events, containers };
}

/** The engine hears of a pause late, and may then call a container paused that was just resumed. */
async function orAlready(work: Promise<unknown>): Promise<void> {
  await work.catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 409 && error.statusCode !== 500) throw error;
  });
}

describe('watching containers', () => {
  it('shows each state as the engine has it, from birth to removal', async () => {
    const seen = observe();
    await waitFor(() => seen.events.length > 0, { what: 'the first snapshot' });
    expect(seen.events[0]).toEqual({ kind: 'snapshot', containers: [] });
    const container = await bench.run('app', 'exec sleep infinity', {
      healthcheck: { Test: ['CMD', 'test', '-e', '/ready'], Interval: 200e6, Timeout: 2e9, Retries: 1, StartPeriod: 0 },
    });
    const now = (): ContainerInfo | undefined => seen.containers.get(container.id);
    await waitFor(() => now()?.health?.status === 'unhealthy', { what: 'unhealthy' });
    await bench.client.exec(container.id, { command: ['touch', '/ready'] }, { signal: bench.signal });
    await waitFor(() => now()?.health?.status === 'healthy', { what: 'healthy' });
    await container.pause();
    await waitFor(() => now()?.state === 'paused', { what: 'paused' });
    await container.unpause();
    await waitFor(() => now()?.state === 'running', { what: 'running again' });
    await container.rename({ name: `${bench.projectName}-renamed` });
    await waitFor(() => now()?.name === `${bench.projectName}-renamed`, { what: 'the new name' });
    await container.kill();
    await waitFor(() => now()?.state === 'exited', { what: 'exited' });
    expect(now()?.exitCode).toBe(137);
    // Asking may have shown the end before the event told of it.
    await waitFor(() => seen.events.some((event) => event.kind === 'changed' && event.action === 'die'), {
      what: 'die',
    });
    await container.remove();
    await waitFor(() => !seen.containers.has(container.id), { what: 'the removal' });
    expect(seen.events.filter((event) => event.kind === 'removed')).toHaveLength(1);
    expect(seen.events.filter((event) => event.kind === 'lost')).toHaveLength(0);
  });

  it('tells a kill for lack of memory from an ordinary end', async () => {
    const seen = observe();
    const container = await bench.run('hungry', 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); echo $x | wc -c', {
      host: { Memory: 32 * 1024 * 1024, MemorySwap: 32 * 1024 * 1024 },
    });
    await waitFor(() => seen.containers.get(container.id)?.state === 'exited', { what: 'its end', deadlineMs: 60_000 });
    await waitFor(
      () =>
        seen.events.some((event) => event.kind === 'changed' && event.action === 'oom') ||
        seen.containers.get(container.id)?.oomKilled === true,
      { what: 'the reason' },
    );
  });

  it('follows dozens at once, describing each no more often than its quiet time allows', async () => {
    let described = 0;
    const client = {
      ...bench.client,
      call: ((what, options, run) => {
        if (what.startsWith('describe')) described += 1;
        return bench.client.call(what, options, run);
      }) as typeof bench.client.call,
    };
    const seen = observe(client);
    await waitFor(() => seen.events.length > 0, { what: 'the first snapshot' });
    const count = 16;
    const started = performance.now();
    const containers = await Promise.all(
      Array.from({ length: count }, (_, index) => bench.run('many', 'exec sleep infinity', { number: index + 1 })),
    );
    await waitFor(
      () => [...seen.containers.values()].filter((container) => container.state === 'running').length === count,
      { what: 'all of them running' },
    );
    for (const container of containers) {
      for (let round = 0; round < 3; round += 1) {
        await orAlready(container.pause());
        await orAlready(container.unpause());
      }
    }
    await waitFor(
      async () => {
        const before = described;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return described === before;
      },
      { what: 'quiet' },
    );
    const most = count * (Math.ceil((performance.now() - started) / 100) + 1);
    expect(described).toBeLessThan(most);
    const late = observe();
    await waitFor(() => late.events.length > 0, { what: 'a snapshot for a second watcher' });
    const states = ({ containers }: typeof late): string[] =>
      [...containers.values()].map(({ id, state }) => `${id} ${state}`).sort();
    expect(states(late)).toHaveLength(count);
    expect(states(seen)).toEqual(states(late));
  });

  it('finds by comparing what no event told', async () => {
    // A watcher whose events are lost: only the comparison of lists is left.
    const client = {
      ...bench.client,
      call: ((what, options, run) =>
        what === 'report events'
          ? bench.client.call(
              what,
              options,
              (docker, abortSignal) =>
                docker.getEvents({ filters: JSON.stringify({ type: ['plugin'] }), abortSignal }) as ReturnType<
                  typeof run
                >,
            )
          : bench.client.call(what, options, run)) as typeof bench.client.call,
    };
    const present = await bench.run('present', 'exec sleep infinity');
    const containers = new Map<string, ContainerInfo>();
    const read = async (): Promise<void> => {
      const { signal, projectName } = bench;
      const options = { signal, clock: systemClock, projectName, reconcileMs: 200 };
      for await (const event of watchContainers(client, options)) {
        if (event.kind === 'snapshot') for (const each of event.containers) containers.set(each.id, each);
        else if (event.kind === 'changed') containers.set(event.container.id, event.container);
        else if (event.kind === 'removed') containers.delete(event.id);
      }
    };
    read().catch(() => undefined);
    await waitFor(() => containers.get(present.id)?.state === 'running', { what: 'the snapshot' });
    const late = await bench.run('late', 'exec sleep infinity');
    await waitFor(() => containers.get(late.id)?.state === 'running', { what: 'the new one' });
    await present.kill();
    await waitFor(() => containers.get(present.id)?.state === 'exited', { what: 'the end' });
    await present.remove();
    await waitFor(() => !containers.has(present.id), { what: 'the removal' });
  });
});
