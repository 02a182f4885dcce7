import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

export type Database = DatabaseSyncInstance;

/** Schema versions in order; `user_version` says how many were applied. Never edit one that was released: add. */
const migrations: readonly string[] = [
  `
  CREATE TABLE environments (
    id TEXT PRIMARY KEY,
    stack_name TEXT NOT NULL,
    name TEXT NOT NULL,
    folder TEXT NOT NULL,
    added_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    environment_id TEXT,
    title TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    committed INTEGER NOT NULL DEFAULT 0,
    resumed INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    error TEXT,
    summary TEXT,
    undoable INTEGER NOT NULL DEFAULT 0,
    dismissed INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX operations_by_environment ON operations (environment_id, created_at);
  CREATE INDEX operations_unfinished ON operations (state) WHERE state NOT IN ('done', 'failed', 'cancelled');
  CREATE TABLE operation_steps (
    operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    phase TEXT NOT NULL,
    name TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    result TEXT,
    PRIMARY KEY (operation_id, phase, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE operation_log (
    id INTEGER PRIMARY KEY,
    operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    step TEXT,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operation_log_by_operation ON operation_log (operation_id, id);
  `,
  `ALTER TABLE environments ADD COLUMN loading TEXT NOT NULL DEFAULT '{}';`,
  `
  CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    environment_id TEXT,
    service TEXT,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX incidents_by_time ON incidents (from_ms);
  CREATE TABLE incident_events (
    id INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX incident_events_by_incident ON incident_events (incident_id, at_ms);
  CREATE TABLE health_spans (
    id INTEGER PRIMARY KEY,
    environment_id TEXT NOT NULL,
    service TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER,
    state TEXT NOT NULL,
    reason TEXT
  ) STRICT;
  CREATE INDEX health_spans_by_time ON health_spans (environment_id, from_ms);
  CREATE INDEX health_spans_open ON health_spans (environment_id, service) WHERE to_ms IS NULL;
  CREATE TABLE health_watch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    alive_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE metric_series (
    id INTEGER PRIMARY KEY,
    environment_id TEXT NOT NULL,
    service TEXT NOT NULL,
    class TEXT NOT NULL,
    UNIQUE (environment_id, service)
  ) STRICT;
  CREATE TABLE metric_fine (
    at_ms INTEGER NOT NULL,
    series INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (at_ms, series)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE metric_rolled (
    width_ms INTEGER NOT NULL,
    series INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (width_ms, series, at_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE metric_rolled_until (
    width_ms INTEGER PRIMARY KEY,
    until_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE metric_habits (
    series INTEGER NOT NULL,
    metric TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (series, metric)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE health_memory (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE trusted_commands (
    environment_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    allowed_at TEXT NOT NULL,
    PRIMARY KEY (environment_id, hash)
  ) STRICT, WITHOUT ROWID;
  `,
  `ALTER TABLE operations ADD COLUMN started_by TEXT;`,
  `
  CREATE TABLE terminals (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    place TEXT NOT NULL,
    title TEXT NOT NULL,
    name TEXT,
    opened_at TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE secret_keys (
    environment_id TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (environment_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE team_files (
    environment_id TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (environment_id, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE seen_files (
    environment_id TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE routine_runs (
    id TEXT PRIMARY KEY,
    environment_id TEXT NOT NULL,
    routine TEXT NOT NULL,
    ended INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX routine_runs_by_routine ON routine_runs (environment_id, routine, id);
  CREATE INDEX routine_runs_unfinished ON routine_runs (ended) WHERE ended = 0;
  CREATE TABLE routine_steps (
    run_id TEXT NOT NULL REFERENCES routine_runs (id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    body TEXT NOT NULL,
    output TEXT,
    PRIMARY KEY (run_id, step)
  ) STRICT;
  CREATE TABLE trusted_routines (
    environment_id TEXT NOT NULL,
    routine TEXT NOT NULL,
    hash TEXT NOT NULL,
    commands TEXT NOT NULL,
    agreed_at TEXT NOT NULL,
    PRIMARY KEY (environment_id, routine)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE routine_schedules (
    environment_id TEXT NOT NULL,
    routine TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (environment_id, routine)
  ) STRICT, WITHOUT ROWID;
  `,
];

// A statement does not keep its connection: one that is only reachable through statements is collected and closed.
const connections = new Set<Database>();

/**
 * Opens the one SQLite file and brings its schema up to date. Every commit is on disk when it returns
 * (`synchronous=FULL`): the operation journal depends on that. Pass `:memory:` in tests.
 */
export function openDatabase(path: string): Database {
  const database = new DatabaseSync(path);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;',
  );
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  for (let version = row.user_version; version < migrations.length; version += 1) {
    database.exec(`BEGIN IMMEDIATE; ${migrations[version]} PRAGMA user_version = ${version + 1}; COMMIT;`);
  }
  connections.add(database);
  return database;
}

/**
 * A second connection to a file that `openDatabase` opened, for what may be lost with the power: its commits are not
 * flushed one by one (`synchronous=NORMAL`), so that writing figures costs the journal nothing.
 */
export function openBeside(path: string): Database {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 2000;');
  connections.add(database);
  return database;
}

/**
 * Runs writes that need not be on disk when they return: a power cut may take them, the end of this process does not, and
 * the next synced commit takes them along. Each sync costs milliseconds in which the engine does nothing else.
 */
export function unsynced<T>(database: Database, work: () => T): T {
  database.exec('PRAGMA synchronous = NORMAL');
  try {
    return work();
  } finally {
    database.exec('PRAGMA synchronous = FULL');
  }
}

export function closeDatabase(database: Database): void {
  connections.delete(database);
  database.close();
}
