import { z } from 'zod';
import { errorShapeSchema } from '../../../shared/contract/common.ts';
import {
  questionSchema,
  reasonSchema,
  runStepSchema,
  runStepStates,
  runTriggers,
  verdictSchema,
} from '../../../shared/contract/routines.ts';
import { stepKinds } from '../../../shared/domain/routine-file.ts';
import type { Database } from '../storage/database.ts';

const plannedStepSchema = z.object({
  id: z.string(),
  uses: z.enum(stepKinds),
  title: z.string(),
  options: z.record(z.string(), z.unknown()),
  needs: z.array(z.string()),
  if: z.string().nullable(),
  timeoutMs: z.number(),
  retries: z.object({ times: z.number(), pauseMs: z.number() }),
  optional: z.boolean(),
  ask: z.boolean(),
  looksOnly: z.boolean(),
  anyway: z.boolean().default(false),
});
export type StoredStep = z.infer<typeof plannedStepSchema>;

/** What a run goes by and how far it is, but for its steps. */
const runBodySchema = z.object({
  title: z.string(),
  trigger: z.enum(runTriggers),
  sequential: z.boolean(),
  budgetMs: z.number(),
  plan: z.array(plannedStepSchema),
  resumed: z.boolean(),
  verdict: verdictSchema.nullable(),
  state: z.object({
    phase: z.enum(['running', 'ended']),
    startedAt: z.number(),
    endedAt: z.number().nullable(),
    cancelled: z.boolean(),
    budgetUsed: z.boolean(),
    spentMs: z.number(),
    activeSince: z.number().nullable(),
  }),
});
export type RunBody = z.infer<typeof runBodySchema>;

/** What a later life of a step goes on from, beside its state. */
const recordSchema = z.object({
  operations: z.array(z.string()),
  /** An operation is about to be started: when that was, ms. */
  intentAt: z.number().nullable(),
  kept: z.unknown().optional(),
  /** To its questions, in order; null for those that are not written down. */
  answers: z.array(z.object({ text: z.string(), id: z.string() }).nullable()),
  reasons: z.array(reasonSchema),
  undo: runStepSchema.shape.undo,
  headline: z.string().nullable(),
  folder: z.string().nullable(),
  hasOutput: z.boolean(),
});
export type StepRecord = z.infer<typeof recordSchema>;

export const freshRecord: StepRecord = {
  operations: [],
  intentAt: null,
  answers: [],
  reasons: [],
  undo: null,
  headline: null,
  folder: null,
  hasOutput: false,
};

const stepBodySchema = z.object({
  state: z.enum(runStepStates),
  attempts: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  notBefore: z.number().nullable(),
  result: z.string().nullable(),
  error: errorShapeSchema.nullable(),
  question: questionSchema.nullable(),
  skippedBy: z.enum(['user', 'itself']).nullable(),
  record: recordSchema,
});
export type StepBody = z.infer<typeof stepBodySchema>;

export interface StoredRun {
  readonly id: string;
  readonly environmentId: string;
  readonly routine: string;
  readonly body: RunBody;
  readonly steps: ReadonlyMap<string, StepBody>;
}

export interface RunQuery {
  readonly environmentId?: string | undefined;
  readonly routine?: string | undefined;
  readonly limit: number;
}

/** Runs on disk. `save` returns after the commit is synced. */
export interface RunStore {
  /** The run and those of its steps that changed, in one commit. */
  save(run: Omit<StoredRun, 'steps'>, steps: ReadonlyMap<string, StepBody>): void;
  get(id: string): StoredRun | undefined;
  /** Newest first. */
  list(query: RunQuery): StoredRun[];
  unfinished(): StoredRun[];
  /** Environment and routine of all there is. */
  routines(): { environmentId: string; routine: string }[];
  saveOutput(id: string, step: string, text: string): void;
  output(id: string, step: string): string | undefined;
  /** Keeps the newest of a routine. Returns the ids that went. */
  trim(environmentId: string, routine: string, keep: number): string[];
}

const runRow = z.object({ id: z.string(), environment_id: z.string(), routine: z.string(), body: z.string() });
const stepRow = z.object({ run_id: z.string(), step: z.string(), body: z.string() });

export function createRunStore(database: Database): RunStore {
  const sql = {
    run: database.prepare(
      `INSERT INTO routine_runs (id, environment_id, routine, ended, body) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, body = excluded.body`,
    ),
    step: database.prepare(
      `INSERT INTO routine_steps (run_id, step, body) VALUES (?, ?, ?)
       ON CONFLICT (run_id, step) DO UPDATE SET body = excluded.body`,
    ),
    get: database.prepare('SELECT * FROM routine_runs WHERE id = ?'),
    list: database.prepare(
      `SELECT * FROM routine_runs WHERE (?1 IS NULL OR environment_id = ?1) AND (?2 IS NULL OR routine = ?2)
       ORDER BY id DESC LIMIT ?3`,
    ),
    unfinished: database.prepare('SELECT * FROM routine_runs WHERE ended = 0 ORDER BY id'),
    routines: database.prepare('SELECT DISTINCT environment_id, routine FROM routine_runs'),
    steps: database.prepare('SELECT run_id, step, body FROM routine_steps WHERE run_id = ?'),
    saveOutput: database.prepare('UPDATE routine_steps SET output = ? WHERE run_id = ? AND step = ?'),
    output: database.prepare('SELECT output FROM routine_steps WHERE run_id = ? AND step = ?'),
    trim: database.prepare(
      `DELETE FROM routine_runs WHERE id IN (
         SELECT id FROM routine_runs WHERE environment_id = ? AND routine = ? AND ended = 1 ORDER BY id DESC LIMIT -1 OFFSET ?)
       RETURNING id`,
    ),
  };

  function read(row: unknown): StoredRun | undefined {
    const { id, environment_id, routine, body } = runRow.parse(row);
    const parsed = runBodySchema.safeParse(JSON.parse(body));
    const steps = z
      .array(stepRow)
      .parse(sql.steps.all(id))
      .map((each) => [each.step, stepBodySchema.safeParse(JSON.parse(each.body))] as const);
    // A run of a version that wrote it otherwise is left out: history is not worth a refusal to start.
    if (!parsed.success || steps.some(([, step]) => !step.success)) return undefined;
    return {
      id,
      environmentId: environment_id,
      routine,
      body: parsed.data,
      steps: new Map(steps.flatMap(([name, step]) => (step.success ? [[name, step.data] as const] : []))),
    };
  }
  const readAll = (rows: readonly unknown[]): StoredRun[] => rows.flatMap((row) => read(row) ?? []);

  return {
    save({ id, environmentId, routine, body }, steps) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const ended = body.state.phase === 'ended' ? 1 : 0;
        sql.run.run(id, environmentId, routine, ended, JSON.stringify(body));
        for (const [step, each] of steps) sql.step.run(id, step, JSON.stringify(each));
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    get(id) {
      const row = sql.get.get(id);
      return row === undefined ? undefined : read(row);
    },
    list: ({ environmentId, routine, limit }) => readAll(sql.list.all(environmentId ?? null, routine ?? null, limit)),
    unfinished: () => readAll(sql.unfinished.all()),
    routines: () =>
      z
        .array(z.object({ environment_id: z.string(), routine: z.string() }))
        .parse(sql.routines.all())
        .map((row) => ({ environmentId: row.environment_id, routine: row.routine })),
    saveOutput: (id, step, text) => void sql.saveOutput.run(text, id, step),
    output: (id, step) =>
      z.object({ output: z.string().nullable() }).optional().parse(sql.output.get(id, step))?.output ?? undefined,
    trim: (environmentId, routine, keep) =>
      z
        .array(z.object({ id: z.string() }))
        .parse(sql.trim.all(environmentId, routine, keep))
        .map(({ id }) => id),
  };
}
