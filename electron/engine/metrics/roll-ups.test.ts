import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Aggregate, measured, mergeAggregates, timed } from '../../../shared/domain/aggregate.ts';
import { openDatabase } from '../storage/database.ts';
import { createMetricStore, type MetricStore } from './metric-store.ts';
import { createRecorder, metricNumber } from './recorder.ts';
import { createRollUps } from './roll-ups.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 1, 4, 8);
const breathe = async (): Promise<void> => undefined;

function bed(maxBytes?: number) {
  const database = openDatabase(':memory:');
  const store = createMetricStore(database);
  const rolls = createRollUps(store, { breathe, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const recorder = createRecorder();
  const { id } = store.series({ environmentId: 'shop/main', service: 'db' }, 'development');
  return {
    store,
    rolls,
    id,
    record: (at: number, value: number, one: (value: number) => Aggregate = measured, series = id) =>
      recorder.record(series, one === timed ? 'probe_latency_ms' : 'cpu_percent', at, one(value)),
    async flush(now: number): Promise<void> {
      const buckets = recorder.take(now);
      store.write(buckets);
      if (buckets[0] !== undefined) rolls.touched(buckets[0].at);
      await rolls.advance(now);
    },
  };
}

function total(store: MetricStore, width: number, series: number, metric: 'cpu_percent' | 'probe_latency_ms') {
  const found = store.rolled(width, series, 0, Number.MAX_SAFE_INTEGER);
  const all = found.flatMap(({ bucket }) => bucket.get(metricNumber(metric)) ?? []);
  return all.length === 0 ? undefined : all.reduce(mergeAggregates);
}

describe('roll-ups', () => {
  it('keep number, sum, least and most, whatever came when, and wherever they were cut short', async () => {
    const figures = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 * hour }), fc.integer({ min: 0, max: 1_000_000 })), {
      minLength: 1,
      maxLength: 80,
    });
    await fc.assert(
      fc.asyncProperty(figures, fc.integer({ min: 1, max: 20 }), async (all, perFlush) => {
        const { store, id, record, flush } = bed();
        // In the order they come: now and then with the clock set back.
        for (const [index, [offset, value]] of all.entries()) {
          record(start + offset, value, timed);
          if (index % perFlush === 0) await flush(start + offset);
        }
        await flush(start + 4 * hour);
        const values = all.map(([, value]) => value);
        for (const width of [minute, hour]) {
          const whole = total(store, width, id, 'probe_latency_ms');
          expect(whole).toMatchObject({
            count: values.length,
            sum: values.reduce((a, b) => a + b, 0),
            min: Math.min(...values),
            max: Math.max(...values),
          });
          expect(whole?.sketch?.count).toBe(values.length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('leave a gap where nobody measured', async () => {
    const { store, id, record, flush } = bed();
    record(start, 5);
    await flush(start + minute);
    record(start + 2 * hour, 7);
    await flush(start + 4 * hour);
    expect(store.rolled(minute, id, 0, start + 9 * hour).map(({ at }) => at)).toEqual([start, start + 2 * hour]);
    expect(store.rolled(hour, id, 0, start + 9 * hour).map(({ at }) => at)).toEqual([start, start + 2 * hour]);
  });

  it('go on where another life stopped', async () => {
    const { store, id, record, flush } = bed();
    record(start + 5_000, 1);
    await flush(start + 20_000);
    // Another life: written, but never rolled up by the first.
    const again = createRollUps(store, { breathe });
    await again.advance(start + minute);
    expect(total(store, minute, id, 'cpu_percent')).toMatchObject({ count: 1, sum: 1 });
    await again.advance(start + hour);
    expect(total(store, hour, id, 'cpu_percent')).toMatchObject({ count: 1, sum: 1 });
  });

  it('hold a bounded number of rows by class, however long it goes on', async () => {
    const { store, rolls, id, record, flush } = bed();
    const kept = store.series({ environmentId: 'live/main', service: 'db' }, 'production-like').id;
    const days = 12;
    for (let at = start; at < start + days * 24 * hour; at += 10 * minute) {
      record(at, 3);
      record(at, 3, measured, kept);
      await flush(at + 10_000);
      if (at % (6 * hour) === 0) await rolls.prune(at);
    }
    const end = start + days * 24 * hour;
    await flush(end);
    await rolls.prune(end);
    // Two series of twelve ten-minute rows in two hours.
    expect(store.rows().fine).toBe(2 * 12);
    expect(store.rolled(minute, id, 0, end)).toHaveLength(48 * 6);
    expect(store.rolled(hour, id, 0, end)).toHaveLength(7 * 24);
    expect(store.rolled(hour, kept, 0, end)).toHaveLength(days * 24);
    store.forget('live/main');
    expect(store.rolled(hour, kept, 0, end)).toEqual([]);
  });

  it('give up the oldest fine figures first when the file is too large', async () => {
    const { store, rolls, record, flush } = bed(450_000);
    const series = Array.from(
      { length: 40 },
      (_, index) => store.series({ environmentId: 'shop/main', service: `s${index}` }, 'development').id,
    );
    for (let at = start; at < start + hour; at += 10_000) {
      for (const each of series) record(at, at % 977, measured, each);
      await flush(at + 10_000);
    }
    const before = store.rows();
    rolls.shrink(start + hour);
    expect(store.bytes()).toBeLessThanOrEqual(450_000);
    expect(store.rows().rolled).toBe(before.rolled);
    expect(store.nextFine(0)).toBeGreaterThan(start);
    expect(store.fine(start + hour - 10 * minute, start + hour).length).toBe(40 * 60);
  });
});
