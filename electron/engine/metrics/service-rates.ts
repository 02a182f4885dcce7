import type { ServiceMetric } from '../../../shared/domain/metrics.ts';
import type { Counters } from '../providers/docker/stats.ts';
import type { ContainerInfo } from '../providers/provider.ts';

/** Two readings of one container, the later one first taken now. */
export interface Reading {
  readonly container: ContainerInfo;
  readonly now: Counters;
  /** Undefined for the first reading, and when the earlier one is of no use: another source, or too long ago. */
  readonly before: Counters | undefined;
}

export type ServiceFigures = Partial<Record<ServiceMetric, number>>;

const rates = [
  ['network_rx_bytes_per_second', 'networkRxBytes'],
  ['network_tx_bytes_per_second', 'networkTxBytes'],
  ['block_read_bytes_per_second', 'blockReadBytes'],
  ['block_write_bytes_per_second', 'blockWriteBytes'],
] as const;

/** What the containers of a service add up to; rates only of those that were read twice in one life. */
export function serviceFigures(readings: readonly Reading[]): ServiceFigures {
  const figures: Record<string, number> = {};
  const add = (metric: ServiceMetric, value: number): void => {
    figures[metric] = (figures[metric] ?? 0) + value;
  };
  let limit: number | null = readings.length === 0 ? null : 0;
  for (const { container, now, before } of readings) {
    add('memory_bytes', now.memoryBytes);
    add('pids', now.pids);
    const own = container.limits.memoryBytes;
    limit = limit === null || own === null ? null : limit + own;
    const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
    // A container that restarted counts from zero again.
    if (before === undefined || seconds <= 0 || now.cpuNanoseconds < before.cpuNanoseconds) continue;
    add('cpu_percent', ((now.cpuNanoseconds - before.cpuNanoseconds) / 1e9 / seconds) * 100);
    for (const [metric, counter] of rates) add(metric, Math.max(0, now[counter] - before[counter]) / seconds);
  }
  if (limit !== null && limit > 0) add('memory_limit_ratio', (figures['memory_bytes'] ?? 0) / limit);
  return figures;
}

/** Counts restarts of containers between two looks: by the engine's policy, by hand, or by us. Not new containers. */
export interface RestartBook {
  look(container: ContainerInfo): number;
  keep(ids: ReadonlySet<string>): void;
}

export function createRestartBook(): RestartBook {
  const seen = new Map<string, { readonly restarts: number; readonly startedAt: string | null }>();
  return {
    look({ id, restarts, startedAt }) {
      const before = seen.get(id);
      seen.set(id, { restarts, startedAt });
      if (before === undefined || before.startedAt === null || startedAt === null) return 0;
      // The engine sets its own count back when somebody starts it by hand.
      return Math.max(restarts - before.restarts, before.startedAt === startedAt ? 0 : 1);
    },
    keep(ids) {
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}
