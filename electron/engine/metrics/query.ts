import type { MetricPoint, MetricSeries } from '../../../shared/contract/metrics.ts';
import {
  type Aggregate,
  average,
  bucketFor,
  keptBuckets,
  mergeAggregates,
  quantilesOf,
  sourceOf,
} from '../../../shared/domain/aggregate.ts';
import { hostMetrics, isLearned, type MetricName, metricKind, serviceMetrics } from '../../../shared/domain/metrics.ts';
import type { Anomaly, Habits } from './habits.ts';
import type { MetricStore, Series, StoredBucket } from './metric-store.ts';
import { metricNumber } from './recorder.ts';

const [, minuteMs, hourMs] = keptBuckets;
/** Of all series together: a window shows hundreds of services as sparklines, one of them in full. */
const mostPoints = 200_000;
/** Ten-second buckets hold all services, by time: a long time is read in pieces. */
const sliceMs = 10 * minuteMs;

export interface Query {
  readonly environmentId: string | null;
  readonly services?: readonly string[] | undefined;
  readonly metrics: readonly MetricName[];
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

export interface QueryDeps {
  readonly store: MetricStore;
  readonly habits: Habits;
  readonly now: () => number;
  readonly breathe: () => Promise<void>;
}

export type QueryMetrics = (query: Query, signal: AbortSignal) => Promise<{ bucketMs: number; series: MetricSeries[] }>;

/** Answers from the finest buckets that are kept and fit; what is not rolled up yet is put together from finer ones. */
export function createQuery({ store, habits, now, breathe }: QueryDeps): QueryMetrics {
  /** Everything between the two, from the coarsest buckets that may be, each in one place only. */
  async function* read(
    series: ReadonlyMap<number, Series>,
    source: number,
    from: number,
    to: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredBucket[]> {
    const floor = (at: number, width: number): number => Math.floor(at / width) * width;
    let at = floor(from, source);
    for (const width of [hourMs, minuteMs] as const) {
      if (width > source) continue;
      const until = Math.min(to, floor(store.rolledUntil(width), width));
      if (until <= at) continue;
      for (const id of series.keys()) {
        signal.throwIfAborted();
        yield store.rolled(width, id, at, until);
        await breathe();
      }
      at = until;
    }
    const wanted = new Set(series.keys());
    // Beyond the last that was written there is nothing: no need to walk through a time without end.
    for (let next = store.nextFine(at); next !== null && next < to; next = store.nextFine(at)) {
      signal.throwIfAborted();
      at = Math.min(to, next + sliceMs);
      yield store.fine(next, at, wanted);
      await breathe();
    }
  }

  return async ({ environmentId, services, metrics, from, to, points }, signal) => {
    const own: readonly MetricName[] = environmentId === null ? hostMetrics : serviceMetrics;
    const asked = [...new Set(metrics)].filter((metric) => own.includes(metric));
    const series = new Map(
      store
        .allSeries()
        .filter((each) => each.environmentId === environmentId)
        .filter((each) => services === undefined || each.service === null || services.includes(each.service))
        .map((each) => [each.id, each]),
    );
    const each = Math.floor(mostPoints / Math.max(1, series.size * asked.length));
    const bucketMs = bucketFor(from, to, Math.max(2, Math.min(points, each)), now());
    const shown = new Map<string, Map<number, Aggregate>>();
    if (to > from && series.size > 0 && asked.length > 0) {
      for await (const buckets of read(series, sourceOf(bucketMs), from, to, signal)) {
        for (const { at, series: id, bucket } of buckets) {
          for (const metric of asked) {
            const aggregate = bucket.get(metricNumber(metric));
            if (aggregate === undefined) continue;
            const key = `${id} ${metric}`;
            const points = shown.get(key) ?? new Map<number, Aggregate>();
            shown.set(key, points);
            const begin = Math.floor(at / bucketMs) * bucketMs;
            const known = points.get(begin);
            points.set(begin, known === undefined ? aggregate : mergeAggregates(known, aggregate));
          }
        }
      }
    }
    const unusual = habits.anomalies();
    return {
      bucketMs,
      series: [...series.values()].flatMap((each) =>
        asked.map((metric) => ({
          metric,
          service: each.service,
          points: [...(shown.get(`${each.id} ${metric}`) ?? [])]
            .sort(([a], [b]) => a - b)
            .map(([at, aggregate]) => point(metric, at, aggregate)),
          baseline: isLearned(metric) ? habits.usual(each, metric, Math.min(to, now())) : null,
          anomaly: anomalyOf(unusual, each, metric),
        })),
      ),
    };
  };
}

function anomalyOf(all: readonly Anomaly[], series: Series, metric: MetricName): MetricSeries['anomaly'] {
  const found = all.find((each) => each.series.id === series.id && each.metric === metric);
  return found === undefined ? null : { since: found.since, text: found.text };
}

function point(metric: MetricName, at: number, aggregate: Aggregate): MetricPoint {
  return {
    at,
    average: metricKind(metric) === 'count' ? aggregate.sum : average(aggregate),
    min: aggregate.min,
    max: aggregate.max,
    ...quantilesOf(aggregate.sketch),
  };
}
