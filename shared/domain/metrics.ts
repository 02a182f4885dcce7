import type { AnomalyUnit } from './baseline.ts';

/**
 * What is measured per service. Rates are per second, ratios 0 to 1, latencies those of the service's probe. Stored
 * figures name a metric by its place in this list: append, never reorder.
 */
export const serviceMetrics = [
  /** Per cent of one core. */
  'cpu_percent',
  /** Without the page cache that the kernel would give back, as `docker stats` shows it. */
  'memory_bytes',
  /** Of the container's limit; absent when it has none. */
  'memory_limit_ratio',
  'network_rx_bytes_per_second',
  'network_tx_bytes_per_second',
  'block_read_bytes_per_second',
  'block_write_bytes_per_second',
  /** Within the bucket. */
  'restarts',
  'probe_latency_ms',
  /** Failed probes of all probes. */
  'probe_error_ratio',
  /** Share of the watched time in which it was not down. */
  'uptime_ratio',
  /** Lines of the log that look like errors, per minute. */
  'log_errors_per_minute',
  /** Processes and threads. */
  'pids',
] as const;
export type ServiceMetric = (typeof serviceMetrics)[number];

/** What is measured of the machine, the engine's host, and the store. Append, never reorder. */
export const hostMetrics = [
  /** Of all cores together. */
  'host_cpu_percent',
  'host_memory_used_ratio',
  'host_load1',
  /** Of the file system that holds the store, or the engine's data. */
  'host_disk_free_bytes',
  'host_disk_used_ratio',
  /** 0 to 1; absent on machines without one. */
  'host_battery_ratio',
  /** Golden images, as far as they share nothing. */
  'store_bytes',
] as const;
export type HostMetric = (typeof hostMetrics)[number];

export const metricNames = [...serviceMetrics, ...hostMetrics] as const;
export type MetricName = (typeof metricNames)[number];

/** How the figures of a bucket become one: the mean, or for `count` their sum. */
export function metricKind(metric: MetricName): 'gauge' | 'ratio' | 'count' | 'latency' {
  if (metric === 'restarts') return 'count';
  if (metric === 'probe_latency_ms') return 'latency';
  return metric === 'probe_error_ratio' || metric === 'uptime_ratio' ? 'ratio' : 'gauge';
}

/** Figures whose habits are learned, with the words for what is unusual. */
export const learnedMetrics = {
  cpu_percent: { words: 'CPU use', unit: 'percent' },
  memory_bytes: { words: 'Memory', unit: 'bytes' },
  probe_latency_ms: { words: 'Latency', unit: 'ms' },
  log_errors_per_minute: { words: 'Error lines in the log', unit: 'per-minute' },
} as const satisfies Partial<Record<ServiceMetric, { words: string; unit: AnomalyUnit }>>;
export type LearnedMetric = keyof typeof learnedMetrics;
export const isLearned = (metric: MetricName): metric is LearnedMetric => Object.hasOwn(learnedMetrics, metric);
