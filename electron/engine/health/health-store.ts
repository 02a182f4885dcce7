import type { HealthState } from '../../../shared/domain/health.ts';
import { type Incident, incidentSchema } from '../../../shared/domain/incident-types.ts';
import { type Database, unsynced } from '../storage/database.ts';

export interface StoredSpan {
  readonly service: string;
  readonly from: number;
  readonly to: number;
  readonly state: HealthState;
  readonly reason: string | null;
}

export interface IncidentEvent {
  readonly at: number;
  readonly text: string;
}

export interface IncidentFilter {
  readonly environmentId?: string | undefined;
  readonly open?: boolean | undefined;
  readonly since?: number | undefined;
  readonly limit: number;
}

export interface LastLife {
  readonly aliveAt: number;
  readonly states: ReadonlyMap<string, HealthState>;
}

/** Incidents, and how services fared over time. Times in ms since the epoch. */
export interface HealthStore {
  saveIncident(incident: Incident): void;
  incident(id: string): Incident | undefined;
  /** Newest first. */
  incidents(filter: IncidentFilter): Incident[];
  note(incidentId: string, event: IncidentEvent): void;
  events(incidentId: string): IncidentEvent[];
  /** Ends what the service was and begins what it is now. */
  span(environmentId: string, service: string, at: number, state: HealthState, reason: string | null): void;
  /** What was going on between the two, cut to them; open spans end at `to`. Oldest first. */
  spans(environmentId: string, from: number, to: number): StoredSpan[];
  /** Says that somebody is watching. What a crash leaves open ends at the last time this was said. */
  alive(at: number): void;
  /** Ends every open span of a service or an environment (not watched any longer), or of all. */
  close(at: number, environmentId?: string, service?: string): void;
  /** What each service of an environment was when it was last watched, and when a life before this one last watched. */
  lastLife(environmentId: string): LastLife;
  /** A small JSON document by its name; undefined: none. */
  recall(key: string): unknown;
  /** `synced`: it must survive a power cut. */
  remember(key: string, value: unknown, synced?: boolean): void;
  forget(environmentId: string): void;
  /** Forgets what is older. */
  prune(before: number): void;
}

/** Notes that are kept of one incident: one that goes on for days does not grow for ever. */
const keptNotes = 500;

export function createHealthStore(database: Database): HealthStore {
  const prepare = (sql: string) => database.prepare(sql);
  const save = prepare(
    `INSERT INTO incidents (id, environment_id, service, from_ms, to_ms, body) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET to_ms = excluded.to_ms, body = excluded.body`,
  );
  const addEvent = prepare('INSERT INTO incident_events (incident_id, at_ms, text) VALUES (?, ?, ?)');
  const open = prepare(
    'INSERT INTO health_spans (environment_id, service, from_ms, to_ms, state, reason) VALUES (?, ?, ?, NULL, ?, ?)',
  );
  const end = prepare(
    'UPDATE health_spans SET to_ms = MAX(from_ms, ?) WHERE environment_id = ? AND service = ? AND to_ms IS NULL',
  );
  const say = prepare(
    'INSERT INTO health_watch (one, alive_ms) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET alive_ms = excluded.alive_ms',
  );

  const trim = prepare(
    `DELETE FROM incident_events WHERE incident_id = ?1 AND id <= (
       SELECT id FROM incident_events WHERE incident_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${keptNotes})`,
  );
  const put = prepare(
    'INSERT INTO health_memory (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
  );

  // What a life before this one left open ended, as far as anybody knows, when it was last seen alive.
  const last = prepare('SELECT alive_ms FROM health_watch').get() as { alive_ms: number } | undefined;
  prepare('UPDATE health_spans SET to_ms = MAX(from_ms, ?) WHERE to_ms IS NULL').run(last?.alive_ms ?? 0);

  return {
    saveIncident(incident) {
      const { id, environment, service, from, to } = incident;
      save.run(id, environment, service, from, to, JSON.stringify(incident));
    },
    incident(id) {
      return parse(prepare('SELECT body FROM incidents WHERE id = ?').get(id) as Row | undefined);
    },
    incidents({ environmentId, open: onlyOpen, since, limit }) {
      const rows = prepare(
        `SELECT body FROM incidents
         WHERE (?1 IS NULL OR environment_id = ?1) AND (?2 IS NULL OR (to_ms IS NULL) = ?2)
           AND (?3 IS NULL OR to_ms IS NULL OR to_ms >= ?3)
         ORDER BY from_ms DESC LIMIT ?4`,
      ).all(environmentId ?? null, onlyOpen === undefined ? null : Number(onlyOpen), since ?? null, limit) as Row[];
      return rows.flatMap((row) => parse(row) ?? []);
    },
    note(incidentId, { at, text }) {
      unsynced(database, () => {
        addEvent.run(incidentId, at, text);
        trim.run(incidentId);
      });
    },
    events(incidentId) {
      const rows = prepare(
        'SELECT at_ms, text FROM incident_events WHERE incident_id = ? ORDER BY at_ms, id LIMIT 500',
      ).all(incidentId) as { at_ms: number; text: string }[];
      return rows.map(({ at_ms, text }) => ({ at: at_ms, text }));
    },
    span(environmentId, service, at, state, reason) {
      unsynced(database, () => {
        end.run(at, environmentId, service);
        open.run(environmentId, service, at, state, reason);
      });
    },
    spans(environmentId, from, to) {
      const rows = prepare(
        `SELECT service, from_ms, to_ms, state, reason FROM health_spans
         WHERE environment_id = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms, id LIMIT 20000`,
      ).all(environmentId, to, from) as SpanRow[];
      return withoutOverlap(rows, to).map((row) => ({
        service: row.service,
        from: Math.max(from, row.from_ms),
        to: Math.min(to, row.to_ms ?? to),
        state: row.state as HealthState,
        reason: row.reason,
      }));
    },
    alive: (at) => unsynced(database, () => void say.run(at)),
    close(at, environmentId, service) {
      prepare(
        `UPDATE health_spans SET to_ms = MAX(from_ms, ?1)
         WHERE to_ms IS NULL AND (?2 IS NULL OR environment_id = ?2) AND (?3 IS NULL OR service = ?3)`,
      ).run(at, environmentId ?? null, service ?? null);
    },
    lastLife(environmentId) {
      const rows = prepare(
        `SELECT service, state FROM health_spans WHERE id IN
           (SELECT MAX(id) FROM health_spans WHERE environment_id = ? GROUP BY service)`,
      ).all(environmentId) as { service: string; state: string }[];
      return {
        aliveAt: last?.alive_ms ?? 0,
        states: new Map(rows.map(({ service, state }) => [service, state as HealthState])),
      };
    },
    recall(key) {
      const row = prepare('SELECT body FROM health_memory WHERE key = ?').get(key) as Row | undefined;
      return row === undefined ? undefined : JSON.parse(row.body);
    },
    remember(key, value, synced = false) {
      const write = (): void => void put.run(key, JSON.stringify(value));
      if (synced) write();
      else unsynced(database, write);
    },
    forget(environmentId) {
      prepare('DELETE FROM incidents WHERE environment_id = ?').run(environmentId);
      prepare('DELETE FROM health_spans WHERE environment_id = ?').run(environmentId);
      prepare('DELETE FROM trusted_commands WHERE environment_id = ?').run(environmentId);
    },
    prune(before) {
      prepare('DELETE FROM incidents WHERE to_ms < ?').run(before);
      prepare('DELETE FROM health_spans WHERE to_ms < ?').run(before);
    },
  };
}

interface Row {
  readonly body: string;
}

interface SpanRow {
  readonly service: string;
  readonly from_ms: number;
  readonly to_ms: number | null;
  readonly state: string;
  readonly reason: string | null;
}

/** A clock that was set back makes spans begin before the last one ended: what was written later counts. */
function withoutOverlap(rows: readonly SpanRow[], to: number): SpanRow[] {
  const next = new Map<string, number>();
  return rows
    .toReversed()
    .map((row) => {
      const end = Math.min(row.to_ms ?? to, next.get(row.service) ?? to);
      next.set(row.service, row.from_ms);
      return { ...row, to_ms: end };
    })
    .filter((row) => row.to_ms > row.from_ms)
    .reverse();
}

/** An incident of a version that wrote it otherwise is left out rather than shown wrongly. */
function parse(row: Row | undefined): Incident | undefined {
  if (row === undefined) return undefined;
  const parsed = incidentSchema.safeParse(JSON.parse(row.body));
  return parsed.success ? parsed.data : undefined;
}
