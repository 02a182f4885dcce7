import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HealthState, healthStates } from './health.ts';
import type { Transition } from './health-types.ts';
import { type IncidentBook, incidentSchema } from './incident-types.ts';
import {
  changeIncident,
  closeIncident,
  emptyIncidentBook,
  openIncidents,
  raiseIncident,
  recordEffect,
} from './incidents.ts';

const start = Date.UTC(2026, 1, 4, 8);
const rules = { mergeMs: 900_000, capacity: 20 };

const transition = (from: HealthState, to: HealthState, seconds: number): Transition => ({
  kind: 'transition',
  from,
  to,
  at: start + seconds * 1000,
  cause: to === 'down' ? { kind: 'exit', service: null, at: start + seconds * 1000, detail: null, exitCode: 1 } : null,
  evidenceAt: start + seconds * 1000,
  certain: false,
});

function record(path: readonly (readonly [HealthState, number])[], before: IncidentBook = emptyIncidentBook) {
  let state: HealthState = 'healthy';
  let book = before;
  const changes = path.map(([to, seconds]) => {
    const result = recordEffect(book, 'shop/main', 'db', transition(state, to, seconds), rules);
    state = to;
    book = result.book;
    return result.change;
  });
  return { book, changes };
}

describe('incidents', () => {
  it('open when it is bad, last while it recovers, and close when it is well', () => {
    const { book, changes } = record([
      ['suspect', 0],
      ['down', 4],
      ['recovering', 60],
      ['healthy', 62],
    ]);
    expect(changes).toEqual([null, 'opened', 'updated', 'closed']);
    expect(book.incidents).toMatchObject([
      {
        id: `shop/main/db@${start + 4_000}`,
        from: start + 4_000,
        to: start + 62_000,
        state: 'healthy',
        worst: 'down',
        downs: 1,
        cause: { kind: 'exit', service: 'db' },
      },
    ]);
    expect(incidentSchema.parse(book.incidents[0])).toEqual(book.incidents[0]);
  });

  it('remember the worst, and count times down, not relapses', () => {
    const { book } = record([
      ['degraded', 0],
      ['down', 10],
      ['recovering', 20],
      ['down', 22],
      ['flapping', 60],
      ['healthy', 400],
    ]);
    expect(book.incidents).toMatchObject([{ worst: 'down', downs: 2, state: 'healthy' }]);
  });

  it('go on when it fails again soon, and are new when it fails later', () => {
    const { book, changes } = record([
      ['down', 0],
      ['recovering', 9],
      ['healthy', 10],
      ['down', 600],
      ['recovering', 609],
      ['healthy', 610],
      ['down', 3_600],
    ]);
    expect(changes).toEqual(['opened', 'updated', 'closed', 'reopened', 'updated', 'closed', 'opened']);
    expect(book.incidents.map(({ downs, to }) => [downs, to === null])).toEqual([
      [2, false],
      [1, true],
    ]);
  });

  it('can be raised, changed and closed for what no probe finds', () => {
    const cause = { kind: 'disk-full' as const, service: null, at: start, detail: null, path: '/var', freeBytes: 0 };
    const place = { environment: null, service: null, name: 'disk /var' };
    const raised = raiseIncident(emptyIncidentBook, place, { at: start, state: 'down', cause });
    const other = raiseIncident(raised.book, { ...place, name: 'disk /home' }, { at: start, state: 'down', cause });
    expect(openIncidents(other.book, null)).toHaveLength(2);
    const again = raiseIncident(other.book, place, { at: start + 5, state: 'down', cause: { ...cause, freeBytes: 9 } });
    expect(again.change).toBe('updated');
    const id = again.incident?.id ?? '';
    const seen = changeIncident(again.book, id, { acknowledgedAt: start + 6 });
    const closed = closeIncident(seen.book, id, start - 50);
    expect(closed.incident).toMatchObject({ acknowledgedAt: start + 6, to: start, state: 'healthy' });
    expect(closeIncident(closed.book, id, start).change).toBeNull();
    expect(changeIncident(closed.book, 'nothing', { logLine: 'x' }).incident).toBeNull();
  });

  it('stay few, closed ones leaving first, with ids of their own, whatever happens', () => {
    const paths = fc.array(
      fc.record({
        service: fc.constantFrom('a', 'b', 'c'),
        to: fc.constantFrom(...healthStates),
        after: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(-5_000, 0)),
      }),
      { maxLength: 150 },
    );
    fc.assert(
      fc.property(paths, (path) => {
        let book = emptyIncidentBook;
        let seconds = 0;
        const states: Record<string, HealthState> = {};
        for (const { service, to, after } of path) {
          seconds += after;
          const effect = transition(states[service] ?? 'healthy', to, seconds);
          states[service] = to;
          book = recordEffect(book, 'shop/main', service, effect, rules).book;
          expect(book.incidents.length).toBeLessThanOrEqual(rules.capacity);
          expect(new Set(book.incidents.map(({ id }) => id)).size).toBe(book.incidents.length);
          for (const incident of book.incidents)
            if (incident.to !== null) expect(incident.to).toBeGreaterThanOrEqual(incident.from);
          const open = openIncidents(book).map((incident) => incident.service);
          expect(new Set(open).size).toBe(open.length);
          for (const name of Object.keys(states)) if (states[name] === 'down') expect(open).toContain(name);
        }
      }),
      { numRuns: 300 },
    );
  });
});
