/** What is measured per service. Rates are per second, ratios 0 to 1, latencies those of the service's probe. */
export const serviceMetrics = [
  /** Per cent of one core. */
  'cpu_percent',
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
] as const;
export type ServiceMetric = (typeof serviceMetrics)[number];

/** What is measured of the machine, the engine's host, and the store. */
export const hostMetrics = [
  'host_cpu_percent',
  'host_memory_used_ratio',
  'host_load1',
  /** Of the file system that holds the store, or the engine's data. */
  'host_disk_free_bytes',
  'host_disk_used_ratio',
  /** 0 to 1; absent on machines without one. */
  'host_battery_ratio',
  'store_bytes',
] as const;
export type HostMetric = (typeof hostMetrics)[number];

export const metricNames = [...serviceMetrics, ...hostMetrics] as const;
export type MetricName = (typeof metricNames)[number];
