import { z } from 'zod';
import { environmentId, isoTime, procedure } from './common.ts';

export const summaryEntrySchema = z.object({
  at: isoTime,
  kind: z.enum(['routine', 'operation', 'restore', 'capture', 'incident', 'commits', 'branch']),
  title: z.string(),
  detail: z.string().nullable(),
  environmentId: environmentId.nullable(),
});
export type SummaryEntry = z.infer<typeof summaryEntrySchema>;

export const daySummarySchema = z.object({
  /** Local, `2025-02-04`. */
  day: z.string(),
  from: isoTime.nullable(),
  to: isoTime.nullable(),
  totals: z.object({
    /** From the first to the last thing that was done, ms. */
    spanMs: z.number().nullable(),
    /** Share of the watched time of running services that they were healthy, 0–1; null without any. */
    uptime: z.number().nullable(),
    incidents: z.number().int(),
    incidentMs: z.number(),
    operations: z.number().int(),
    restores: z.number().int(),
    captures: z.number().int(),
    commits: z.number().int(),
    filesChanged: z.number().int(),
    insertions: z.number().int(),
    deletions: z.number().int(),
  }),
  environments: z.array(
    z.object({ environmentId, runningMs: z.number(), uptime: z.number().nullable(), incidents: z.number().int() }),
  ),
  repositories: z.array(
    z.object({
      name: z.string(),
      branch: z.string().nullable(),
      commits: z.array(z.object({ commit: z.string(), subject: z.string(), at: isoTime })).max(100),
      filesChanged: z.number().int(),
    }),
  ),
  entries: z.array(summaryEntrySchema).max(500),
  markdown: z.string(),
});
export type DaySummary = z.infer<typeof daySummarySchema>;

export const summaryContract = {
  /** `day` local, `2025-02-04`; absent: today. Without an environment: of all. */
  day: procedure
    .input(z.object({ environmentId: environmentId.optional(), day: z.iso.date().optional() }))
    .output(daySummarySchema),
};
