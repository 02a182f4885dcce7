import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { problemSchema } from '../domain/problem.ts';
import { routineSchema, scheduleSchema, stepKinds } from '../domain/routine-file.ts';
import { environmentId, errorShapeSchema, flowSchema, isoTime, procedure } from './common.ts';

/** What was not as it should be, without keeping anybody from working (`remark`), or keeping them (`blocker`). */
export const reasonSchema = z.object({
  kind: z.enum(['remark', 'blocker']),
  /** The step that found it; null: the run itself, for example its budget. */
  step: z.string().nullable(),
  title: z.string(),
  detail: z.string().nullable(),
  /** What to do, one sentence; null when nothing needs doing. */
  remedy: z.string().nullable(),
  service: z.string().nullable(),
});
export type Reason = z.infer<typeof reasonSchema>;

export const verdictSchema = z.object({
  kind: z.enum(['ready', 'remarks', 'not-ready', 'cancelled']),
  /** `Ready – 7 of 7 services healthy, 3 commits behind main`. */
  sentence: z.string(),
  reasons: z.array(reasonSchema).max(200),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** What a step wants to know before it goes on. The rest of the run does not wait for it. */
export const questionSchema = z.discriminatedUnion('kind', [
  /** Shall it be done? `choices` are buttons, the first one is the proposal. */
  z.object({
    kind: z.literal('choice'),
    text: z.string(),
    detail: z.array(z.string()).max(100),
    choices: z.array(z.object({ id: z.string(), label: z.string(), danger: z.boolean() })).min(1),
  }),
  /** Values that go into the key store. */
  z.object({
    kind: z.literal('secrets'),
    text: z.string(),
    keys: z.array(z.object({ key: z.string(), why: z.string().nullable() })),
    /** Where they will be kept, in words. */
    kept: z.string(),
  }),
  /** Values for keys of an env file; `proposal` from the template. */
  z.object({
    kind: z.literal('values'),
    text: z.string(),
    keys: z.array(z.object({ key: z.string(), proposal: z.string(), comment: z.string().nullable() })),
  }),
]);
export type StepQuestion = z.infer<typeof questionSchema>;

export const runStepStates = [
  'waiting',
  'running',
  /** Waits for an answer. */
  'asking',
  'done',
  /** Its condition was false, or the user or a missing thing skipped it. `result` says which. */
  'skipped',
  'failed',
  /** Something it needs failed. */
  'blocked',
  'cancelled',
] as const;

export const runStepSchema = z.object({
  id: z.string(),
  uses: z.enum(stepKinds),
  title: z.string(),
  needs: z.array(z.string()),
  state: z.enum(runStepStates),
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  attempts: z.number().int(),
  /** What it is doing right now. */
  detail: z.string().nullable(),
  progress: z.object({ done: z.number(), total: z.number().nullable(), unit: z.enum(['bytes', 'items']) }).nullable(),
  /** What it did, one sentence: `3 commits, fast-forward to 8f3c1e2`. */
  result: z.string().nullable(),
  error: errorShapeSchema.nullable(),
  question: questionSchema.nullable(),
  /** The operation that does it, with steps and a log of its own. */
  operationId: z.string().nullable(),
  /** Median of earlier runs, ms. */
  usualMs: z.number().nullable(),
  /** Offered now. */
  can: z.object({ retry: z.boolean(), skip: z.boolean(), terminal: z.boolean() }),
  /** Where “open terminal here” opens. */
  folder: z.string().nullable(),
  /** Taken back with `git.undoWip`; null when there is nothing to take back. */
  undo: z.object({ label: z.string(), token: z.string() }).nullable(),
  /** There is live output to read with `routines.output`. */
  hasOutput: z.boolean(),
});
export type RunStep = z.infer<typeof runStepSchema>;

export const runTriggers = ['user', 'schedule', 'unlock', 'resume', 'late', 'cli'] as const;

export const routineRunSchema = z.object({
  id: z.string(),
  environmentId,
  routine: z.string(),
  title: z.string(),
  trigger: z.enum(runTriggers),
  state: z.enum(['running', 'ended']),
  startedAt: isoTime,
  endedAt: isoTime.nullable(),
  budgetMs: z.number(),
  /** Median of earlier runs that ended well, ms. */
  usualMs: z.number().nullable(),
  /** Null while it runs. Retry and Skip open an ended run again. */
  verdict: verdictSchema.nullable(),
  /** Found so far. */
  reasons: z.array(reasonSchema).max(200),
  steps: z.array(runStepSchema).max(100),
  /** A life of the engine ended in between, and this one went on with it. */
  resumed: z.boolean(),
});
export type RoutineRun = z.infer<typeof routineRunSchema>;

/** What will be run in a folder, word by word; the hash covers all of it. */
export const trustViewSchema = z.object({
  hash: z.string(),
  trusted: z.boolean(),
  /** It was trusted, and the text changed since. */
  changed: z.boolean(),
  /** One entry for each thing that is run: a command, or git with its repository and remote. */
  commands: z.array(
    z.object({
      step: z.string().nullable(),
      /** Exactly what is run. */
      text: z.string(),
      /** Where: a folder, or `in the container of api`. */
      where: z.string(),
      position: problemSchema.shape.position,
      /** Was it there when the user last agreed? */
      isNew: z.boolean(),
    }),
  ),
});
export type TrustView = z.infer<typeof trustViewSchema>;

export const routineStepViewSchema = z.object({
  id: z.string(),
  uses: z.enum(stepKinds),
  title: z.string(),
  needs: z.array(z.string()),
  if: z.string().nullable(),
  /** What it would do now, short: `4 files on order-book-v2`, `212 MB changed, limit 50 MB`; null: not known before. */
  now: z.string().nullable(),
  /** Its condition is false right now. */
  skips: z.boolean(),
  usualMs: z.number().nullable(),
  position: problemSchema.shape.position,
});
export type RoutineStepView = z.infer<typeof routineStepViewSchema>;

export const scheduleViewSchema = z.object({
  schedule: scheduleSchema,
  enabled: z.boolean(),
  /** Of golden.yml, or the user's own on this machine. */
  from: z.enum(['file', 'user']),
  nextAt: isoTime.nullable(),
  /** Why the last time was left out: `on battery with 12 %`; null otherwise. */
  skipped: z.object({ at: isoTime, reason: z.string() }).nullable(),
});
export type ScheduleView = z.infer<typeof scheduleViewSchema>;

export const routineViewSchema = z.object({
  environmentId,
  name: z.string(),
  title: z.string(),
  /** Ours, or declared in golden.yml. */
  source: z.enum(['default', 'file']),
  position: problemSchema.shape.position,
  budgetMs: z.number(),
  usualMs: z.number().nullable(),
  steps: z.array(routineStepViewSchema),
  schedule: scheduleViewSchema.nullable(),
  trust: trustViewSchema,
  lastRun: z
    .object({ id: z.string(), at: isoTime, verdict: verdictSchema.nullable(), tookMs: z.number().nullable() })
    .nullable(),
  problems: z.array(problemSchema),
});
export type RoutineView = z.infer<typeof routineViewSchema>;

export const trendSchema = z.object({
  /** One per run, oldest first. */
  runs: z.array(z.object({ id: z.string(), at: isoTime, tookMs: z.number(), verdict: verdictSchema.shape.kind })),
  /** Medians, ms: of the last seven days, and of the seven before. */
  nowMs: z.number().nullable(),
  beforeMs: z.number().nullable(),
  /** `Morning startup takes 38 s, was 21 s the week before: Start services`; null when nothing changed much. */
  words: z.string().nullable(),
  steps: z.array(
    z.object({ id: z.string(), title: z.string(), nowMs: z.number().nullable(), beforeMs: z.number().nullable() }),
  ),
});
export type RoutineTrend = z.infer<typeof trendSchema>;

/** What steps and conditions can be made of, for whoever writes them. */
export const vocabularySchema = z.object({
  kinds: z.array(z.enum(stepKinds)),
  facts: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['bytes', 'number', 'duration', 'text', 'flag']),
      /** One sentence. */
      about: z.string(),
    }),
  ),
});
export type Vocabulary = z.infer<typeof vocabularySchema>;

const target = z.object({ environmentId, routine: z.string().max(60) });
const inRun = z.object({ runId: z.string(), step: z.string() });

export const routinesContract = {
  list: procedure.input(z.object({ environmentId })).output(z.array(routineViewSchema)),
  /** With `now` filled in: measures and asks git, so it takes a moment. */
  preview: procedure.input(target).output(routineViewSchema),
  /** Returns at once. Refused with `guard.untrusted` (details: a TrustView) until what it runs was agreed to. */
  run: procedure
    .input(target.extend({ trigger: z.enum(['user', 'cli']).default('user'), sequential: z.boolean().optional() }))
    .output(z.object({ runId: z.string() })),
  get: procedure.input(z.object({ runId: z.string() })).output(routineRunSchema),
  /** Newest first. */
  runs: procedure
    .input(
      z.object({
        environmentId: environmentId.optional(),
        routine: z.string().optional(),
        limit: z.number().int().min(1).max(200).default(30),
      }),
    )
    .output(z.array(routineRunSchema)),
  cancel: procedure.input(z.object({ runId: z.string() })).output(routineRunSchema),
  retry: procedure.input(inRun).output(routineRunSchema),
  skip: procedure.input(inRun).output(routineRunSchema),
  answer: procedure
    .input(
      inRun.extend({
        answer: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('choice'), id: z.string() }),
          z.object({ kind: z.literal('secrets'), values: z.record(z.string(), z.string().max(100_000)) }),
          z.object({ kind: z.literal('values'), values: z.record(z.string(), z.string().max(100_000)) }),
        ]),
      }),
    )
    .output(routineRunSchema),
  /** What a step wrote, from the start (the kept tail of it), then as it comes; ends with the step. */
  output: procedure
    .input(inRun.extend({ flow: flowSchema }))
    .output(eventIterator(z.object({ text: z.string(), dropped: z.number().int() }))),
  trend: procedure.input(target).output(trendSchema),
  trust: procedure.input(target).output(trustViewSchema),
  /** Agrees to exactly what was shown. Refused as `plan.stale` when it is another text by now. */
  agree: procedure.input(target.extend({ hash: z.string() })).output(trustViewSchema),
  withdraw: procedure.input(target).output(trustViewSchema),
  /** Null: as golden.yml proposes, turned on or off. */
  schedule: procedure
    .input(target.extend({ schedule: scheduleSchema.nullable(), enabled: z.boolean() }))
    .output(scheduleViewSchema.nullable()),
  /** What `save` would write. */
  previewSave: procedure
    .input(target.extend({ declaration: routineSchema.nullable() }))
    .output(z.object({ file: z.string(), diff: z.string(), problems: z.array(problemSchema) })),
  /** Writes `routines.<name>` of golden.yml, comments kept; null removes it, and ours is back. */
  save: procedure
    .input(target.extend({ declaration: routineSchema.nullable() }))
    .output(z.object({ file: z.string(), text: z.string() })),
  /** As it stands in the file, or what ours would be if it were written down: what the editor starts from. */
  declaration: procedure.input(target).output(routineSchema),
  vocabulary: procedure.output(vocabularySchema),
  templates: procedure.output(
    z.array(z.object({ name: z.string(), title: z.string(), about: z.string(), declaration: routineSchema })),
  ),
};
