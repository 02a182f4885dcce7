import { describe, expect, it } from 'vitest';
import { createHistory } from '../../stats/history.ts';
import { bySumOfService } from '../../stats/sampler.ts';
import type { ContainerInfo } from '../provider.ts';
import { type Counters, cpuPercent, toCounters } from './stats.ts';

const raw = {
  read: '2026-01-02T03:04:05.500000000Z',
  cpu_stats: { cpu_usage: { total_usage: 5_000_000_000 }, system_cpu_usage: 1 },
  memory_stats: { usage: 1000, limit: 9_000_000, stats: { inactive_file: 300 } },
  networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: 'Read', value: 5 },
      { op: 'read', value: 6 },
      { op: 'Write', value: 7 },
      { op: 'Total', value: 99 },
    ],
  },
  pids_stats: { current: 3 },
};

describe('a reading', () => {
  it('adds up networks and blocks, and leaves the page cache out of the memory', () => {
    expect(toCounters(raw)).toEqual({
      at: Date.parse('2026-01-02T03:04:05.500Z'),
      cpuNanoseconds: 5_000_000_000,
      memoryBytes: 700,
      networkRxBytes: 11,
      networkTxBytes: 22,
      blockReadBytes: 11,
      blockWriteBytes: 7,
      pids: 3,
    });
  });

  it('knows both generations of control groups', () => {
    const v1 = { ...raw, memory_stats: { usage: 1000, stats: { inactive_file: 1, total_inactive_file: 400 } } };
    expect(toCounters(v1)?.memoryBytes).toBe(600);
    const odd = { ...raw, memory_stats: { usage: 100, stats: { inactive_file: 400 } } };
    expect(toCounters(odd)?.memoryBytes).toBe(100);
  });

  it('of a container that does not run is none', () => {
    expect(toCounters({ read: '0001-01-01T00:00:00Z', cpu_stats: { cpu_usage: { total_usage: 0 } } })).toBeUndefined();
    expect(toCounters({})).toBeUndefined();
  });
});

function counters(at: number, cpuNanoseconds: number, memoryBytes = 100): Counters {
  return {
    at,
    cpuNanoseconds,
    memoryBytes,
    networkRxBytes: 1,
    networkTxBytes: 1,
    blockReadBytes: 1,
    blockWriteBytes: 1,
    pids: 1,
  };
}

describe('the processor', () => {
  it('is in per cent of one core, over the engine’s own time', () => {
    expect(cpuPercent(counters(1000, 0), counters(3000, 4e9))).toBe(200);
  });

  it('is unknown across a restart and without time between', () => {
    expect(cpuPercent(counters(1000, 5e9), counters(3000, 1e9))).toBeUndefined();
    expect(cpuPercent(counters(1000, 0), counters(1000, 1e9))).toBeUndefined();
  });
});

describe('a service', () => {
  const container = (id: string, service: string, memoryBytes: number | null): ContainerInfo =>
    ({ id, service, limits: { cpus: null, memoryBytes } }) as ContainerInfo;

  it('is the sum of its containers; its limit is known only when all have one', () => {
    const before = new Map([
      ['a', counters(0, 0)],
      ['b', counters(0, 0)],
      ['c', counters(0, 0)],
    ]);
    const now = new Map([
      ['a', counters(1000, 1e9)],
      ['b', counters(1000, 5e8)],
      ['c', counters(1000, 0)],
      ['new', counters(1000, 9e9)],
    ]);
    const containers = [
      container('a', 'web', 512),
      container('b', 'web', null),
      container('c', 'db', 256),
      container('new', 'db', 256),
    ];
    const samples = bySumOfService('shop/main', '2026-01-02T03:04:05.000Z', containers, before, now);
    expect(samples).toEqual([
      expect.objectContaining({ service: 'web', cpuPercent: 150, memoryBytes: 200, memoryLimitBytes: null }),
      expect.objectContaining({ service: 'db', cpuPercent: 0, memoryBytes: 100, memoryLimitBytes: 256 }),
    ]);
  });

  it('keeps a bounded history, in order of time', () => {
    const history = createHistory(3, 2);
    const at = (service: string, second: number) =>
      ({ service, at: `2026-01-02T03:04:0${second}.000Z` }) as Parameters<typeof history.add>[0][number];
    for (let second = 0; second < 5; second += 1) history.add([at('a', second), at('b', second)]);
    expect(history.all().map(({ service, at: time }) => `${service}${time.slice(18, 19)}`)).toEqual([
      'a2',
      'b2',
      'a3',
      'b3',
      'a4',
      'b4',
    ]);
    history.add([at('c', 5)]);
    expect(new Set(history.all().map(({ service }) => service))).toEqual(new Set(['b', 'c']));
  });
});
