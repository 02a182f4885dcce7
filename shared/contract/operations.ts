import { z } from 'zod';
import { environmentId, errorShapeSchema, isoTime, procedure } from './common.ts';

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

export const operationViewSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  environmentId: environmentId.nullable(),
  state: z.enum(operationStates),
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
    .input(z.object({ environmentId: environmentId.optional(), limit: z.number().int().min(1).max(500).default(100) }))
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
