import type { MetricSeries } from '../../shared/contract/metrics.ts';
import { bucketFor } from '../../shared/domain/aggregate.ts';
import type { MetricName } from '../../shared/domain/metrics.ts';

/** A usual figure of each kind, and how far it goes up and down. */
const usual: Readonly<Record<MetricName, readonly [number, number]>> = {
  cpu_percent: [24, 18],
  memory_bytes: [420e6, 60e6],
  memory_limit_ratio: [0.62, 0.08],
  network_rx_bytes_per_second: [64e3, 40e3],
  network_tx_bytes_per_second: [48e3, 30e3],
  block_read_bytes_per_second: [12e3, 12e3],
  block_write_bytes_per_second: [90e3, 70e3],
  restarts: [0, 0],
  probe_latency_ms: [14, 9],
  probe_error_ratio: [0.01, 0.01],
  uptime_ratio: [0.998, 0.002],
  log_errors_per_minute: [0.4, 0.4],
  pids: [18, 2],
  host_cpu_percent: [38, 20],
  host_memory_used_ratio: [0.58, 0.05],
  host_load1: [2.1, 1],
  host_disk_free_bytes: [84e9, 1e9],
  host_disk_used_ratio: [0.65, 0.01],
  host_battery_ratio: [0.74, 0.1],
  store_bytes: [7.5e9, 0],
};

interface Asked {
  readonly environmentId: string | null;
  readonly metrics: readonly MetricName[];
  readonly from: number;
  readonly to: number;
}

/** Waves with an hour's gap, the same at every look. */
export function sampleSeries({ environmentId, metrics, from, to }: Asked, services: readonly string[], points: number) {
  const bucketMs = bucketFor(from, to, points, Date.now());
  const series = (environmentId === null ? [null] : services).flatMap((service, place) =>
    metrics
      .filter((metric) => metric.startsWith('host_') === (environmentId === null) || metric === 'store_bytes')
      .map((metric): MetricSeries => {
        const [middle, range] = usual[metric];
        const found: MetricSeries['points'] = [];
        for (let at = Math.floor(from / bucketMs) * bucketMs; at < Math.min(to, Date.now()); at += bucketMs) {
          if (Math.floor(at / 3_600_000) % 11 === 0) continue;
          const wave = Math.sin(at / 2.1e6 + place) * 0.6 + Math.sin(at / 170_000 + place * 7) * 0.4;
          const average = Math.max(0, middle + range * wave);
          const quantiles = metric === 'probe_latency_ms';
          found.push({
            at,
            average,
            min: average * 0.8,
            max: average * 1.3,
            p50: quantiles ? average * 0.9 : null,
            p95: quantiles ? average * 1.6 : null,
            p99: quantiles ? average * 2.2 : null,
          });
        }
        const unusual = service === 'broker' && metric === 'memory_bytes';
        return {
          metric,
          service,
          points: found,
          baseline: { median: middle, deviation: range * 0.3 },
          anomaly: unusual
            ? {
                since: to - 180_000,
                text: 'Memory of broker has been 640 MB for 3 minutes; between 14:00 and 15:00 it is usually 310 MB to 350 MB.',
              }
            : null,
        };
      }),
  );
  return { bucketMs, series };
}

/** What would be proposed for one service. */
export const sampleAdvice = {
  id: 'sample-advice',
  service: 'timescaledb',
  kind: 'memory-limit',
  message: 'timescaledb has 2 GB and peaked at 640 MB in 7 days.',
  proposal: 'Set its memory limit to 960 MB.',
  position: { file: '/home/sam/work/trading/compose.yaml', line: 14, column: 17 },
  diff: '@@ -11,7 +11,7 @@\n     deploy:\n       resources:\n         limits:\n-          memory: 2G\n+          memory: 960M\n     volumes:\n       - data:/var/lib/postgresql/data',
} as const;

/** What is proposed after a service ran out of memory. */
export const limitAdvice = {
  id: 'sample-limit',
  service: 'redpanda',
  kind: 'memory-limit',
  message: 'redpanda has 512 MB and ran out of it.',
  proposal: 'Set its memory limit to 768 MB.',
  file: '/home/sam/work/trading/compose.yaml',
  position: { file: '/home/sam/work/trading/compose.yaml', line: 31, column: 17 },
  diff: '@@ -28,7 +28,7 @@\n     deploy:\n       resources:\n         limits:\n-          memory: 512M # as in production\n+          memory: 768M # as in production',
} as const;
