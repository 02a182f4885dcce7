import type { Clock } from '../../platform/clock.ts';
import { readSmall } from '../../platform/small-files.ts';
import type { ContainerInfo } from '../provider.ts';
import { type CgroupReader, createCgroupReader } from './cgroups.ts';
import type { DockerClient } from './client.ts';
import { type Counters, readCounters } from './stats.ts';

/**
 * Requests for statistics at one time. Engines before 23 wait up to a second before they answer one: that costs them
 * nothing, and two hundred containers must fit into ten seconds.
 */
const askedAtOnce = 32;
const readAtOnce = 8;

/** The one place that containers are measured from: the kernel where they run on this machine, else their engine. */
export interface CounterSource {
  /** One reading each. A container that cannot be read is left out. Rejects only when aborted. */
  read(
    client: DockerClient,
    containers: readonly ContainerInfo[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Counters>>;
  /** Where the last reading of a container came from; counters of different places are not comparable. */
  originOf(containerId: string): 'kernel' | 'engine' | undefined;
  /** Forgets every other container. */
  keep(ids: ReadonlySet<string>): void;
}

export function createCounterSource(cgroups: CgroupReader | null): CounterSource {
  const origins = new Map<string, 'kernel' | 'engine'>();
  return {
    async read(client, containers, signal) {
      const found = new Map<string, Counters>();
      const rest: ContainerInfo[] = [];
      const local = cgroups !== null && client.endpoint.startsWith('unix://');
      await inTurns(local ? containers : [], readAtOnce, signal, async (container) => {
        const counters = await cgroups?.read(container);
        if (counters === undefined) rest.push(container);
        else {
          found.set(container.id, counters);
          origins.set(container.id, 'kernel');
        }
      });
      await inTurns(local ? rest : containers, askedAtOnce, signal, async ({ id }) => {
        // One that cannot be read is missing from this round, nothing more.
        const counters = await readCounters(client, id, signal).catch(() => undefined);
        if (counters === undefined) return;
        found.set(id, counters);
        origins.set(id, 'engine');
      });
      return found;
    },
    originOf: (id) => origins.get(id),
    keep(ids) {
      cgroups?.keep(ids);
      for (const id of origins.keys()) if (!ids.has(id)) origins.delete(id);
    },
  };
}

/** For the machine we run on. */
export function systemCounters(clock: Clock): CounterSource {
  if (process.platform !== 'linux') return createCounterSource(null);
  const offset = clock.now().getTime() - clock.monotonic();
  const now = (): number => offset + clock.monotonic();
  return createCounterSource(createCgroupReader({ readSmall, now, userId: process.getuid?.() }));
}

async function inTurns<T>(
  items: readonly T[],
  atOnce: number,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      signal.throwIfAborted();
      const item = items[next] as T;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  signal.throwIfAborted();
}
