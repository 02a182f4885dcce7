import { type Aggregate, keptBuckets, mergeAggregates } from '../../../shared/domain/aggregate.ts';
import {
  type HostMetric,
  hostMetrics,
  type MetricName,
  type ServiceMetric,
  serviceMetrics,
} from '../../../shared/domain/metrics.ts';
import type { StoredBucket } from './metric-store.ts';

const [fineMs] = keptBuckets;

/** A metric's number in stored buckets. Services and the host count apart. */
export const metricNumber = (metric: MetricName): number => {
  const own = serviceMetrics.indexOf(metric as ServiceMetric);
  return own === -1 ? hostMetrics.indexOf(metric as HostMetric) : own;
};

/** Gathers figures of the last seconds, until they are written. */
export interface Recorder {
  record(series: number, metric: MetricName, at: number, figure: Aggregate): void;
  /** Takes out the buckets that are over by `now`, oldest first. */
  take(now: number): StoredBucket[];
  /** Drops what was gathered of these. */
  forget(series: ReadonlySet<number>): void;
}

export function createRecorder(): Recorder {
  const open = new Map<number, Map<number, Map<number, Aggregate>>>();
  return {
    record(series, metric, at, figure) {
      if (!Number.isFinite(figure.sum) || figure.count <= 0) return;
      const bucketAt = Math.floor(at / fineMs) * fineMs;
      const bySeries = open.get(bucketAt) ?? new Map<number, Map<number, Aggregate>>();
      const bucket = bySeries.get(series) ?? new Map<number, Aggregate>();
      const number = metricNumber(metric);
      const known = bucket.get(number);
      bucket.set(number, known === undefined ? figure : mergeAggregates(known, figure));
      bySeries.set(series, bucket);
      open.set(bucketAt, bySeries);
    },
    take(now) {
      // A clock that was set back leaves buckets in the future; they are over too.
      const over = [...open.keys()].filter((at) => at + fineMs <= now || at > now).sort((a, b) => a - b);
      return over.flatMap((at) => {
        const bySeries = open.get(at) ?? new Map<number, Map<number, Aggregate>>();
        open.delete(at);
        return [...bySeries].map(([series, bucket]) => ({ at, series, bucket }));
      });
    },
    forget(series) {
      for (const bySeries of open.values()) for (const id of series) bySeries.delete(id);
    },
  };
}
