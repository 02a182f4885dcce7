import { describe, expect, it } from 'vitest';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import { buckets, createStatsSeries, rates } from './stats-series.ts';

const sample = (second: number, more: Partial<StatsSample> = {}): StatsSample => ({
  at: new Date(1_700_000_000_000 + second * 1000).toISOString(),
  environmentId: 'shop/main',
  service: 'api',
  cpuPercent: 5,
  memoryBytes: 100,
  memoryLimitBytes: null,
  networkRxBytes: 0,
  networkTxBytes: 0,
  blockReadBytes: 0,
  blockWriteBytes: 0,
  pids: 3,
  ...more,
});

describe('stats series', () => {
  it('keeps ten minutes in order, without doubles', () => {
    const series = createStatsSeries();
    series.add([sample(0), sample(300), sample(200)]);
    series.add([sample(300), sample(700)]);
    const seconds = series.of('api').map((one) => (Date.parse(one.at) - 1_700_000_000_000) / 1000);
    expect(seconds).toEqual([200, 300, 700]);
    expect(series.latest('api')?.at).toBe(sample(700).at);
    expect(series.of('db')).toEqual([]);
  });

  it('turns counters into rates, and a counter that went back into nothing', () => {
    const list = [0, 100, 50, 150].map((networkRxBytes, index) => sample(index * 2, { networkRxBytes }));
    expect(rates(list, (one) => one.networkRxBytes)).toEqual([null, 50, null, 50]);
  });

  it('means over equal parts, gaps filled, from the first part that has anything', () => {
    const list = [sample(0, { cpuPercent: 10 }), sample(5, { cpuPercent: 20 }), sample(600 - 1, { cpuPercent: 30 })];
    const values = buckets(list, (one) => one.cpuPercent, 60);
    expect(values).toHaveLength(60);
    expect(values[0]).toBe(15);
    expect(values[30]).toBe(15);
    expect(values.at(-1)).toBe(30);
    expect(buckets([sample(0), sample(10)], (one) => one.cpuPercent, 60)).toEqual([5, 5]);
    expect(buckets([], (one) => one.cpuPercent, 60)).toEqual([]);
  });
});
