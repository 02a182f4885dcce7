import { average } from '../../../shared/domain/aggregate.ts';
import {
  type AnomalyWatch,
  type Baseline,
  type BaselineRules,
  baselineSchema,
  defaultBaselineRules,
  describeAnomaly,
  deviation,
  emptyBaseline,
  initialAnomalyWatch,
  learn,
  usualAt,
  usualP95,
  watchAnomaly,
} from '../../../shared/domain/baseline.ts';
import { minuteOfDay } from '../../../shared/domain/clock-words.ts';
import { add, emptyHistogram, type Histogram, medianDeviation, merge } from '../../../shared/domain/histogram.ts';
import { type LearnedMetric, learnedMetrics } from '../../../shared/domain/metrics.ts';
import type { MetricStore, Series, StoredBucket } from './metric-store.ts';
import { metricNumber } from './recorder.ts';

const metrics = Object.keys(learnedMetrics) as LearnedMetric[];
const minuteMs = 60_000;
/** What was learned is put away this often; a crash forgets no more. */
const savedEveryMs = 30 * minuteMs;
/** Less was watched than this: nothing is usual yet. */
const rules: BaselineRules = { ...defaultBaselineRules, minimumValues: 30 };
const minimumLearned = 240;

export interface Anomaly {
  readonly series: Series;
  readonly metric: LearnedMetric;
  readonly since: number;
  readonly text: string;
}

/** What is usual for each figure at each hour, learned all the time; and what is not usual just now. */
export interface Habits {
  /** Minutes that are complete, in order. */
  learnMinutes(minutes: readonly StoredBucket[]): void;
  /** Null while unknown. */
  usual(
    series: Series,
    metric: LearnedMetric,
    at: number,
  ): { readonly median: number; readonly deviation: number } | null;
  usualP95(series: Series, metric: LearnedMetric, at: number): number | null;
  anomalies(): Anomaly[];
  /** Puts away what has been waiting long enough, or with `all` everything. */
  save(now: number, all?: boolean): void;
  forget(series: ReadonlySet<number>): void;
}

interface Habit {
  /** Of the hour asked for last: a whole baseline is read from disk when the hour changes, and let go of again. */
  shown: { readonly hour: number; readonly baseline: Baseline } | undefined;
  /** Learned, and not yet put away. All of one hour. */
  pending: { readonly hour: number; readonly at: number; values: Histogram } | undefined;
  savedAt: number;
  watch: AnomalyWatch;
  anomaly: { readonly since: number; readonly text: string } | null;
}

export interface HabitsDeps {
  readonly store: MetricStore;
  readonly utcOffsetMinutes: (at: number) => number;
}

export function createHabits({ store, utcOffsetMinutes }: HabitsDeps): Habits {
  const habits = new Map<number, Map<LearnedMetric, Habit>>();
  const hourOf = (at: number): number => Math.floor(minuteOfDay(at, utcOffsetMinutes(at)) / 60);

  function habitOf(series: number, metric: LearnedMetric): Habit {
    const own = habits.get(series) ?? new Map<LearnedMetric, Habit>();
    habits.set(series, own);
    const found = own.get(metric);
    if (found !== undefined) return found;
    const habit: Habit = {
      shown: undefined,
      pending: undefined,
      savedAt: 0,
      watch: initialAnomalyWatch,
      anomaly: null,
    };
    own.set(metric, habit);
    return habit;
  }

  function stored(series: number, metric: LearnedMetric, at: number): Baseline {
    const text = store.habit(series, metric);
    const parsed = text === undefined ? undefined : baselineSchema.safeParse(JSON.parse(text));
    return parsed?.success === true ? parsed.data : emptyBaseline(at);
  }

  /** With everything that is known of other hours in one of them: all that the rules ask of a baseline at this hour. */
  function at(series: number, metric: LearnedMetric, time: number): Baseline {
    const habit = habitOf(series, metric);
    const hour = hourOf(time);
    if (habit.shown?.hour === hour) return habit.shown.baseline;
    const whole = stored(series, metric, time);
    const blank = emptyBaseline(time);
    const others = [...whole.now, ...whole.before]
      .filter((_, index) => index % 24 !== hour)
      .reduce(merge, emptyHistogram);
    const own = merge(whole.now[hour] ?? emptyHistogram, whole.before[hour] ?? emptyHistogram);
    const baseline = {
      ...blank,
      now: blank.now.with(hour, own).with((hour + 1) % 24, others),
    };
    habit.shown = { hour, baseline };
    return baseline;
  }

  const learned = (baseline: Baseline): number => baseline.now.reduce((sum, { count }) => sum + count, 0);

  function putAway(
    series: number,
    metric: LearnedMetric,
    habit: Habit,
  ): { series: number; metric: string; body: string }[] {
    const { pending } = habit;
    if (pending === undefined || pending.values.count === 0) return [];
    // Learning nothing at that time lets go of the weeks that are too long ago.
    const turned = learn(stored(series, metric, pending.at), Number.NaN, pending.at, utcOffsetMinutes(pending.at));
    const known = turned.now[pending.hour] ?? emptyHistogram;
    const next = { ...turned, now: turned.now.with(pending.hour, merge(known, pending.values)) };
    habit.pending = undefined;
    habit.shown = undefined;
    return [{ series, metric, body: JSON.stringify(next) }];
  }

  function learnOne(series: Series, metric: LearnedMetric, minute: StoredBucket): void {
    const figure = minute.bucket.get(metricNumber(metric));
    if (figure === undefined || figure.count === 0) return;
    const time = minute.at;
    const habit = habitOf(series.id, metric);
    const hour = hourOf(time);
    const baseline = at(series.id, metric, time);
    const offset = utcOffsetMinutes(time);
    const enough = learned(baseline) >= minimumLearned;
    const value = average(figure);
    const found = enough ? deviation(baseline, value, time, offset, rules) : null;
    const { watch, anomalous } = watchAnomaly(habit.watch, found, time, rules);
    habit.watch = watch;
    // Less of anything than usual is no news but for those who wonder: only too much is told.
    const since = watch.since ?? time;
    habit.anomaly =
      anomalous && found !== null && watch.side === 'high'
        ? {
            since,
            text: describeAnomaly(
              {
                metric: learnedMetrics[metric].words,
                service: series.service ?? '',
                unit: learnedMetrics[metric].unit,
              },
              found,
              time + minuteMs - since,
            ),
          }
        : null;
    if (habit.pending !== undefined && habit.pending.hour !== hour) {
      store.saveHabits(putAway(series.id, metric, habit));
      habit.savedAt = time;
    }
    habit.pending ??= { hour, at: time, values: emptyHistogram };
    const values = figure.sketch ?? null;
    habit.pending.values = values === null ? add(habit.pending.values, value) : merge(habit.pending.values, values);
  }

  return {
    learnMinutes(minutes) {
      const byId = new Map(store.allSeries().map((series) => [series.id, series]));
      for (const minute of minutes) {
        const series = byId.get(minute.series);
        if (series === undefined || series.service === null) continue;
        for (const metric of metrics) learnOne(series, metric, minute);
      }
    },
    usual(series, metric, time) {
      const usual = usualAt(at(series.id, metric, time), time, utcOffsetMinutes(time), rules);
      const spread = usual === null ? null : medianDeviation(usual.histogram);
      return spread === null ? null : { median: spread.median, deviation: spread.mad };
    },
    usualP95(series, metric, time) {
      const baseline = at(series.id, metric, time);
      return learned(baseline) < minimumLearned ? null : usualP95(baseline, time, utcOffsetMinutes(time), rules);
    },
    anomalies() {
      return store
        .allSeries()
        .flatMap((series) =>
          [...(habits.get(series.id) ?? [])].flatMap(([metric, { anomaly }]) =>
            anomaly === null ? [] : [{ series, metric, ...anomaly }],
          ),
        );
    },
    save(now, all = false) {
      const rows: { series: number; metric: string; body: string }[] = [];
      for (const [series, own] of habits) {
        for (const [metric, habit] of own) {
          // Each at its own time: not two hundred services in one go.
          if (habit.savedAt === 0) habit.savedAt = now - (series % 30) * minuteMs;
          if (!all && Math.abs(now - habit.savedAt) < savedEveryMs) continue;
          rows.push(...putAway(series, metric, habit));
          habit.savedAt = now;
        }
      }
      store.saveHabits(rows);
    },
    forget(series) {
      for (const id of series) habits.delete(id);
    },
  };
}
