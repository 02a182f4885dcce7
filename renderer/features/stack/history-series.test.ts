import { expect, it } from 'vitest';
import type { MetricSeries } from '../../../shared/contract/metrics.ts';
import { historyOf } from './history-series.ts';

const point = (at: number, average: number): MetricSeries['points'][number] => ({
  at,
  average,
  min: average,
  max: average,
  p50: null,
  p95: average * 2,
  p99: null,
});
const series: MetricSeries[] = [
  {
    metric: 'cpu_percent',
    service: 'api',
    points: [point(10_000, 1), point(20_000, 2), point(50_000, 5)],
    baseline: { median: 4, deviation: 2 },
    anomaly: null,
  },
];

it('leaves a gap where nothing was measured', () => {
  const history = historyOf(series, 10_000, 10_000, 50_000);
  expect(history.times).toEqual([10, 20, 30, 40, 50]);
  expect(history.values('cpu_percent')).toEqual([1, 2, null, null, 5]);
  expect(history.values('cpu_percent', 'p95')).toEqual([2, 4, null, null, 10]);
});

it('never puts what is usual below nothing, and says what it does not have', () => {
  const history = historyOf(series, 10_000, 10_000, 50_000);
  expect(history.baseline('cpu_percent')).toEqual({ low: 0, high: 10 });
  expect(history.baseline('memory_bytes')).toBeNull();
  expect([history.has('cpu_percent'), history.has('memory_bytes')]).toEqual([true, false]);
});
