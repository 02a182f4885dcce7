import { z } from 'zod';
import { type Position, positionSchema } from './position.ts';

/**
 * Something wrong, or worth knowing, in a file that a person wrote. A loader reports all it finds, not only the first.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** An error code of shared/errors.ts. */
  readonly code: string;
  /** One sentence that names what is wrong. */
  readonly message: string;
  /** One sentence that says what to do. */
  readonly remedy: string;
  readonly position?: Position;
  /** Where in the document: `services.web.ports[0]`. */
  readonly path?: string;
  /** With `compose.not-allowed`: what has to be allowed in the settings before it is fetched. */
  readonly source?: string;
}

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  position: positionSchema.optional(),
  path: z.string().optional(),
  source: z.string().optional(),
});

/** Reads the problems that an AppError of a loader carries in its details; anything else gives none. */
export function problemsOf(details: Readonly<Record<string, unknown>> | undefined): readonly Problem[] {
  const parsed = z.array(problemSchema).safeParse(details?.['problems']);
  return parsed.success ? parsed.data : [];
}
