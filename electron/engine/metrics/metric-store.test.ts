import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measured } from '../../../shared/domain/aggregate.ts';
import { closeDatabase, type Database, openBeside, openDatabase } from '../storage/database.ts';
import { createMetricStore } from './metric-store.ts';
import { createRollUps } from './roll-ups.ts';

const minute = 60_000;
const start = Date.UTC(2026, 1, 4, 8);
let folder = '';
let open: Database[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metrics-'));
  open = [];
});
afterEach(async () => {
  for (const each of open) closeDatabase(each);
  await rm(folder, { recursive: true });
});

function opened(name: string): { whole: Database; beside: Database } {
  const whole = openDatabase(join(folder, name));
  const beside = openBeside(join(folder, name));
  open.push(whole, beside);
  return { whole, beside };
}

describe('the store of figures', () => {
  it('has what was written when its process is killed at any time between two writes', async () => {
    const store = createMetricStore(opened('db').beside);
    const rolls = createRollUps(store, { breathe: async () => undefined });
    const { id } = store.series({ environmentId: 'shop/main', service: 'db' }, 'development');
    for (let tick = 0; tick < 20; tick += 1) {
      const at = start + tick * 10_000;
      store.write([{ at, series: id, bucket: new Map([[0, measured(1)]]) }]);
      if (tick % 4 === 3) await rolls.advance(at + 10_000);
      // What a kill leaves behind: the file and its log, as they are.
      await copyFile(join(folder, 'db'), join(folder, `db${tick}`));
      await copyFile(join(folder, 'db-wal'), join(folder, `db${tick}-wal`));
      const after = createMetricStore(opened(`db${tick}`).beside);
      const again = createRollUps(after, { breathe: async () => undefined });
      await again.advance(start + 10 * minute);
      const minutes = after.rolled(minute, id, 0, start + 10 * minute);
      expect(minutes.reduce((sum, { bucket }) => sum + (bucket.get(0)?.count ?? 0), 0)).toBe(tick + 1);
    }
  });

  it('writes beside the journal, each without the other in its way', () => {
    const { whole, beside } = opened('db');
    const store = createMetricStore(beside);
    const { id } = store.series({ environmentId: null, service: null }, 'development');
    whole.exec("INSERT INTO settings (key, value) VALUES ('a', '1')");
    store.write([{ at: start, series: id, bucket: new Map([[0, measured(1)]]) }]);
    whole.exec("INSERT INTO settings (key, value) VALUES ('b', '1')");
    expect(store.rows().fine).toBe(1);
    const synchronous = (database: Database) => database.prepare('PRAGMA synchronous').get();
    // 2 is FULL, 1 is NORMAL.
    expect([synchronous(whole), synchronous(beside)]).toEqual([{ synchronous: 2 }, { synchronous: 1 }]);
  });

  it('forgets an environment, and gives nothing of it to the next', () => {
    const { beside } = opened('db');
    const store = createMetricStore(beside);
    const { id } = store.series({ environmentId: 'shop/main', service: 'db' }, 'development');
    store.write([{ at: start, series: id, bucket: new Map([[0, measured(1)]]) }]);
    store.saveHabits([{ series: id, metric: 'memory_bytes', body: '{}' }]);
    store.forget('shop/main');
    const next = store.series({ environmentId: 'other/main', service: 'db' }, 'test');
    expect(store.fine(0, start + minute, new Set([next.id]))).toEqual([]);
    expect(store.habit(next.id, 'memory_bytes')).toBeUndefined();
    expect(createMetricStore(beside).allSeries()).toEqual([next]);
  });
});
