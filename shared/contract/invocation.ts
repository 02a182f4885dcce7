import { z } from 'zod';
import { loadingSchema } from './compose-projects.ts';

/**
 * How a command was given: what decides, beside the files, what a stack is. Sent by the command line, whose shell has
 * other variables than the engine it joins. Never written down or logged: variables hold secrets.
 */
export const invocationSchema = z.object({
  /** The shell's variables. Absent: those of the last `up` that brought some, else the engine's own. */
  environment: z.record(z.string(), z.string()).optional(),
  /** In place of what is remembered of the stack. */
  loading: loadingSchema.optional(),
});
export type Invocation = z.infer<typeof invocationSchema>;
