import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { closeDatabase, openDatabase } from '../storage/database.ts';
import { createHealthStore } from './health-store.ts';

function incident(service: string, from: number, to: number | null = null): Incident {
  return {
    id: `shop/main/${service}@${from}`,
    environment: 'shop/main',
    service,
    from,
    to,
    state: to === null ? 'down' : 'healthy',
    worst: 'down',
    cause: { kind: 'exit', service, at: from, detail: null, exitCode: 3 },
    logLine: null,
    downs: 1,
    certain: true,
    evidenceAt: from,
    acknowledgedAt: null,
    snoozedUntil: null,
    inhibitedBy: null,
  };
}

describe('the store of health', () => {
  it('keeps incidents, their last version each, with what happened in them', () => {
    const store = createHealthStore(openDatabase(':memory:'));
    store.saveIncident(incident('db', 1000));
    store.saveIncident(incident('api', 2000));
    store.note('shop/main/db@1000', { at: 1500, text: 'Restarted.' });
    store.saveIncident(incident('db', 1000, 3000));
    const ids = (filter: object): string[] => store.incidents({ limit: 10, ...filter }).map(({ id }) => id);
    expect(ids({})).toEqual(['shop/main/api@2000', 'shop/main/db@1000']);
    expect(ids({ open: true })).toEqual(['shop/main/api@2000']);
    expect(ids({ open: false })).toEqual(['shop/main/db@1000']);
    expect(ids({ since: 3500 })).toEqual(['shop/main/api@2000']);
    expect(ids({ environmentId: 'other/main' })).toEqual([]);
    expect(store.events('shop/main/db@1000')).toEqual([{ at: 1500, text: 'Restarted.' }]);
    store.prune(4000);
    expect(ids({})).toEqual(['shop/main/api@2000']);
    expect(store.events('shop/main/db@1000')).toEqual([]);
  });

  it('keeps what services were over time, without overlap', () => {
    const store = createHealthStore(openDatabase(':memory:'));
    store.span('shop/main', 'db', 100, 'starting', null);
    store.span('shop/main', 'db', 200, 'healthy', null);
    store.span('shop/main', 'db', 500, 'down', 'It ended.');
    expect(store.spans('shop/main', 150, 600)).toEqual([
      { service: 'db', from: 150, to: 200, state: 'starting', reason: null },
      { service: 'db', from: 200, to: 500, state: 'healthy', reason: null },
      { service: 'db', from: 500, to: 600, state: 'down', reason: 'It ended.' },
    ]);
    store.close(700);
    expect(store.spans('shop/main', 0, 9999).at(-1)).toMatchObject({ to: 700 });
  });

  it('does not claim to have watched after a life that ended without a word', () => {
    const database = openDatabase(':memory:');
    const before = createHealthStore(database);
    before.span('shop/main', 'db', 100, 'healthy', null);
    before.alive(160);
    const after = createHealthStore(database);
    expect(after.spans('shop/main', 0, 1000)).toEqual([
      { service: 'db', from: 100, to: 160, state: 'healthy', reason: null },
    ]);
    closeDatabase(database);
  });
});
