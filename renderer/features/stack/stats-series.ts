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

export interface SparkPoint {
  /** Seconds since the epoch, or any other unit that grows evenly. */
  readonly x: number;
  readonly y: number;
}

/** SVG path data of a line over `[from, to]`, `y` from 0 to `max`, in a box of `width` by `height`. Empty below two points. */
export function sparkPath(
  points: readonly SparkPoint[],
  box: {
    readonly width: number;
    readonly height: number;
    readonly from: number;
    readonly to: number;
    readonly max: number;
  },
): { readonly line: string; readonly area: string } {
  const inside = points.filter((point) => point.x >= box.from && point.x <= box.to);
  const first = inside[0];
  const last = inside.at(-1);
  if (first === undefined || last === undefined || inside.length < 2 || box.max <= 0) return { line: '', area: '' };
  const x = (value: number): string => (((value - box.from) / (box.to - box.from)) * box.width).toFixed(1);
  // Half a line's width is kept free below and above, so that the extremes are not cut.
  const y = (value: number): string =>
    (box.height - 1 - (Math.min(Math.max(value, 0), box.max) / box.max) * (box.height - 2)).toFixed(1);
  const line = inside.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join('');
  return { line, area: `${line}L${x(last.x)} ${box.height}L${x(first.x)} ${box.height}Z` };
}
