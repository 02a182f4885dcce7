import { z } from 'zod';
import type { Incident } from './incident-types.ts';

const minuteOfDay = z
  .number()
  .int()
  .min(0)
  .max(24 * 60 - 1);

/** What the user chose about notices, with the defaults. Times in ms unless they say otherwise. */
export const alertSettingsSchema = z.object({
  /** From the evidence of a failure to its notice; a service that recovers in between is not mentioned. */
  holdMs: z.number().int().nonnegative().default(5_000),
  /** Once more after so long, if nobody acknowledged. */
  repeatMs: z.number().int().positive().default(14_400_000),
  /** What fails this soon after a notice joins it silently instead of sounding again. */
  groupMs: z.number().int().nonnegative().default(30_000),
  /** After a gap or one of our operations nothing is told for so long. */
  graceMs: z.number().int().nonnegative().default(30_000),
  /** Notices that sound, per environment and hour; critical ones have as many of their own. */
  maxPerHour: z.number().int().min(1).max(60).default(6),
  /** Minutes of the local day; may pass midnight. Null: none. */
  quietHours: z.object({ fromMinute: minuteOfDay, toMinute: minuteOfDay }).nullable().default(null),
  /** Also for services that are degraded, not only for those that are down. */
  degraded: z.boolean().default(true),
  muted: z
    .array(z.object({ environment: z.string(), service: z.string().nullable() }))
    .max(1_000)
    .default([]),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

export const noticeActions = [
  'restart',
  'logs',
  'restore',
  'snooze',
  'raise-limit',
  'start-engine',
  'cleanup',
  'open',
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
  reason: z.enum(['incident', 'repeat', 'healthy-again', 'morning-summary', 'recovery']),
});
export type Notice = z.infer<typeof noticeSchema>;

export type AlertEvent =
  /** An incident opened, changed or closed. `upstreamUnsure`: what it depends on is being verified, so wait a little. */
  | { readonly kind: 'incident'; readonly at: number; readonly incident: Incident; readonly upstreamUnsure: boolean }
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
  /** When it may be told of. */
  readonly dueAt: number;
  readonly toldAt: number | null;
  /** What it was told as: a worse state is told again. */
  readonly toldAs: 'degraded' | 'down' | 'flapping' | null;
  readonly repeated: boolean;
  readonly upstreamUnsureUntil: number | null;
}

export interface LiveNotice {
  readonly id: string;
  readonly at: number;
  readonly incidents: readonly string[];
  /** What was shown, to send only changes. */
  readonly text: string;
}

/** Plain data of bounded size. */
export interface AlertState {
  readonly at: number;
  readonly tracked: readonly TrackedIncident[];
  readonly live: Readonly<Record<string, LiveNotice>>;
  /** Times of notices that sounded in the last hour, per environment. */
  readonly sounded: Readonly<
    Record<string, { readonly normal: readonly number[]; readonly critical: readonly number[] }>
  >;
  readonly operations: Readonly<Record<string, number>>;
  readonly graceUntil: Readonly<Record<string, number>>;
  readonly gapUntil: number;
  readonly snoozes: readonly {
    readonly environment: string;
    readonly service: string | null;
    readonly until: number;
  }[];
  readonly tellWhenHealthy: readonly { readonly environment: string; readonly service: string }[];
  /** Held back by quiet hours, for the summary. */
  readonly queued: readonly { readonly at: number; readonly text: string }[];
  readonly sequence: number;
}
