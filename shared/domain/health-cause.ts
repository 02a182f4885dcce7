import { z } from 'zod';

const ms = z.number();
const common = {
  /** The service it happened to; null when it is the host's or the engine's. */
  service: z.string().nullable(),
  /** When, ms since the epoch. */
  at: ms,
  /** What was seen, one line: the probe's error, the last output of a HEALTHCHECK. */
  detail: z.string().nullable(),
};

/** Why a service is not healthy, as data; `explain` puts it in words. */
const ownCauseSchemas = [
  z.object({ kind: z.literal('oom'), ...common, limitBytes: z.number().nullable() }),
  z.object({ kind: z.literal('exit'), ...common, exitCode: z.number().int().nullable() }),
  /** Ended by a signal that nobody asked the engine for. */
  z.object({ kind: z.literal('killed'), ...common, signal: z.string() }),
  /** The engine could not start it. */
  z.object({ kind: z.literal('start-failed'), ...common }),
  z.object({ kind: z.literal('probe'), ...common, probe: z.enum(['liveness', 'readiness', 'startup']) }),
  /** The image's own HEALTHCHECK. */
  z.object({ kind: z.literal('healthcheck'), ...common }),
  z.object({ kind: z.literal('failures'), ...common, ratio: z.number(), windowMs: ms }),
  z.object({
    kind: z.literal('latency'),
    ...common,
    p95Ms: ms,
    limitMs: ms,
    /** The usual p95; null when the limit is one that was set. */
    baselineMs: ms.nullable(),
  }),
  z.object({ kind: z.literal('flapping'), ...common, downs: z.number().int(), windowMs: ms }),
  /** Somebody stopped or paused it: a choice, and yet the reason why others fail. */
  z.object({ kind: z.literal('stopped'), ...common }),
  z.object({ kind: z.literal('unreachable'), ...common }),
  z.object({ kind: z.literal('disk-full'), ...common, path: z.string(), freeBytes: z.number() }),
  z.object({ kind: z.literal('data-loss'), ...common }),
  /** A figure far from what is usual at this hour. */
  z.object({ kind: z.literal('anomaly'), ...common, metric: z.string() }),
] as const;

export const ownCauseSchema = z.discriminatedUnion('kind', ownCauseSchemas);
export type OwnCause = z.infer<typeof ownCauseSchema>;

export const causeSchema = z.discriminatedUnion('kind', [
  ...ownCauseSchemas,
  z.object({
    kind: z.literal('dependency'),
    ...common,
    /** The services between this one and the root, nearest first, the root last. */
    path: z.array(z.string()).min(1),
    root: ownCauseSchema,
  }),
]);
export type Cause = z.infer<typeof causeSchema>;
export type CauseKind = Cause['kind'];
