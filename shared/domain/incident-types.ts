import { z } from 'zod';
import { healthStates } from './health.ts';
import { causeSchema } from './health-cause.ts';

/** A period in which a service, or the host, was not healthy. Times in ms since the epoch. */
export const incidentSchema = z.object({
  /** `environment/service@from`, stable while it lasts and when it opens again. */
  id: z.string(),
  /** `stack/environment`; null when it is the host's. */
  environment: z.string().nullable(),
  service: z.string().nullable(),
  from: z.number(),
  /** Null while it lasts. */
  to: z.number().nullable(),
  /** The state now, or the one it ended in. */
  state: z.enum(healthStates),
  worst: z.enum(healthStates),
  cause: causeSchema.nullable(),
  /** Last telling log line; null when none was found. */
  logLine: z.string().nullable(),
  /** How often it went down within; more than one: it was merged. */
  downs: z.number().int().nonnegative(),
  /** Verified, and nothing will bring it back by itself. */
  certain: z.boolean(),
  /** When the evidence for its present badness began. */
  evidenceAt: z.number(),
  acknowledgedAt: z.number().nullable(),
  snoozedUntil: z.number().nullable(),
  /** Service whose incident explains this one; such an incident is never told of by itself. */
  inhibitedBy: z.string().nullable(),
});
export type Incident = z.infer<typeof incidentSchema>;

/** Newest last; bounded. Closed ones leave first. */
export interface IncidentBook {
  readonly incidents: readonly Incident[];
}

export interface IncidentRules {
  /** A service that fails again this soon after an incident goes on with it instead of opening another. */
  readonly mergeMs: number;
  readonly capacity: number;
}
