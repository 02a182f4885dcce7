import { describe, expect, it } from 'vitest';
import type { EnvironmentView, ServiceView } from '../../shared/contract/environments.ts';
import { defaultSettings } from '../../shared/contract/settings.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { createWatchTeller, type WatchLine, watchText } from './watch-lines.ts';

const began = Date.parse('2026-01-31T09:00:00Z');

function environment(id: string, services: Record<string, ServiceView['health']>, stale = false): EnvironmentView {
  const views = Object.entries(services).map(([name, health]) => ({ name, health, reason: null, since: null }));
  return { id, stale, services: views } as unknown as EnvironmentView;
}

function state(environments: EnvironmentView[], incidents: Incident[] = []): AppState {
  const watch = { incidents, notices: [], pausedUntil: {}, snoozes: [], tellWhenHealthy: [] };
  const rest = { engines: [], discovered: [], operations: [], images: [], store: null, routineRuns: [] };
  return { ...rest, environments, watch, settings: defaultSettings };
}

const incident = (change: Partial<Incident> = {}): Incident => ({
  id: 'shop/main/db@1',
  environment: 'shop/main',
  service: 'db',
  from: began,
  to: null,
  state: 'down',
  worst: 'down',
  cause: null,
  logLine: null,
  downs: 1,
  certain: true,
  evidenceAt: began,
  acknowledgedAt: null,
  snoozedUntil: null,
  inhibitedBy: null,
  ...change,
});

const moves = (lines: readonly WatchLine[]): string[] =>
  lines.map((line) => ('to' in line ? `${line.service}: ${line.from} → ${line.to}` : JSON.stringify(line)));

describe('what golden watch tells', () => {
  it('is what is known first, then what changes, of one environment or all', () => {
    const teller = createWatchTeller('shop/main', began);
    const other = environment('blog/main', { web: 'down' });
    const first = teller.take(state([environment('shop/main', { db: 'healthy', api: 'unknown' }), other]), began);
    expect(moves(first)).toEqual(['db: null → healthy']);
    const next = teller.take(state([environment('shop/main', { db: 'down', api: 'healthy' }), other]), began);
    expect(moves(next)).toEqual(['db: healthy → down', 'api: null → healthy']);
    expect(teller.take(state([environment('shop/main', { db: 'down', api: 'healthy' }), other]), began)).toEqual([]);
    expect(moves(createWatchTeller(null, began).take(state([other]), began))).toEqual(['web: null → down']);
  });

  it('is nothing of what is from before, and that a service is gone', () => {
    const teller = createWatchTeller(null, began);
    teller.take(state([environment('shop/main', { db: 'healthy', api: 'healthy' })]), began);
    expect(teller.take(state([environment('shop/main', { db: 'down' }, true)]), began)).toEqual([]);
    expect(moves(teller.take(state([environment('shop/main', { db: 'healthy' })]), began))).toEqual([
      'api: healthy → removed',
    ]);
  });

  it('is each incident once: opened, learned more of, closed, opened again', () => {
    const teller = createWatchTeller(null, began);
    const kinds = (one: Incident): string[] =>
      teller.take(state([], [one]), began + 1000).map((line) => ('incident' in line ? line.incident : '?'));
    expect(kinds(incident())).toEqual(['opened']);
    expect(kinds(incident())).toEqual([]);
    expect(kinds(incident({ logLine: 'PANIC' }))).toEqual(['updated']);
    expect(kinds(incident({ logLine: 'PANIC', to: began + 500 }))).toEqual(['closed']);
    expect(kinds(incident({ logLine: 'PANIC' }))).toEqual(['opened']);
    expect(kinds(incident({ id: 'old', to: began - 1 }))).toEqual([]);
    expect(kinds(incident({ id: 'quick', to: began + 900 }))).toEqual(['opened', 'closed']);
  });

  it('has words for people', () => {
    const [line] = createWatchTeller(null, began).take(state([environment('shop/main', { db: 'down' })]), began);
    expect(watchText({ ...line, reason: 'Ran out of memory.' } as WatchLine)).toMatch(
      /^\d\d:00:00 {2}shop\/main\/db {2}■ down: Ran out of memory\.$/,
    );
  });
});
