import { add, emptyHistogram, type Histogram } from '../../../shared/domain/histogram.ts';
import type { ServiceFigures } from './service-rates.ts';

/** Of one service since this engine began to measure it: what a scraper wants, which takes differences itself. */
export interface ServiceTotals {
  cpuSeconds: number;
  networkReceivedBytes: number;
  networkSentBytes: number;
  blockReadBytes: number;
  blockWrittenBytes: number;
  restarts: number;
  probes: number;
  probeFailures: number;
  logErrors: number;
  probeSeconds: Histogram;
  /** As of the last look; null while it does not run. */
  figures: ServiceFigures | null;
  memoryLimitBytes: number | null;
}

export interface TotalsBook {
  of(environmentId: string, service: string): ServiceTotals;
  measured(environmentId: string, service: string, figures: ServiceFigures | null, elapsedMs: number): void;
  probe(environmentId: string, service: string, ok: boolean, latencyMs: number | null): void;
  all(): { readonly environment: string; readonly service: string; readonly totals: ServiceTotals }[];
  /** Forgets every other service. */
  keep(services: ReadonlySet<string>): void;
}

export function createTotals(keyOf: (environmentId: string, service: string) => string): TotalsBook {
  const book = new Map<string, { environment: string; service: string; totals: ServiceTotals }>();

  function of(environment: string, service: string): ServiceTotals {
    const key = keyOf(environment, service);
    const known = book.get(key);
    if (known !== undefined) return known.totals;
    const totals: ServiceTotals = {
      cpuSeconds: 0,
      networkReceivedBytes: 0,
      networkSentBytes: 0,
      blockReadBytes: 0,
      blockWrittenBytes: 0,
      restarts: 0,
      probes: 0,
      probeFailures: 0,
      logErrors: 0,
      probeSeconds: emptyHistogram,
      figures: null,
      memoryLimitBytes: null,
    };
    book.set(key, { environment, service, totals });
    return totals;
  }

  return {
    of,
    measured(environment, service, figures, elapsedMs) {
      const totals = of(environment, service);
      const seconds = elapsedMs / 1000;
      totals.figures = figures;
      if (figures === null) return;
      totals.cpuSeconds += ((figures.cpu_percent ?? 0) / 100) * seconds;
      totals.networkReceivedBytes += (figures.network_rx_bytes_per_second ?? 0) * seconds;
      totals.networkSentBytes += (figures.network_tx_bytes_per_second ?? 0) * seconds;
      totals.blockReadBytes += (figures.block_read_bytes_per_second ?? 0) * seconds;
      totals.blockWrittenBytes += (figures.block_write_bytes_per_second ?? 0) * seconds;
      totals.restarts += figures.restarts ?? 0;
      totals.logErrors += ((figures.log_errors_per_minute ?? 0) / 60) * seconds;
    },
    probe(environment, service, ok, latencyMs) {
      const totals = of(environment, service);
      totals.probes += 1;
      if (!ok) totals.probeFailures += 1;
      if (latencyMs !== null) totals.probeSeconds = add(totals.probeSeconds, latencyMs / 1000);
    },
    all: () => [...book.values()],
    keep(services) {
      for (const key of book.keys()) if (!services.has(key)) book.delete(key);
    },
  };
}
