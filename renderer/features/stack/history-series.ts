import type { MetricSeries } from '../../../shared/contract/metrics.ts';

export const ranges = [
  { value: '1h', label: '1 h', ms: 3_600_000 },
  { value: '24h', label: '24 h', ms: 86_400_000 },
  { value: '7d', label: '7 d', ms: 7 * 86_400_000 },
] as const;
export type RangeName = (typeof ranges)[number]['value'];

/** Figures on one scale of time. A bucket in which nothing was measured is null: a gap stays a gap. */
export interface History {
  /** Seconds since the epoch. */
  readonly times: readonly number[];
  values(metric: MetricSeries['metric'], of?: 'average' | 'p50' | 'p95' | 'p99'): readonly (number | null)[];
  baseline(metric: MetricSeries['metric']): { readonly low: number; readonly high: number } | null;
  has(metric: MetricSeries['metric']): boolean;
  /** What is unusual just now, in words. */
  readonly unusual: readonly string[];
}

export function historyOf(series: readonly MetricSeries[], bucketMs: number, from: number, to: number): History {
  const first = Math.floor(from / bucketMs);
  const count = Math.min(2000, Math.floor(to / bucketMs) - first + 1);
  const find = (metric: MetricSeries['metric']): MetricSeries | undefined =>
    series.find((one) => one.metric === metric);
  return {
    times: Array.from({ length: count }, (_, index) => ((first + index) * bucketMs) / 1000),
    values(metric, of = 'average') {
      const values: (number | null)[] = Array.from({ length: count }, () => null);
      for (const point of find(metric)?.points ?? []) {
        const at = Math.floor(point.at / bucketMs) - first;
        if (at >= 0 && at < count) values[at] = point[of];
      }
      return values;
    },
    baseline(metric) {
      const known = find(metric)?.baseline ?? null;
      if (known === null) return null;
      // Three robust deviations: what is unusual begins outside.
      const reach = 3 * known.deviation;
      return { low: Math.max(0, known.median - reach), high: known.median + reach };
    },
    unusual: series.flatMap((one) => (one.anomaly === null ? [] : [one.anomaly.text])),
    has: (metric) => (find(metric)?.points.length ?? 0) > 0,
  };
}
