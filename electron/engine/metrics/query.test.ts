import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricSeries } from '../../../shared/contract/metrics.ts';
import { measured, timed } from '../../../shared/domain/aggregate.ts';
import { openDatabase } from '../storage/database.ts';
import { csvWriter, type ExportWriter, jsonWriter } from './export.ts';
import { createHabits } from './habits.ts';
import { createMetricStore, type MetricStore } from './metric-store.ts';
import { createQuery, type Query, type QueryMetrics } from './query.ts';
import { createRecorder } from './recorder.ts';
import { createRollUps } from './roll-ups.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 1, 4, 8);
const breathe = async (): Promise<void> => undefined;
const signal = new AbortController().signal;

let store: MetricStore;
let ask: QueryMetrics;
let now = start;

/** Ten hours of one figure every ten seconds, as the engine would keep them. */
beforeEach(async () => {
  store = createMetricStore(openDatabase(':memory:'));
  const rolls = createRollUps(store, { breathe });
  const recorder = createRecorder();
  const { id } = store.series({ environmentId: 'shop/main', service: 'db' }, 'development');
  const other = store.series({ environmentId: 'shop/main', service: 'api' }, 'development').id;
  for (now = start; now < start + 10 * hour + 5 * minute; now += 10_000) {
    // Two hours in which the engine was away.
    if (now >= start + 3 * hour && now < start + 5 * hour) continue;
    recorder.record(id, 'memory_bytes', now, measured(100 + ((now / 10_000) % 6)));
    recorder.record(id, 'probe_latency_ms', now, timed(5));
    recorder.record(other, 'restarts', now, measured((now / 10_000) % 6 === 0 ? 1 : 0));
    store.write(recorder.take(now));
    if (now % hour === 0) {
      await rolls.advance(now);
      await rolls.prune(now);
    }
  }
  store.write(recorder.take(now));
  const habits = createHabits({ store, utcOffsetMinutes: () => 0 });
  ask = createQuery({ store, habits, now: () => now, breathe });
});

const query = (change: Partial<Query>) =>
  ask(
    {
      environmentId: 'shop/main',
      services: ['db'],
      metrics: ['memory_bytes'],
      from: now - hour,
      to: now,
      points: 400,
      ...change,
    },
    signal,
  );

describe('questions about figures', () => {
  it('are answered from the finest buckets that fit', async () => {
    const fine = await query({});
    expect(fine.bucketMs).toBe(10_000);
    expect(fine.series[0]?.points).toHaveLength(360);
    const rough = await query({ points: 70 });
    expect(rough.bucketMs).toBe(minute);
    // Minutes that are not rolled up yet are there all the same.
    expect(rough.series[0]?.points.at(-1)?.at).toBe(Math.floor((now - 1) / minute) * minute);
    for (const { average, min, max } of rough.series[0]?.points.slice(1, -1) ?? []) {
      expect([average, min, max]).toEqual([102.5, 100, 105]);
    }
  });

  it('count every figure once, across what is rolled up and what is not', async () => {
    const { bucketMs, series } = await query({ from: start, points: 30 });
    expect(bucketMs).toBe(30 * minute);
    const times = series[0]?.points.map(({ at }) => at) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const daily = await query({
      from: start,
      to: start + 11 * hour,
      points: 14,
      metrics: ['restarts'],
      services: ['api'],
    });
    expect(daily.bucketMs).toBe(hour);
    const counts = daily.series[0]?.points.map(({ average }) => average) ?? [];
    expect(counts).toEqual([60, 60, 60, 60, 60, 60, 60, 60, 5]);
  });

  it('leave gaps where nothing was measured', async () => {
    const { series } = await query({ from: start, points: 700 });
    const times = series[0]?.points.map(({ at }) => at) ?? [];
    expect(times.filter((at) => at >= start + 3 * hour && at < start + 5 * hour)).toEqual([]);
    expect(times).toContain(start + 5 * hour);
  });

  it('give quantiles of latencies only', async () => {
    const { series } = await query({ metrics: ['probe_latency_ms', 'memory_bytes'], points: 60 });
    const [latency, memory] = series;
    expect(latency?.points[1]?.p95).toBeCloseTo(5, 0);
    expect(memory?.points[1]).toMatchObject({ p50: null, p95: null, p99: null });
  });

  it('answer nothing where there is nothing', async () => {
    expect((await query({ from: now + hour, to: now + 2 * hour })).series[0]?.points).toEqual([]);
    expect((await query({ environmentId: 'else/main' })).series).toEqual([]);
    expect((await query({ metrics: ['host_load1'] })).series).toEqual([]);
    expect((await query({ from: 0, to: Number.MAX_SAFE_INTEGER })).series[0]?.points.length).toBeGreaterThan(0);
  });

  it('hold a bounded number of points, however many services there are', async () => {
    for (let index = 0; index < 2000; index += 1)
      store.series({ environmentId: 'shop/main', service: `s${index}` }, 'development');
    const { bucketMs } = await query({ services: undefined, points: 2000 });
    expect(bucketMs).toBe(minute);
  });

  it('stop when nobody waits for the answer', async () => {
    await expect(
      ask(
        { environmentId: 'shop/main', metrics: ['memory_bytes'], from: start, to: now, points: 9 },
        AbortSignal.abort(),
      ),
    ).rejects.toThrow();
  });
});

function write(writer: ExportWriter, series: readonly MetricSeries[]) {
  series.every(writer.add);
  return writer.done();
}

describe('an export', () => {
  it('is CSV that reads back, whatever the names', async () => {
    const { series } = await query({ points: 70, metrics: ['probe_latency_ms'] });
    const odd = series.map((each) => ({ ...each, service: '=a,"b"' }));
    const { text, truncated } = write(csvWriter(), odd);
    const [head, first] = text.split('\r\n');
    expect(head?.split(',')).toHaveLength(9);
    expect(first).toMatch(/^2026-02-04T17:\d\d:00\.000Z,"'=a,""b""",probe_latency_ms,5,5,5,/);
    expect(truncated).toBe(false);
  });

  it('is JSON also when it is cut', async () => {
    const { bucketMs, series } = await query({ metrics: ['probe_latency_ms', 'memory_bytes'] });
    const whole = write(jsonWriter(bucketMs), series);
    expect(JSON.parse(whole.text)).toEqual({
      bucketMs,
      series: series.map(({ points, ...head }) => ({ ...head, points })),
    });
    for (const maxBytes of [400, 500, 5000, 20_000, 40_000]) {
      const cut = write(jsonWriter(bucketMs, maxBytes), series);
      expect(cut.truncated).toBe(true);
      expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(maxBytes);
      expect(() => JSON.parse(cut.text)).not.toThrow();
      const csv = write(csvWriter(maxBytes), series);
      expect(csv.truncated).toBe(true);
      expect(csv.text.endsWith('\r\n')).toBe(true);
      expect(Buffer.byteLength(csv.text)).toBeLessThanOrEqual(maxBytes);
    }
  });
});
