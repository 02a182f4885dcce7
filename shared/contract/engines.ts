import { z } from 'zod';
import { isoTime, procedure } from './common.ts';

/** One way to reach a Docker-compatible engine, and what we found there. */
export const engineViewSchema = z.object({
  /** Stable across starts: derived from where it was found, for example `context:default`. */
  id: z.string(),
  name: z.string(),
  /** Where it listens, without credentials: `unix:///var/run/docker.sock`. */
  endpoint: z.string(),
  source: z.enum(['environment', 'context', 'socket']),
  selected: z.boolean(),
  state: z.enum(['available', 'not-found', 'denied', 'not-responding', 'gone']),
  /** Since when it is in this state. */
  since: isoTime,
  version: z.string().nullable(),
  apiVersion: z.string().nullable(),
  operatingSystem: z.string().nullable(),
  architecture: z.string().nullable(),
  cpus: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  rootless: z.boolean().nullable(),
  /** Why it is not available, in words, and what to do about it. */
  problem: z.object({ message: z.string(), remedy: z.string() }).nullable(),
});
export type EngineView = z.infer<typeof engineViewSchema>;

export const doctorCheckSchema = z.object({
  id: z.string(),
  title: z.string(),
  state: z.enum(['passed', 'warning', 'failed', 'skipped']),
  message: z.string(),
  remedy: z.string().nullable(),
});
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const enginesContract = {
  list: procedure.output(z.array(engineViewSchema)),
  /** Detects again; the list arrives through the state stream too. */
  detect: procedure.output(z.array(engineViewSchema)),
  /** One round trip to the engine, measured. */
  test: procedure
    .input(z.object({ engineId: z.string() }))
    .output(z.object({ engine: engineViewSchema, roundTripMs: z.number().nullable() })),
  select: procedure.input(z.object({ engineId: z.string() })).output(engineViewSchema),
  doctor: procedure.output(z.array(doctorCheckSchema)),
};
