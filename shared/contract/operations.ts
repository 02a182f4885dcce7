import { z } from 'zod';
import { environmentId, errorShapeSchema, isoTime, procedure, serviceName } from './common.ts';

/** One of several things that a step works on at once, such as an image that is pulled. */
export const stepPartSchema = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Measured, or null when nothing can be measured. */
  progress: z.object({ done: z.number(), total: z.number().nullable(), unit: z.enum(['bytes', 'items']) }).nullable(),
  /** Units per second, measured over the last seconds; null while nothing moves. */
  perSecond: z.number().nullable(),
  detail: z.string().nullable(),
});
export type StepPart = z.infer<typeof stepPartSchema>;

export const stepViewSchema = z.object({
  name: z.string(),
  title: z.string(),
  state: z.enum(['pending', 'running', 'done', 'failed', 'skipped']),
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  /** Measured, or null when nothing can be measured. Never invented. */
  progress: z.object({ done: z.number(), total: z.number().nullable(), unit: z.enum(['bytes', 'items']) }).nullable(),
  /** What it is doing right now, in words. */
  detail: z.string().nullable(),
  /** What it works on at once, when that can be told apart. */
  parts: z.array(stepPartSchema).max(100).optional(),
});
export type StepView = z.infer<typeof stepViewSchema>;

export const operationStates = ['queued', 'running', 'cancelling', 'undoing', 'done', 'failed', 'cancelled'] as const;

/** Who can start operations. The first three are people, at the window, the tray, the command line. */
export const starters = ['user', 'tray', 'cli', 'recovery', 'routine', 'schedule', 'upkeep'] as const;
export type Starter = (typeof starters)[number];

export const startedBySchema = z.object({
  who: z.enum(starters),
  /** What made it start by itself: `it is down (attempt 2)`; null where somebody asked for it. */
  reason: z.string().nullable(),
  /** The service it is about, where it is about one and that is known. */
  service: serviceName.nullable(),
});
export type StartedBy = z.infer<typeof startedBySchema>;

export const operationViewSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  environmentId: environmentId.nullable(),
  state: z.enum(operationStates),
  /** Null or absent: written down by a version that did not say. */
  startedBy: startedBySchema.nullable().optional(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  endedAt: isoTime.nullable(),
  steps: z.array(stepViewSchema),
  /** Median duration of earlier runs of this kind on this environment, ms. */
  estimateMs: z.number().nullable(),
  cancellable: z.boolean(),
  /** It was under way when the engine ended, and was taken up again (finished or undone) at the next start. */
  resumed: z.boolean(),
  error: errorShapeSchema.nullable(),
  /** What changed, in one sentence, once it ended. */
  summary: z.string().nullable(),
  /** Undo is offered: call `golden.undo` for the environment. */
  undoable: z.boolean(),
});
export type OperationView = z.infer<typeof operationViewSchema>;

export const operationsContract = {
  list: procedure
    .input(
      z.object({
        environmentId: environmentId.optional(),
        /** Only those that one of these started. */
        startedBy: z.array(z.enum(starters)).min(1).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.array(operationViewSchema)),
  get: procedure.input(z.object({ operationId: z.string() })).output(operationViewSchema),
  cancel: procedure.input(z.object({ operationId: z.string() })).output(operationViewSchema),
  /** The operation's own log, oldest first, bounded. */
  log: procedure
    .input(z.object({ operationId: z.string() }))
    .output(z.array(z.object({ at: isoTime, step: z.string().nullable(), text: z.string() }))),
  /** Forgets ended operations in the tray; the journal keeps them. */
  dismiss: procedure.input(z.object({ operationId: z.string() })).output(z.object({})),
};
