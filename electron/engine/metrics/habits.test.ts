import { beforeEach, describe, expect, it } from 'vitest';
import { type Aggregate, measured, timed } from '../../../shared/domain/aggregate.ts';
import { openDatabase } from '../storage/database.ts';
import { createHabits, type Habits } from './habits.ts';
import { createMetricStore, type MetricStore, type Series } from './metric-store.ts';
import { metricNumber } from './recorder.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 1, 4, 8);

let store: MetricStore;
let habits: Habits;
let db: Series;
let now = start;

beforeEach(() => {
  store = createMetricStore(openDatabase(':memory:'));
  habits = createHabits({ store, utcOffsetMinutes: () => 60 });
  db = store.series({ environmentId: 'shop/main', service: 'db' }, 'development');
  now = start;
});

function live(minutes: number, memory: (at: number) => number, latency?: (at: number) => number): void {
  for (const end = now + minutes * minute; now < end; now += minute) {
    const bucket = new Map<number, Aggregate>([[metricNumber('memory_bytes'), measured(memory(now))]]);
    if (latency !== undefined) bucket.set(metricNumber('probe_latency_ms'), timed(latency(now)));
    habits.learnMinutes([{ at: now, series: db.id, bucket }]);
    habits.save(now);
  }
}

const usual = (at: number): number => 300e6 + ((at / minute) % 7) * 3e6;

describe('habits', () => {
  it('tell what is unusual once it lasts, and in words', () => {
    live(24 * 60, usual);
    expect(habits.anomalies()).toEqual([]);
    live(2, () => 900e6);
    expect(habits.anomalies()).toEqual([]);
    live(2, () => 900e6);
    const [found] = habits.anomalies();
    expect(found).toMatchObject({ metric: 'memory_bytes', series: { service: 'db' }, since: start + 24 * hour });
    expect(found?.text).toBe(
      'Memory of db has been 858 MB for 4 minutes; between 09:00 and 10:00 it is usually 286 MB to 303 MB.',
    );
    live(1, usual);
    expect(habits.anomalies()).toEqual([]);
  });

  it('say nothing as long as nothing is known, and nothing of too little', () => {
    live(60, usual);
    live(5, () => 5e9);
    expect(habits.anomalies()).toEqual([]);
    live(24 * 60, usual);
    live(10, () => 1000);
    expect(habits.anomalies()).toEqual([]);
  });

  it('are not taught by a gap', () => {
    live(24 * 60, usual);
    live(1, () => 900e6);
    now += 10 * minute;
    live(1, () => 900e6);
    expect(habits.anomalies()).toEqual([]);
  });

  it('know the usual latency of each hour', () => {
    // Slow at noon, every day.
    const latency = (at: number): number => (Math.floor(at / hour) % 24 === 11 ? 200 : 10);
    expect(habits.usualP95(db, 'probe_latency_ms', now)).toBeNull();
    live(4 * 24 * 60, usual, latency);
    const day = Date.UTC(2026, 1, 9);
    expect(habits.usualP95(db, 'probe_latency_ms', day + 11.5 * hour)).toBeCloseTo(200, -1);
    expect(habits.usualP95(db, 'probe_latency_ms', day + 9.5 * hour)).toBeCloseTo(10, 0);
    expect(habits.usual(db, 'memory_bytes', day)?.median).toBeCloseTo(309e6, -7);
  });

  it('outlive the engine, but for the last half hour', () => {
    live(24 * 60, usual);
    const after = createHabits({ store, utcOffsetMinutes: () => 60 });
    expect(after.usual(db, 'memory_bytes', now)).toEqual(habits.usual(db, 'memory_bytes', now));
    habits.save(now, true);
    const [row] = [store.habit(db.id, 'memory_bytes')];
    const learned = JSON.parse(row ?? '{}') as Record<'now' | 'before', { count: number }[]>;
    expect([...learned.now, ...learned.before].reduce((sum, { count }) => sum + count, 0)).toBe(24 * 60);
  });
});
