import type { MetricSeries } from '../../../shared/contract/metrics.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';

/** How far back the charts reach, ms. */
export const span = 10 * 60_000;
/** Samples kept per service, whatever the sampling period. */
const most = 1200;

export interface StatsSeries {
  add(samples: readonly StatsSample[]): void;
  of(service: string): readonly StatsSample[];
  latest(service: string): StatsSample | null;
  clear(): void;
}

/** The last ten minutes of samples per service, in order of time, without doubles. */
export function createStatsSeries(): StatsSeries {
  const series = new Map<string, StatsSample[]>();
  return {
    add(samples) {
      const touched = new Set<string>();
      for (const sample of samples) {
        const list = series.get(sample.service);
        const last = list?.at(-1);
        if (list === undefined) series.set(sample.service, [sample]);
        else if (last === undefined || sample.at > last.at) list.push(sample);
        else if (!list.some((one) => one.at === sample.at)) {
          list.push(sample);
          list.sort((a, b) => (a.at < b.at ? -1 : 1));
        }
        touched.add(sample.service);
      }
      for (const service of touched) {
        const list = series.get(service) ?? [];
        const newest = Date.parse(list.at(-1)?.at ?? '');
        // A new array, so that what was handed out before stays as it was.
        series.set(service, list.filter((one) => Date.parse(one.at) > newest - span).slice(-most));
      }
    },
    of: (service) => series.get(service) ?? [],
    latest: (service) => series.get(service)?.at(-1) ?? null,
    clear: () => series.clear(),
  };
}

/** Kept figures as samples. Counters are not kept: NaN, which no rate comes of. */
export function pastSamples(environmentId: string, past: readonly MetricSeries[]): readonly StatsSample[] {
  const found = new Map<string, StatsSample>();
  for (const { service, metric, points } of past) {
    if (service === null) continue;
    for (const point of points) {
      const at = new Date(point.at).toISOString();
      const key = `${service} ${at}`;
      const known = found.get(key) ?? {
        at,
        environmentId,
        service,
        cpuPercent: 0,
        memoryBytes: 0,
        memoryLimitBytes: null,
        networkRxBytes: Number.NaN,
        networkTxBytes: Number.NaN,
        blockReadBytes: Number.NaN,
        blockWriteBytes: Number.NaN,
        pids: 0,
      };
      found.set(key, {
        ...known,
        ...(metric === 'cpu_percent' ? { cpuPercent: point.average } : {}),
        ...(metric === 'memory_bytes' ? { memoryBytes: point.average } : {}),
      });
    }
  }
  return [...found.values()];
}

/**
 * Per second, from counters that only grow: one value per sample, null for the first and wherever the counter went back
 * (the container was started anew).
 */
export function rates(samples: readonly StatsSample[], counter: (sample: StatsSample) => number): (number | null)[] {
  return samples.map((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined) return null;
    const seconds = (Date.parse(sample.at) - Date.parse(before.at)) / 1000;
    const grown = counter(sample) - counter(before);
    return seconds > 0 && grown >= 0 ? grown / seconds : null;
  });
}

/**
 * Means over `count` equal parts of the last ten minutes, oldest first, starting with the first part that has a sample.
 * A part without one repeats the part before it: the sampling pauses, the service does not.
 */
export function buckets(
  samples: readonly StatsSample[],
  value: (sample: StatsSample) => number,
  count: number,
): readonly number[] {
  const newest = samples.at(-1);
  if (newest === undefined) return [];
  const end = Date.parse(newest.at);
  const sums = Array.from({ length: count }, () => ({ sum: 0, n: 0 }));
  for (const sample of samples) {
    const part = count - 1 - Math.floor(((end - Date.parse(sample.at)) / span) * count);
    const bucket = sums[part];
    if (bucket === undefined) continue;
    bucket.sum += value(sample);
    bucket.n += 1;
  }
  const values: number[] = [];
  for (const { sum, n } of sums) {
    if (n > 0) values.push(sum / n);
    else if (values.length > 0) values.push(values.at(-1) as number);
  }
  return values;
}
