import { z } from 'zod';
import { clockTime, latencyAmount, memoryAmount, minuteOfDay, span } from './clock-words.ts';
import { add, emptyHistogram, type Histogram, histogramSchema, medianDeviation, merge, quantile } from './histogram.ts';

const hours = 24;
const weekMs = 7 * 86_400_000;

/** What is usual for one figure of one service, per hour of the local day: this week and the one before. */
export const baselineSchema = z.object({
  /** Number of the week that `now` is about. */
  week: z.number().int(),
  now: z.array(histogramSchema).length(hours).readonly(),
  before: z.array(histogramSchema).length(hours).readonly(),
});
export type Baseline = Readonly<z.infer<typeof baselineSchema>>;

const blank: readonly Histogram[] = Array.from({ length: hours }, () => emptyHistogram);

export interface BaselineRules {
  /** Robust z-score from which a value is unusual; 3.5 is Iglewicz and Hoaglin's (1993). */
  readonly unusualAt: number;
  readonly sustainedMs: number;
  /** Fewer values than this are no habit; then all hours together are asked. */
  readonly minimumValues: number;
  /** The spread is taken to be at least this share of the median: what hardly ever varies is not unusual at +1 %. */
  readonly minimumSpread: number;
}

export const defaultBaselineRules: BaselineRules = {
  unusualAt: 3.5,
  sustainedMs: 120_000,
  minimumValues: 30,
  minimumSpread: 0.05,
};

export const emptyBaseline = (at: number): Baseline => ({ week: Math.floor(at / weekMs), now: blank, before: blank });

const hourOf = (at: number, utcOffsetMinutes: number): number => Math.floor(minuteOfDay(at, utcOffsetMinutes) / 60);

/** Learns a value measured at `at`. With a new week the one before the last is forgotten. */
export function learn(baseline: Baseline, value: number, at: number, utcOffsetMinutes: number): Baseline {
  if (!Number.isFinite(at)) return baseline;
  const week = Math.floor(at / weekMs);
  // A clock that was set back goes on with the week there is.
  const { now, before } =
    week <= baseline.week ? baseline : { now: blank, before: week === baseline.week + 1 ? baseline.now : blank };
  const hour = hourOf(at, utcOffsetMinutes);
  return {
    week: Math.max(week, baseline.week),
    now: now.with(hour, add(now[hour] ?? emptyHistogram, value)),
    before,
  };
}

/** What is usual at this hour, or at any where this hour is not known well enough; null while neither is. */
export function usualAt(
  baseline: Baseline,
  at: number,
  utcOffsetMinutes: number,
  rules: BaselineRules = defaultBaselineRules,
): { readonly histogram: Histogram; readonly hour: number | null } | null {
  const hour = hourOf(at, utcOffsetMinutes);
  const own = merge(baseline.now[hour] ?? emptyHistogram, baseline.before[hour] ?? emptyHistogram);
  if (own.count >= rules.minimumValues) return { histogram: own, hour };
  const all = [...baseline.now, ...baseline.before].reduce(merge, emptyHistogram);
  return all.count >= rules.minimumValues ? { histogram: all, hour: null } : null;
}

/** The usual p95 at this hour, for `HealthRules.latency.baselineMs`; null while unknown. */
export function usualP95(
  baseline: Baseline,
  at: number,
  utcOffsetMinutes: number,
  rules: BaselineRules = defaultBaselineRules,
): number | null {
  const usual = usualAt(baseline, at, utcOffsetMinutes, rules);
  return usual === null ? null : quantile(usual.histogram, 0.95);
}

export interface Deviation {
  /** Robust z-score: how many usual spreads above (or, negative, below) the usual value it is. */
  readonly score: number;
  readonly value: number;
  readonly median: number;
  /** The middle four fifths of what is usual. */
  readonly usual: readonly [number, number];
  /** Null: compared with all hours. */
  readonly hour: number | null;
}

/** How far a value is from what is usual; null while nothing is known. 0.6745 makes the MAD of a normal distribution its σ. */
export function deviation(
  baseline: Baseline,
  value: number,
  at: number,
  utcOffsetMinutes: number,
  rules: BaselineRules = defaultBaselineRules,
): Deviation | null {
  const usual = usualAt(baseline, at, utcOffsetMinutes, rules);
  const spread = usual === null ? null : medianDeviation(usual.histogram);
  if (usual === null || spread === null || !Number.isFinite(value)) return null;
  const mad = Math.max(spread.mad, rules.minimumSpread * spread.median, 1e-9);
  return {
    score: (0.6745 * (value - spread.median)) / mad,
    value,
    median: spread.median,
    usual: [quantile(usual.histogram, 0.1) ?? 0, quantile(usual.histogram, 0.9) ?? 0],
    hour: usual.hour,
  };
}

/** Whether a figure has been unusual for long enough. Plain data. */
export interface AnomalyWatch {
  readonly side: 'high' | 'low' | null;
  readonly since: number | null;
  readonly at: number;
}

export const initialAnomalyWatch: AnomalyWatch = { side: null, since: null, at: 0 };

/** Readings further apart than this were not continuous: a sleep lies between them. */
const continuousMs = 90_000;

/** Follows a figure. `anomalous` once it stayed unusual on one side for `sustainedMs`, seen all the while. */
export function watchAnomaly(
  watch: AnomalyWatch,
  found: Deviation | null,
  at: number,
  rules: BaselineRules = defaultBaselineRules,
): { readonly watch: AnomalyWatch; readonly anomalous: boolean } {
  const side = found === null || Math.abs(found.score) < rules.unusualAt ? null : found.score > 0 ? 'high' : 'low';
  const goesOn = side !== null && side === watch.side && at >= watch.at && at - watch.at <= continuousMs;
  const since = side === null ? null : goesOn ? (watch.since ?? at) : at;
  return { watch: { side, since, at }, anomalous: since !== null && at - since >= rules.sustainedMs };
}

export type AnomalyUnit = 'bytes' | 'ms' | 'percent' | 'ratio' | 'per-minute' | 'count';

function amount(value: number, unit: AnomalyUnit): string {
  switch (unit) {
    case 'bytes':
      return memoryAmount(value);
    case 'ms':
      return latencyAmount(value);
    case 'percent':
      return `${Math.round(value)} %`;
    case 'ratio':
      return `${Math.round(value * 100)} %`;
    case 'per-minute':
      return `${Number(value.toPrecision(2))} a minute`;
    case 'count':
      return String(Number(value.toPrecision(3)));
  }
}

/** `Memory of db has been 640 MB for 3 minutes; between 14:00 and 15:00 it is usually 310 MB to 350 MB.` */
export function describeAnomaly(
  of: { readonly metric: string; readonly service: string; readonly unit: AnomalyUnit },
  found: Deviation,
  lastedMs: number,
): string {
  const [low, high] = found.usual.map((value) => amount(value, of.unit));
  const hourMs = 3_600_000;
  const when =
    found.hour === null
      ? 'it'
      : `between ${clockTime(found.hour * hourMs, 0)} and ${clockTime((found.hour + 1) * hourMs, 0)} it`;
  const usual = low === high ? `${low}` : `${low} to ${high}`;
  return `${of.metric} of ${of.service} has been ${amount(found.value, of.unit)} for ${span(lastedMs)}; ${when} is usually ${usual}.`;
}
