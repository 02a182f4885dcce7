import { z } from 'zod';
import { errorShapeSchema } from '../../../shared/contract/common.ts';
import {
  type OperationView,
  operationStates,
  type Starter,
  type StepView,
  startedBySchema,
} from '../../../shared/contract/operations.ts';
import type { ErrorShape } from '../../../shared/errors.ts';
import { type Database, unsynced } from '../storage/database.ts';

const maxLogLines = 2000;

const operationRow = z.object({
  id: z.string(),
  kind: z.string(),
  environment_id: z.string().nullable(),
  title: z.string(),
  input: z.string(),
  state: z.enum(operationStates),
  committed: z.number(),
  resumed: z.number(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  error: z.string().nullable(),
  summary: z.string().nullable(),
  undoable: z.number(),
  /** `StartedBy` in JSON. */
  started_by: z.string().nullable(),
});
export type OperationRow = z.infer<typeof operationRow>;

const stepRow = z.object({
  phase: z.enum(['run', 'undo']),
  name: z.string(),
  title: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  result: z.string().nullable(),
});
export type StepRow = z.infer<typeof stepRow>;

export type Phase = 'run' | 'undo';

/** What is on disk about operations. Every method but `log` returns after the commit is synced. */
/** Gives back the same thing with some texts in it masked. */
export type Hide = <T>(words: T) => T;

export interface Journal {
  insert(
    row: Pick<OperationRow, 'id' | 'kind' | 'environment_id' | 'title' | 'input' | 'created_at'> & {
      readonly started_by?: string | null;
    },
  ): void;
  setState(id: string, state: OperationRow['state'], at: string): void;
  end(
    id: string,
    end: {
      state: 'done' | 'failed' | 'cancelled';
      at: string;
      error: ErrorShape | null;
      summary: string | null;
      undoable: boolean;
    },
  ): void;
  /** Why it is being undone; `end` repeats it. */
  fail(id: string, error: ErrorShape): void;
  commit(id: string): void;
  markResumed(id: string): void;
  beginStep(id: string, phase: Phase, name: string, title: string, at: string): void;
  endStep(id: string, phase: Phase, name: string, state: 'done' | 'failed', result: unknown, at: string): void;
  /** What a running step notes for a later life; its result takes the place of it. */
  noteStep(id: string, phase: Phase, name: string, notes: readonly string[]): void;
  steps(id: string): StepRow[];
  row(id: string): OperationRow | undefined;
  /** What had begun first, whatever the clock said: what was queued behind it comes after it again. */
  unfinished(): OperationRow[];
  /** Newest first; those the user dismissed from the tray only with `all`. */
  recent(
    limit: number,
    options: {
      readonly environmentId?: string | undefined;
      readonly startedBy?: readonly Starter[] | undefined;
      readonly all: boolean;
    },
  ): OperationRow[];
  /** Created within, the end not included; ISO times. Newest first, at most 2,000. */
  within(from: string, to: string): OperationRow[];
  log(id: string, step: string | null, text: string, at: string): void;
  readLog(id: string): { at: string; step: string | null; text: string }[];
  dismiss(id: string): void;
  /** Median duration in ms of the last ten that ended well, or null. */
  estimate(kind: string, environmentId: string | null): number | null;
}

/** `hide` takes out of words what must not be written down. */
export function createJournal(database: Database, hide: Hide = (words) => words): Journal {
  const sql = {
    insert: database.prepare(
      "INSERT INTO operations (id, kind, environment_id, title, input, state, created_at, started_by) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?)",
    ),
    state: database.prepare('UPDATE operations SET state = ?, started_at = coalesce(started_at, ?) WHERE id = ?'),
    end: database.prepare(
      'UPDATE operations SET state = ?, ended_at = ?, error = ?, summary = ?, undoable = ? WHERE id = ?',
    ),
    fail: database.prepare('UPDATE operations SET error = ? WHERE id = ?'),
    commit: database.prepare('UPDATE operations SET committed = 1 WHERE id = ?'),
    resumed: database.prepare('UPDATE operations SET resumed = 1 WHERE id = ?'),
    beginStep: database.prepare(
      `INSERT INTO operation_steps (operation_id, phase, name, ordinal, title, state, started_at)
       VALUES (?, ?, ?, (SELECT count(*) FROM operation_steps WHERE operation_id = ?), ?, 'running', ?)
       ON CONFLICT (operation_id, phase, name) DO UPDATE SET state = 'running', started_at = excluded.started_at, ended_at = NULL`,
    ),
    endStep: database.prepare(
      'UPDATE operation_steps SET state = ?, ended_at = ?, result = ? WHERE operation_id = ? AND phase = ? AND name = ?',
    ),
    noteStep: database.prepare(
      'UPDATE operation_steps SET result = ? WHERE operation_id = ? AND phase = ? AND name = ?',
    ),
    steps: database.prepare('SELECT * FROM operation_steps WHERE operation_id = ? ORDER BY ordinal'),
    row: database.prepare('SELECT * FROM operations WHERE id = ?'),
    unfinished: database.prepare(
      "SELECT * FROM operations WHERE state NOT IN ('done', 'failed', 'cancelled') ORDER BY state = 'queued', created_at, id",
    ),
    recent: database.prepare(
      `SELECT * FROM operations
       WHERE (?3 OR dismissed = 0) AND (?1 IS NULL OR environment_id = ?1)
         AND (?4 IS NULL OR json_extract(started_by, '$.who') IN (SELECT value FROM json_each(?4)))
       ORDER BY created_at DESC, id DESC LIMIT ?2`,
    ),
    within: database.prepare(
      'SELECT * FROM operations WHERE created_at >= ? AND created_at < ? ORDER BY created_at DESC, id DESC LIMIT 2000',
    ),
    log: database.prepare('INSERT INTO operation_log (operation_id, at, step, text) VALUES (?, ?, ?, ?)'),
    trimLog: database.prepare(
      'DELETE FROM operation_log WHERE operation_id = ?1 AND id <= (SELECT id FROM operation_log WHERE operation_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)',
    ),
    readLog: database.prepare('SELECT at, step, text FROM operation_log WHERE operation_id = ? ORDER BY id'),
    dismiss: database.prepare('UPDATE operations SET dismissed = 1 WHERE id = ?'),
    durations: database.prepare(
      `SELECT started_at, ended_at FROM operations WHERE kind = ? AND environment_id IS ? AND state = 'done' AND resumed = 0
       ORDER BY ended_at DESC LIMIT 10`,
    ),
  };
  return {
    insert: (row) =>
      void sql.insert.run(
        row.id,
        row.kind,
        row.environment_id,
        row.title,
        row.input,
        row.created_at,
        row.started_by ?? null,
      ),
    setState: (id, state, at) => void sql.state.run(state, at, id),
    end: (id, end) =>
      void sql.end.run(
        end.state,
        end.at,
        end.error === null ? null : JSON.stringify(hide(end.error)),
        hide(end.summary),
        end.undoable ? 1 : 0,
        id,
      ),
    fail: (id, error) => void sql.fail.run(JSON.stringify(hide(error)), id),
    commit: (id) => void sql.commit.run(id),
    markResumed: (id) => void sql.resumed.run(id),
    beginStep: (id, phase, name, title, at) => void sql.beginStep.run(id, phase, name, id, title, at),
    endStep: (id, phase, name, state, result, at) =>
      void sql.endStep.run(state, at, result === undefined ? null : JSON.stringify(result), id, phase, name),
    noteStep: (id, phase, name, notes) => void sql.noteStep.run(JSON.stringify(notes), id, phase, name),
    steps: (id) => z.array(stepRow).parse(sql.steps.all(id)),
    row: (id) => operationRow.optional().parse(sql.row.get(id)),
    unfinished: () => z.array(operationRow).parse(sql.unfinished.all()),
    recent(limit, { environmentId, startedBy, all }) {
      const who = startedBy === undefined ? null : JSON.stringify(startedBy);
      return z.array(operationRow).parse(sql.recent.all(environmentId ?? null, limit, all ? 1 : 0, who));
    },
    within: (from, to) => z.array(operationRow).parse(sql.within.all(from, to)),
    log(id, step, text, at) {
      unsynced(database, () => {
        const { lastInsertRowid } = sql.log.run(id, at, step, hide(text).slice(0, 16_384));
        if (Number(lastInsertRowid) % 200 === 0) sql.trimLog.run(id, maxLogLines);
      });
    },
    readLog: (id) =>
      z.array(z.object({ at: z.string(), step: z.string().nullable(), text: z.string() })).parse(sql.readLog.all(id)),
    dismiss: (id) => void sql.dismiss.run(id),
    estimate(kind, environmentId) {
      const rows = sql.durations.all(kind, environmentId) as { started_at: string; ended_at: string }[];
      const times = rows.map((row) => Date.parse(row.ended_at) - Date.parse(row.started_at)).sort((a, b) => a - b);
      return times.length === 0 ? null : (times[Math.floor((times.length - 1) / 2)] ?? null);
    },
  };
}

/** A step as the user sees it, without what only a running process knows. */
export function stepView(row: StepRow): StepView {
  return {
    name: `${row.phase}:${row.name}`,
    title: row.title,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    progress: null,
    detail: null,
  };
}

export function operationView(row: OperationRow, steps: StepView[], estimateMs: number | null): OperationView {
  const error = row.error === null ? null : errorShapeSchema.parse(JSON.parse(row.error));
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    environmentId: row.environment_id,
    state: row.state,
    startedBy: row.started_by === null ? null : startedBySchema.parse(JSON.parse(row.started_by)),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    steps,
    estimateMs,
    cancellable: row.committed === 0 && (row.state === 'queued' || row.state === 'running'),
    resumed: row.resumed === 1,
    error,
    summary: row.summary,
    undoable: row.undoable === 1,
  };
}
