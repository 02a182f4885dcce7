import { type Aggregate, keptBuckets, mergeAggregates } from '../../../shared/domain/aggregate.ts';
import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import type { Database } from '../storage/database.ts';
import { type Bucket, decodeBucket, encodeBucket } from './bucket-codec.ts';

/** Whose figures: null, null is the host's. */
export interface SeriesKey {
  readonly environmentId: string | null;
  readonly service: string | null;
}

export interface Series extends SeriesKey {
  readonly id: number;
  readonly class: EnvironmentClass;
}

export interface StoredBucket {
  readonly at: number;
  readonly series: number;
  readonly bucket: Bucket;
}

/** Buckets of figures on disk, one row per service and bucket with all its metrics. Times in ms since the epoch. */
export interface MetricStore {
  /** Makes the series when there is none. */
  series(key: SeriesKey, environmentClass: EnvironmentClass): Series;
  allSeries(): Series[];
  /** Writes ten-second buckets, all or none. What is there already is added to. */
  write(buckets: readonly StoredBucket[]): void;
  /** Ten-second buckets from `from` to before `to`, by time. `series` empty: of all. */
  fine(from: number, to: number, series?: ReadonlySet<number>): StoredBucket[];
  /** The first ten-second bucket at or after; null without any. */
  nextFine(at: number): number | null;
  rolled(widthMs: number, series: number, from: number, to: number): StoredBucket[];
  /** Replaces. */
  writeRolled(widthMs: number, buckets: readonly StoredBucket[]): void;
  /** Up to when the buckets of that width are complete; 0 without any. */
  rolledUntil(widthMs: number): number;
  setRolledUntil(widthMs: number, until: number): void;
  habit(series: number, metric: string): string | undefined;
  saveHabits(rows: readonly { readonly series: number; readonly metric: string; readonly body: string }[]): void;
  /** At most `limit` rows of what is older; returns how many went. */
  dropFine(before: number, limit: number): number;
  dropRolled(widthMs: number, series: number, before: number): number;
  /** The oldest `count` rows of that width over all services. */
  dropOldestRolled(widthMs: number, count: number): number;
  forget(environmentId: string): void;
  /** Forgets series that have no rolled-up bucket left and that `active` does not name. */
  dropEmptySeries(active: ReadonlySet<number>): void;
  /** Pages in use of the whole file. */
  bytes(): number;
  rows(): { readonly fine: number; readonly rolled: number };
}

interface BucketRow {
  readonly at_ms: number;
  readonly series: number;
  readonly body: Uint8Array;
}

const stored = ({ at_ms, series, body }: BucketRow): StoredBucket => ({
  at: at_ms,
  series,
  bucket: decodeBucket(body),
});

export function mergeBuckets(a: Bucket, b: Bucket): Map<number, Aggregate> {
  const merged = new Map(a);
  for (const [metric, each] of b) {
    const known = merged.get(metric);
    merged.set(metric, known === undefined ? each : mergeAggregates(known, each));
  }
  return merged;
}

export function createMetricStore(database: Database): MetricStore {
  const prepare = (sql: string) => database.prepare(sql);
  const known = new Map<string, Series>();
  const keyOf = ({ environmentId, service }: SeriesKey): string => `${environmentId ?? ''}\n${service ?? ''}`;
  for (const row of prepare('SELECT id, environment_id, service, class FROM metric_series').all() as SeriesRow[]) {
    const series: Series = {
      id: row.id,
      environmentId: row.environment_id === '' ? null : row.environment_id,
      service: row.service === '' ? null : row.service,
      class: row.class as EnvironmentClass,
    };
    known.set(keyOf(series), series);
  }
  const addSeries = prepare('INSERT INTO metric_series (environment_id, service, class) VALUES (?, ?, ?)');
  const setClass = prepare('UPDATE metric_series SET class = ? WHERE id = ?');
  const insertFine = prepare('INSERT OR REPLACE INTO metric_fine (at_ms, series, body) VALUES (?, ?, ?)');
  const getFine = prepare('SELECT at_ms, series, body FROM metric_fine WHERE at_ms = ? AND series = ?');
  const lastFine = prepare('SELECT MAX(at_ms) AS at FROM metric_fine');
  const nextFine = prepare('SELECT MIN(at_ms) AS at FROM metric_fine WHERE at_ms >= ?');
  const rangeFine = prepare(
    'SELECT at_ms, series, body FROM metric_fine WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, series',
  );
  const insertRolled = prepare(
    'INSERT OR REPLACE INTO metric_rolled (width_ms, series, at_ms, body) VALUES (?, ?, ?, ?)',
  );
  const rangeRolled = prepare(
    'SELECT at_ms, series, body FROM metric_rolled WHERE width_ms = ? AND series = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms',
  );
  const getUntil = prepare('SELECT until_ms FROM metric_rolled_until WHERE width_ms = ?');
  const setUntil = prepare('INSERT OR REPLACE INTO metric_rolled_until (width_ms, until_ms) VALUES (?, ?)');
  const getHabit = prepare('SELECT body FROM metric_habits WHERE series = ? AND metric = ?');
  const setHabit = prepare('INSERT OR REPLACE INTO metric_habits (series, metric, body) VALUES (?, ?, ?)');
  const dropFine = prepare(
    'DELETE FROM metric_fine WHERE (at_ms, series) IN (SELECT at_ms, series FROM metric_fine WHERE at_ms < ? ORDER BY at_ms LIMIT ?)',
  );
  const dropRolled = prepare('DELETE FROM metric_rolled WHERE width_ms = ? AND series = ? AND at_ms < ?');
  const dropOldest = prepare(
    'DELETE FROM metric_rolled WHERE width_ms = ?1 AND (series, at_ms) IN (SELECT series, at_ms FROM metric_rolled WHERE width_ms = ?1 ORDER BY at_ms LIMIT ?2)',
  );
  const widths = keptBuckets.slice(1).join(', ');
  const anyRolled = prepare(`SELECT 1 FROM metric_rolled WHERE width_ms IN (${widths}) AND series = ? LIMIT 1`);
  const dropAll = [
    'DELETE FROM metric_fine WHERE series = ?',
    `DELETE FROM metric_rolled WHERE width_ms IN (${widths}) AND series = ?`,
    'DELETE FROM metric_habits WHERE series = ?',
    'DELETE FROM metric_series WHERE id = ?',
  ].map(prepare);
  const changesOf = (result: { changes: number | bigint }): number => Number(result.changes);

  function transaction(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  /** All of it: the number of a series may be given again. */
  function dropSeries(gone: readonly Series[]): void {
    if (gone.length === 0) return;
    transaction(() => {
      for (const each of gone) for (const drop of dropAll) drop.run(each.id);
    });
    for (const each of gone) known.delete(keyOf(each));
  }

  return {
    series(key, environmentClass) {
      const found = known.get(keyOf(key));
      if (found?.class === environmentClass) return found;
      if (found !== undefined) setClass.run(environmentClass, found.id);
      const id =
        found?.id ??
        Number(addSeries.run(key.environmentId ?? '', key.service ?? '', environmentClass).lastInsertRowid);
      const series = { id, environmentId: key.environmentId, service: key.service, class: environmentClass };
      known.set(keyOf(key), series);
      return series;
    },
    allSeries: () => [...known.values()],
    write(buckets) {
      const last = (lastFine.get() as { at: number | null }).at ?? Number.NEGATIVE_INFINITY;
      transaction(() => {
        for (const { at, series, bucket } of buckets) {
          const old = at > last ? undefined : (getFine.get(at, series) as BucketRow | undefined);
          const whole = old === undefined ? bucket : mergeBuckets(decodeBucket(old.body), bucket);
          insertFine.run(at, series, encodeBucket(whole));
        }
      });
    },
    fine(from, to, series) {
      const found: StoredBucket[] = [];
      for (const row of rangeFine.iterate(from, to) as Iterable<BucketRow>) {
        if (series === undefined || series.has(row.series)) found.push(stored(row));
      }
      return found;
    },
    nextFine: (at) => (nextFine.get(at) as { at: number | null }).at,
    rolled: (widthMs, series, from, to) => (rangeRolled.all(widthMs, series, from, to) as BucketRow[]).map(stored),
    writeRolled(widthMs, buckets) {
      transaction(() => {
        for (const { at, series, bucket } of buckets) insertRolled.run(widthMs, series, at, encodeBucket(bucket));
      });
    },
    rolledUntil: (widthMs) => (getUntil.get(widthMs) as { until_ms: number } | undefined)?.until_ms ?? 0,
    setRolledUntil: (widthMs, until) => void setUntil.run(widthMs, Math.max(0, until)),
    habit: (series, metric) => (getHabit.get(series, metric) as { body: string } | undefined)?.body,
    saveHabits(rows) {
      if (rows.length === 0) return;
      transaction(() => {
        for (const { series, metric, body } of rows) setHabit.run(series, metric, body);
      });
    },
    dropFine: (before, limit) => changesOf(dropFine.run(before, limit)),
    dropRolled: (widthMs, series, before) => changesOf(dropRolled.run(widthMs, series, before)),
    dropOldestRolled: (widthMs, count) => changesOf(dropOldest.run(widthMs, count)),
    forget(environmentId) {
      dropSeries([...known.values()].filter((each) => each.environmentId === environmentId));
    },
    dropEmptySeries(active) {
      dropSeries([...known.values()].filter(({ id }) => !active.has(id) && anyRolled.get(id) === undefined));
    },
    bytes() {
      const pragma = (name: string): number =>
        Object.values(prepare(`PRAGMA ${name}`).get() as Record<string, number>)[0] ?? 0;
      return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
    },
    rows() {
      const count = (table: string): number => (prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number }).n;
      return { fine: count('metric_fine'), rolled: count('metric_rolled') };
    },
  };
}

interface SeriesRow {
  readonly id: number;
  readonly environment_id: string;
  readonly service: string;
  readonly class: string;
}
