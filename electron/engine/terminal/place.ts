import { z } from 'zod';
import type { StartProcess } from './session-process.ts';

/** Where a session is. What is remembered of it over a restart. */
export const placeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('container'),
    environmentId: z.string(),
    service: z.string(),
    container: z.string().optional(),
  }),
  z.object({ kind: z.literal('host'), environmentId: z.string().nullable(), folder: z.string() }),
]);
export type Place = z.infer<typeof placeSchema>;

/** A session that is about to start. */
export interface Opening {
  readonly title: string;
  readonly start: StartProcess;
}
