import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { HealthState } from '../../../shared/domain/health.ts';
import { lastChange, restartCount, uptimeMs } from './service-words.ts';

export const sortColumns = ['service', 'state', 'cpu', 'memory', 'latency', 'up', 'restarts', 'change'] as const;
export type SortColumn = (typeof sortColumns)[number];

export interface Sort {
  readonly column: SortColumn;
  readonly direction: 'ascending' | 'descending';
}

/** The latest figures of a service, where there are any. */
export interface Figures {
  readonly cpuPercent: number | null;
  readonly memoryBytes: number | null;
  /** 95th percentile of its probe, ms. */
  readonly latencyMs: number | null;
}

const attention: Partial<Record<HealthState, number>> = { down: 4, flapping: 3, degraded: 3, suspect: 2 };

/**
 * How much a service wants to be looked at; higher is more. Only what is wrong counts: everything else keeps its place,
 * so that rows do not jump while a stack starts.
 */
export function attentionOf(service: ServiceView): number {
  return attention[service.health] ?? 0;
}

/** What a click on a column's head makes of the order: each column starts with the end people look for. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  if (sort.column === column) return { column, direction: sort.direction === 'ascending' ? 'descending' : 'ascending' };
  return { column, direction: column === 'service' ? 'ascending' : 'descending' };
}

/** Sorted services. Equal ones keep the order of the file; what has no value comes last either way. */
export function sortServices(
  services: readonly ServiceView[],
  sort: Sort,
  figures: (service: string) => Figures,
  now: number,
): readonly ServiceView[] {
  const key = (service: ServiceView): number | string | null => {
    switch (sort.column) {
      case 'service':
        return service.name;
      case 'state':
        return attentionOf(service);
      case 'cpu':
        return figures(service.name).cpuPercent;
      case 'memory':
        return figures(service.name).memoryBytes;
      case 'latency':
        return figures(service.name).latencyMs;
      case 'up':
        return uptimeMs(service, now);
      case 'restarts':
        return restartCount(service);
      case 'change': {
        const at = lastChange(service)?.at;
        return at === undefined ? null : Date.parse(at);
      }
    }
  };
  const sign = sort.direction === 'ascending' ? 1 : -1;
  return services
    .map((service, index) => ({ service, index, value: key(service) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return a.value === b.value ? a.index - b.index : a.value === null ? 1 : -1;
      const order =
        typeof a.value === 'string' && typeof b.value === 'string'
          ? a.value.localeCompare(b.value, 'en', { numeric: true })
          : Number(a.value) - Number(b.value);
      return order === 0 ? a.index - b.index : sign * order;
    })
    .map((item) => item.service);
}
