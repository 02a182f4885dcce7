import { describe, expect, it } from 'vitest';
import type { Counters } from '../providers/docker/stats.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { createRestartBook, serviceFigures } from './service-rates.ts';
import { createUptimeBook } from './uptime.ts';

const container = (change: Partial<ContainerInfo> = {}): ContainerInfo =>
  ({ id: 'a', restarts: 0, startedAt: '08:00', limits: { cpus: null, memoryBytes: null }, ...change }) as ContainerInfo;
const counters = (change: Partial<Counters> = {}): Counters => ({
  at: 0,
  cpuNanoseconds: 0,
  memoryBytes: 100,
  networkRxBytes: 0,
  networkTxBytes: 0,
  blockReadBytes: 0,
  blockWriteBytes: 0,
  pids: 1,
  ...change,
});

describe('figures of a service', () => {
  it('add up its containers', () => {
    const later = counters({ at: 10_000, cpuNanoseconds: 5e9, networkRxBytes: 1000, blockWriteBytes: 50 });
    const limited = container({ limits: { cpus: null, memoryBytes: 1000 } });
    expect(
      serviceFigures([
        { container: limited, before: counters(), now: later },
        { container: limited, before: counters(), now: later },
      ]),
    ).toEqual({
      memory_bytes: 200,
      memory_limit_ratio: 0.1,
      pids: 2,
      cpu_percent: 100,
      network_rx_bytes_per_second: 200,
      network_tx_bytes_per_second: 0,
      block_read_bytes_per_second: 0,
      block_write_bytes_per_second: 10,
    });
  });

  it('have no rates at first, nor across a restart, and no ratio where one has no limit', () => {
    expect(serviceFigures([{ container: container(), before: undefined, now: counters() }])).toEqual({
      memory_bytes: 100,
      pids: 1,
    });
    const before = counters({ cpuNanoseconds: 9e9 });
    expect(serviceFigures([{ container: container(), before, now: counters({ at: 10_000 }) }])).not.toHaveProperty(
      'cpu_percent',
    );
  });
});

describe('restarts', () => {
  it('count by the engine and by hand, but not new containers', () => {
    const book = createRestartBook();
    const counts = [
      container(),
      container(),
      container({ restarts: 3, startedAt: '08:05' }),
      container({ restarts: 0, startedAt: '08:10' }),
      container({ id: 'b', restarts: 0, startedAt: '08:20' }),
    ].map(book.look);
    expect(counts).toEqual([0, 0, 3, 1, 0]);
  });
});

describe('uptime', () => {
  it('is cut at the very change', () => {
    const book = createUptimeBook();
    expect(book.look('db', { state: 'healthy', since: 0 }, 0)).toBeNull();
    expect(book.look('db', { state: 'healthy', since: 0 }, 10_000)).toEqual({ up: 10_000, watched: 10_000 });
    expect(book.look('db', { state: 'down', since: 14_000 }, 20_000)).toEqual({ up: 4_000, watched: 10_000 });
    expect(book.look('db', { state: 'recovering', since: 21_000 }, 30_000)).toEqual({ up: 9_000, watched: 10_000 });
  });

  it('does not count time in which nobody can say', () => {
    const book = createUptimeBook();
    book.look('db', { state: 'healthy', since: 0 }, 0);
    expect(book.look('db', { state: 'stopped', since: 6_000 }, 10_000)).toEqual({ up: 6_000, watched: 6_000 });
    expect(book.look('db', { state: 'stopped', since: 6_000 }, 20_000)).toBeNull();
    // A sleep of eight hours.
    book.look('db', { state: 'healthy', since: 21_000 }, 22_000);
    expect(book.look('db', { state: 'healthy', since: 21_000 }, 8 * 3_600_000)).toBeNull();
    expect(book.look('db', undefined, 9 * 3_600_000)).toBeNull();
  });
});
