import { describe, expect, it } from 'vitest';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import { createStatsSeries, rates, sparkPath } from './stats-series.ts';

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

  it('draws within its box', () => {
    const box = { width: 64, height: 20, from: 0, to: 10, max: 100 };
    expect(sparkPath([{ x: 5, y: 1 }], box).line).toBe('');
    expect(
      sparkPath(
        [
          { x: -5, y: 1 },
          { x: 0, y: 0 },
          { x: 10, y: 500 },
        ],
        box,
      ),
    ).toEqual({
      line: 'M0.0 19.0L64.0 1.0',
      area: 'M0.0 19.0L64.0 1.0L64.0 20L0.0 20Z',
    });
  });
});
