import { fineKeptMs, hoursKeptDays, keptBuckets, minutesKeptMs } from '../../../shared/domain/aggregate.ts';
import { type MetricStore, mergeBuckets, type StoredBucket } from './metric-store.ts';

const [, minuteMs, hourMs] = keptBuckets;
const dayMs = 24 * hourMs;
/** Series that are rolled up or pruned before others get their turn. */
const atOnce = 20;
/** When the file is too large, ten-second buckets go first, but for these last minutes. */
const fineAlwaysMs = 10 * minuteMs;
const sparedRows = 2000;

export interface RollUpOptions {
  /** Of the whole file. Default 200 MB. */
  readonly maxBytes?: number;
  /** Lets others have their turn. */
  readonly breathe: () => Promise<void>;
}

/** Makes minutes of ten seconds and hours of minutes, and forgets what is old. */
export interface RollUps {
  /** Ten-second buckets were written, the earliest at `at`: what was made of them before is made anew. */
  touched(at: number): void;
  /** Gives the minutes it completed, in order. Cut short anywhere it is finished by the next call. */
  advance(now: number): Promise<StoredBucket[]>;
  prune(now: number): Promise<void>;
  /** Drops the oldest fine figures until the file is small enough. */
  shrink(now: number): void;
}

const floor = (at: number, width: number): number => Math.floor(at / width) * width;

export function createRollUps(store: MetricStore, { maxBytes = 200e6, breathe }: RollUpOptions): RollUps {
  function rollMinutes(now: number): StoredBucket[] {
    const end = floor(now, minuteMs);
    const completed: StoredBucket[] = [];
    let until = store.rolledUntil(minuteMs);
    for (;;) {
      const next = store.nextFine(until);
      if (next === null || next >= end) break;
      const from = floor(next, minuteMs);
      const minutes = mergeBySeries(store.fine(from, from + minuteMs), from);
      store.writeRolled(minuteMs, minutes);
      completed.push(...minutes);
      until = from + minuteMs;
      store.setRolledUntil(minuteMs, until);
    }
    if (until < end) store.setRolledUntil(minuteMs, end);
    return completed;
  }

  async function rollHours(now: number): Promise<void> {
    const end = floor(Math.min(now, store.rolledUntil(minuteMs)), hourMs);
    const from = Math.max(store.rolledUntil(hourMs), floor(now - minutesKeptMs, hourMs));
    if (from >= end) return;
    for (const [index, { id }] of store.allSeries().entries()) {
      if (index % atOnce === atOnce - 1) await breathe();
      const minutes = store.rolled(minuteMs, id, from, end);
      const hours = new Map<number, StoredBucket[]>();
      for (const each of minutes) {
        const hour = floor(each.at, hourMs);
        hours.set(hour, [...(hours.get(hour) ?? []), each]);
      }
      const merged = [...hours].flatMap(([hour, parts]) => mergeBySeries(parts, hour));
      if (merged.length > 0) store.writeRolled(hourMs, merged);
    }
    store.setRolledUntil(hourMs, end);
  }

  return {
    touched(at) {
      for (const width of [minuteMs, hourMs]) {
        if (at < store.rolledUntil(width)) store.setRolledUntil(width, floor(at, width));
      }
    },
    async advance(now) {
      const minutes = rollMinutes(now);
      await rollHours(now);
      return minutes;
    },
    async prune(now) {
      while (store.dropFine(now - fineKeptMs, sparedRows) > 0) await breathe();
      for (const [index, series] of store.allSeries().entries()) {
        if (index % atOnce === atOnce - 1) await breathe();
        store.dropRolled(minuteMs, series.id, now - minutesKeptMs);
        store.dropRolled(hourMs, series.id, now - hoursKeptDays[series.class] * dayMs);
      }
    },
    shrink(now) {
      const drops = [
        () => store.dropFine(now - fineAlwaysMs, sparedRows),
        () => store.dropOldestRolled(minuteMs, sparedRows),
        () => store.dropOldestRolled(hourMs, sparedRows),
      ];
      for (const drop of drops) {
        while (store.bytes() > maxBytes && drop() > 0);
        if (store.bytes() <= maxBytes) return;
      }
    },
  };
}

/** One bucket per series of all that fell into it. */
export function mergeBySeries(buckets: readonly StoredBucket[], at: number): StoredBucket[] {
  const merged = new Map<number, StoredBucket>();
  for (const { series, bucket } of buckets) {
    const known = merged.get(series);
    merged.set(series, { at, series, bucket: known === undefined ? bucket : mergeBuckets(known.bucket, bucket) });
  }
  return [...merged.values()];
}
