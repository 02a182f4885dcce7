import { z } from 'zod';
import type { Incident } from './incident-types.ts';
import { placeSchema } from './place.ts';

const minuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 - 1);

/** What the user chose about notices, whole. Times in ms unless they say otherwise. */
export const alertSettingsSchema = z.object({
  /** From the evidence of a failure to its notice; a service that recovers in between is not mentioned. */
  holdMs: z.number().int().nonnegative(),
  /** Once more after so long, if nobody acknowledged. */
  repeatMs: z.number().int().positive(),
  /** What fails this soon after a notice joins it silently instead of sounding again. */
  groupMs: z.number().int().nonnegative(),
  /** Silent changes of a notice that is shown, per environment and hour. */
  maxSilentPerHour: z.number().int().min(1).max(360),
  /** After a gap or one of our operations nothing is told for so long. */
  graceMs: z.number().int().nonnegative(),
  /** Notices that sound, per environment and hour; critical ones have as many of their own. */
  maxPerHour: z.number().int().min(1).max(60),
  /** Minutes of the local day; may pass midnight. Null: none. */
  quietHours: z.object({ fromMinute: minuteOfDay, toMinute: minuteOfDay }).nullable(),
  /** Also for services that are degraded, not only for those that are down. */
  degraded: z.boolean(),
  muted: z.array(z.object({ environment: z.string(), service: z.string().nullable() })).max(1_000),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

export const defaultAlertSettings: AlertSettings = {
  holdMs: 5_000,
  repeatMs: 14_400_000,
  groupMs: 30_000,
  maxSilentPerHour: 30,
  graceMs: 30_000,
  maxPerHour: 6,
  quietHours: null,
  degraded: true,
  muted: [],
};

export const noticeActions = [
  'restart',
  'logs',
  'restore',
  'snooze',
  'raise-limit',
  'start-engine',
  'cleanup',
  'open',
  /** Stops the environment. */
  'stop',
] as const;
export type NoticeAction = (typeof noticeActions)[number];

export const noticeSchema = z.object({
  /** Sending the same id again replaces what is shown. At most one is live per environment. */
  id: z.string(),
  /** `stack/environment`; null when it is the host's. */
  environment: z.string().nullable(),
  /** The service its actions are about; null: the environment. */
  service: z.string().nullable(),
  at: z.number(),
  title: z.string(),
  /** What, since when, likely cause, last telling log line. */
  lines: z.array(z.string()),
  actions: z.array(z.enum(noticeActions)),
  urgency: z.enum(['low', 'normal', 'critical']),
  /** Replaces a notice without sounding again. */
  silent: z.boolean(),
  /** `routine`: one that started by itself came to an end, or could not start. `idle`: nobody uses what runs. */
  reason: z.enum(['incident', 'repeat', 'healthy-again', 'morning-summary', 'recovery', 'routine', 'idle']),
  /** Where a click leads. Absent: to the notice itself. */
  place: placeSchema.optional(),
});
export type Notice = z.infer<typeof noticeSchema>;

/** An incident that opened, changed or closed. */
export interface IncidentNews {
  readonly incident: Incident;
  /** What it depends on is being verified: wait a little. */
  readonly upstreamUnsure: boolean;
}

export type AlertEvent =
  /** What changed at one moment, together: a dependant is not told of just before its root is known. */
  | { readonly kind: 'incidents'; readonly at: number; readonly changes: readonly IncidentNews[] }
  /** Nobody looked for a while: sleep, clock jump, engine away. All environments. */
  | { readonly kind: 'gap'; readonly at: number }
  | {
      readonly kind: 'operation';
      readonly at: number;
      readonly environment: string;
      readonly action: 'began' | 'ended';
    }
  /** Service null: the whole environment. Until null: no longer. */
  | {
      readonly kind: 'snooze';
      readonly at: number;
      readonly environment: string;
      readonly service: string | null;
      readonly until: number | null;
    }
  | {
      readonly kind: 'tell-when-healthy';
      readonly at: number;
      readonly environment: string;
      readonly service: string;
      readonly wanted: boolean;
    }
  /** Automatic recovery gave up or did something worth a word. */
  | {
      readonly kind: 'recovery';
      readonly at: number;
      readonly environment: string;
      readonly service: string;
      readonly text: string;
    }
  | { readonly kind: 'forget'; readonly at: number; readonly environment: string }
  | { readonly kind: 'tick'; readonly at: number };

export interface AlertStep {
  readonly state: AlertState;
  readonly notices: readonly Notice[];
  /** Ids of notices that are true no longer. */
  readonly withdrawals: readonly string[];
  /** When to send a tick at the latest; null: only events matter. */
  readonly wakeAt: number | null;
}

/** One incident as the notices know it. */
export interface TrackedIncident {
  readonly incident: Incident;
  /** Not told before; counted from its evidence. */
  readonly dueAt: number;
  /** What it depends on has just recovered, or is being verified: wait until then at the longest. */
  readonly notBefore: number | null;
  readonly unsureUntil: number | null;
  readonly toldAt: number | null;
  /** What it was told as, and how often it had been down then. */
  readonly toldAs: 'degraded' | 'down' | 'flapping' | null;
  readonly toldDowns: number;
  readonly repeated: boolean;
}

/** What is on the screen for an environment. */
export interface LiveNotice {
  readonly id: string;
  /** When it last sounded. */
  readonly at: number;
  /** It was a repetition. */
  readonly still: boolean;
  readonly worst: 'degraded' | 'down' | 'flapping';
  /** What was shown, to send only changes. */
  readonly text: string;
}

/** Something to say once that is no incident. */
export interface Message {
  readonly at: number;
  readonly service: string;
  readonly reason: 'healthy-again' | 'recovery';
  readonly text: string;
}

export interface EnvironmentAlerts {
  readonly tracked: readonly TrackedIncident[];
  readonly live: LiveNotice | null;
  /** Times of what was sent in the last hour, by what it is counted as. */
  readonly sent: Readonly<Record<'normal' | 'critical' | 'silent', readonly number[]>>;
  readonly operations: number;
  readonly graceUntil: number | null;
  readonly tellWhenHealthy: readonly string[];
  readonly messages: readonly Message[];
}

export interface Snooze {
  readonly environment: string;
  readonly service: string | null;
  readonly until: number;
}

/** Held back by quiet hours, for the summary. */
export interface QueuedNotice {
  readonly at: number;
  readonly environment: string;
  readonly incidentId: string | null;
  readonly text: string;
}

/** Plain data of bounded size. Environments by id; the host's incidents under the empty one. */
export interface AlertState {
  readonly at: number;
  readonly environments: Readonly<Record<string, EnvironmentAlerts>>;
  readonly gapUntil: number | null;
  readonly snoozes: readonly Snooze[];
  readonly queued: readonly QueuedNotice[];
  readonly wakeAt: number | null;
  readonly sequence: number;
}
