import { z } from 'zod';
import { problemSchema } from '../domain/problem.ts';
import { environmentId, isoTime, serviceName } from './common.ts';

/**
 * What was said on the command line of `docker compose` (`-f`, `--env-file`, `--profile`, `-p`) and has to be said again
 * to read the same project. Absent: what Compose finds by itself. A `golden.yml` in the folder wins, key by key.
 */
export const loadingSchema = z.object({
  /** Absolute, or relative to the folder; the base first. */
  files: z.array(z.string().min(1)).min(1).optional(),
  envFiles: z.array(z.string().min(1)).min(1).optional(),
  profiles: z.array(z.string().min(1)).min(1).optional(),
  projectName: z.string().min(1).optional(),
});
export type Loading = z.infer<typeof loadingSchema>;

/** A folder to read a stack from. */
export const stackSourceSchema = z.object({
  folder: z.string().min(1),
  /** A Compose project on the engine in use that was started from this folder: it is read as it was started. */
  project: z.string().min(1).optional(),
  /** Goes before what the project tells. */
  loading: loadingSchema.optional(),
});
export type StackSource = z.infer<typeof stackSourceSchema>;

/** A project that `docker compose` started on the engine in use and that nobody added yet. */
export const discoveredProjectSchema = z.object({
  projectName: z.string(),
  /** Its working folder; null when its containers do not tell. */
  folder: z.string().nullable(),
  /** Compose files, absolute. */
  files: z.array(z.string()),
  services: z.array(z.string()),
  containers: z.object({ running: z.number().int(), total: z.number().int() }),
  /** When its newest container was created. */
  createdAt: isoTime.nullable(),
  /** Why it cannot be added; null when it can. */
  problem: z.object({ message: z.string(), remedy: z.string() }).nullable(),
});
export type DiscoveredProject = z.infer<typeof discoveredProjectSchema>;

/** A variable in a value, and what gave it. */
export const variableUseSchema = z.object({
  name: z.string(),
  /**
   * `secret`: the key store has it; the value is masked. `project`: Compose sets it itself. `default`, `alternative`: the
   * word in the file is used. `unset`: it is empty.
   */
  from: z.enum(['shell', 'secret', 'file', 'project', 'default', 'alternative', 'unset']),
  /** `file:line:column` in the env file that sets it. */
  position: z.string().nullable(),
});
export type VariableUse = z.infer<typeof variableUseSchema>;

/** One value of the resolved model, and how it came about. */
export const explainedValueSchema = z.object({
  /** Null for what belongs to no service. */
  service: z.string().nullable(),
  /** Keys from the service (or from the top) down: `environment.PGHOST`, `ports[0].target`. */
  path: z.string(),
  value: z.string(),
  /** `file:line:column`, of the value or of the nearest thing around it that has one. */
  position: z.string().nullable(),
  /** The text in the file, where variables were filled in. */
  written: z.string().nullable(),
  variables: z.array(variableUseSchema),
});
export type ExplainedValue = z.infer<typeof explainedValueSchema>;

export const explainInput = z.object({
  /** A stack that was added, or a folder that might be. */
  of: z.union([z.object({ environmentId }), stackSourceSchema]),
  /** Only this service; absent: the whole project. */
  service: serviceName.optional(),
});

export const explanationSchema = z.object({
  projectName: z.string(),
  folder: z.string(),
  files: z.array(z.string()),
  /** Files of variables that were named in place of `.env`. */
  envFiles: z.array(z.string()),
  values: z.array(explainedValueSchema),
  /** Warnings; what is wrong is an error of the call. */
  problems: z.array(problemSchema),
});
