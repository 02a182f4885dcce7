import { z } from 'zod';
import { noticeActions, noticeSchema } from '../domain/alert-types.ts';
import { probeSchema, recoveryPolicies, serviceCheckSchema } from '../domain/checks.ts';
import { healthStates } from '../domain/health.ts';
import { healthRulesSchema } from '../domain/health-rules.ts';
import { incidentSchema } from '../domain/incident-types.ts';
import { problemSchema } from '../domain/problem.ts';
import { environmentId, operationRef, procedure, serviceName } from './common.ts';

/** Times here are ms since the epoch, as in shared/domain. */
const ms = z.number();

export const probeOutcomeSchema = z.object({
  at: ms,
  ok: z.boolean(),
  latencyMs: z.number().nullable(),
  /** One line: what failed, or what answered. */
  detail: z.string().nullable(),
});
export type ProbeOutcome = z.infer<typeof probeOutcomeSchema>;

/** How one service is checked, and what came of it. */
export const checkViewSchema = z.object({
  service: serviceName,
  state: z.enum(healthStates),
  since: ms,
  /** Why it is in this state, in words. */
  reason: z.string().nullable(),
  /** What golden.yml says; null when it says nothing about this service. */
  declared: serviceCheckSchema.nullable(),
  position: problemSchema.shape.position,
  /** What is done; null: container state and HEALTHCHECK only. */
  probe: probeSchema.nullable(),
  source: z.enum(['declared', 'suggested', 'none']),
  /** Why this probe was suggested, or why there is none: "postgres image, port 5432". */
  why: z.string(),
  /** Where it goes: `127.0.0.1:5432`, `exec in shop-db-1`; null while it cannot be reached. */
  target: z.string().nullable(),
  /** A probe that is wanted and not made, and why; the service goes by its containers meanwhile. Null or absent: it is made. */
  obstacle: z.string().nullable().optional(),
  /** A command that this check runs on this machine, exactly, and whether the user allowed it. Absent: none. */
  hostCommand: z.object({ run: z.array(z.string()), folder: z.string(), allowed: z.boolean() }).optional(),
  rules: healthRulesSchema,
  recovery: z.enum(recoveryPolicies),
  muted: z.boolean(),
  last: probeOutcomeSchema.nullable(),
  nextAt: ms.nullable(),
  /** Of the last ten minutes; null without results. */
  latency: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  counters: z.object({
    probes: z.number().int(),
    failures: z.number().int(),
    downs: z.number().int(),
    restarts: z.number().int(),
    ooms: z.number().int(),
  }),
  /** Automatic restarts go no further until then (circuit breaker), or until somebody acts; null: closed. */
  breakerOpenSince: ms.nullable(),
});
export type CheckView = z.infer<typeof checkViewSchema>;

export const timelineMarkSchema = z.object({
  at: ms,
  kind: z.enum(['capture', 'restore', 'undo', 'incident', 'recovery', 'up', 'stop']),
  label: z.string(),
  service: serviceName.nullable(),
  /** Operation or incident it belongs to. */
  ref: z.string(),
});
export type TimelineMark = z.infer<typeof timelineMarkSchema>;

/** How services fared over a time: what the horizon draws. */
export const timelineSchema = z.object({
  environmentId,
  from: ms,
  to: ms,
  services: z.array(
    z.object({
      service: serviceName,
      /** Oldest first, without overlap; times in which nobody watched are left out. */
      spans: z.array(z.object({ from: ms, to: ms, state: z.enum(healthStates), reason: z.string().nullable() })),
    }),
  ),
  marks: z.array(timelineMarkSchema),
});
export type Timeline = z.infer<typeof timelineSchema>;

export const machineNewsSchema = z.discriminatedUnion('kind', [
  /** `unlock` also when somebody just logged in. */
  z.object({ kind: z.enum(['sleep', 'resume', 'lock', 'unlock']) }),
  z.object({ kind: z.literal('power'), onBattery: z.boolean() }),
]);
export type MachineNews = z.infer<typeof machineNewsSchema>;

const target = z.object({ environmentId });
const one = target.extend({ service: serviceName });

export const healthContract = {
  checks: procedure.input(target).output(z.array(checkViewSchema)),
  /** Probes now, out of turn. */
  probe: procedure.input(one).output(probeOutcomeSchema),
  /** Tries a probe that is not declared yet, for the editor. Nothing is concluded from it. */
  tryProbe: procedure.input(one.extend({ probe: probeSchema })).output(probeOutcomeSchema),
  /** Writes `health.services.<service>` of golden.yml, comments kept; null removes it. Creates the file when there is none. */
  setCheck: procedure
    .input(one.extend({ check: serviceCheckSchema.nullable() }))
    .output(z.object({ file: z.string(), text: z.string() })),
  /** What `setCheck` would write. */
  previewCheck: procedure
    .input(one.extend({ check: serviceCheckSchema.nullable() }))
    .output(z.object({ file: z.string(), diff: z.string() })),
  /**
   * Lets a probe run this command on this machine, in the stack's folder, or no longer. Holds for exactly this text; show
   * it before asking.
   */
  allowCommand: procedure
    .input(one.extend({ run: z.array(z.string().max(10_000)).min(1).max(200), allowed: z.boolean() }))
    .output(z.object({})),
  /** Nothing is probed and nobody is told until then; null: watch again. */
  pauseWatching: procedure
    .input(z.object({ environmentId: environmentId.nullable(), until: ms.nullable() }))
    .output(z.object({})),
  /**
   * What the desktop notices of the machine: nothing is concluded from the time it slept, a battery is spared, and
   * routines begin with whoever comes back.
   */
  machine: procedure.input(machineNewsSchema).output(z.object({})),
  timeline: procedure.input(target.extend({ from: ms, to: ms })).output(timelineSchema),
};

export const incidentsContract = {
  /** Newest first. */
  list: procedure
    .input(
      z.object({
        environmentId: environmentId.optional(),
        open: z.boolean().optional(),
        since: ms.optional(),
        limit: z.number().int().min(1).max(1000).default(100),
      }),
    )
    .output(z.array(incidentSchema)),
  get: procedure.input(z.object({ incidentId: z.string() })).output(
    z.object({
      incident: incidentSchema,
      /** Why, in words, and the one thing to do about it. */
      explanation: z.string(),
      action: z.enum(noticeActions).nullable(),
      /** State changes, recoveries and notices within, oldest first. */
      events: z.array(z.object({ at: ms, text: z.string() })),
    }),
  ),
  acknowledge: procedure.input(z.object({ incidentId: z.string() })).output(z.object({})),
};

export const noticesContract = {
  /** What a button of a notice does. `restart` gives the operation it started. */
  act: procedure
    .input(z.object({ noticeId: z.string(), action: z.enum(noticeActions) }))
    .output(z.object({ operation: operationRef.nullable() })),
  /** Until null: no longer. Service null: the whole environment. */
  snooze: procedure
    .input(target.extend({ service: serviceName.nullable(), until: ms.nullable() }))
    .output(z.object({})),
  /** Not persisted in golden.yml: a choice of this user. */
  mute: procedure.input(target.extend({ service: serviceName.nullable(), muted: z.boolean() })).output(z.object({})),
  tellWhenHealthy: procedure.input(one.extend({ wanted: z.boolean() })).output(z.object({})),
};

/** What a window and the tray know all the time. */
export const watchStateSchema = z.object({
  /** Open ones, and those that ended in the last day; newest first, at most 200. */
  incidents: z.array(incidentSchema),
  /** Live notices. */
  notices: z.array(noticeSchema),
  /** Until when nobody watches, per environment; `*` for all. */
  pausedUntil: z.record(z.string(), ms),
  snoozes: z.array(z.object({ environment: z.string(), service: z.string().nullable(), until: ms })),
  tellWhenHealthy: z.array(z.object({ environment: z.string(), service: z.string() })),
});
export type WatchState = z.infer<typeof watchStateSchema>;
