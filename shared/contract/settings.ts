import { z } from 'zod';
import { procedure } from './common.ts';

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  /** Null: the first engine that answers. */
  engineId: z.string().nullable(),
  /** Hours an undo point is kept after the switch away from it; at least 24. */
  undoHours: z
    .number()
    .int()
    .min(24)
    .max(24 * 90),
  /** A folder on the engine's host to keep the store in; null: where the engine keeps its volumes. Applies to a new store. */
  /** Repositories that Compose files may be fetched from, as a problem with `compose.not-allowed` names them. */
  remoteSources: z.array(z.string().max(4000)).max(1000).optional(),
  storePath: z.string().startsWith('/', 'an absolute path on the host of the engine').max(4000).nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const settingsContract = {
  get: procedure.output(settingsSchema),
  set: procedure.input(settingsSchema.partial()).output(settingsSchema),
};
