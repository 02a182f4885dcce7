import { z } from 'zod';

const environmentId = z.string().min(3).max(200);
const service = z.string().min(1).max(200);

/** Where in the window something is: what tray and notifications ask it to show. */
export const placeSchema = z.discriminatedUnion('to', [
  z.object({ to: z.literal('stack'), environmentId, service: service.nullable() }),
  /** Its logs, in the dock. */
  z.object({ to: z.literal('logs'), environmentId, service: service.nullable() }),
  /** The limit that is proposed for it, and the change of its file. */
  z.object({ to: z.literal('limit'), environmentId, service }),
  /** Its golden images. */
  z.object({ to: z.literal('golden'), environmentId }),
  /** A notice with what can be done about it. */
  z.object({ to: z.literal('notice'), noticeId: z.string().max(400), environmentId: environmentId.nullable() }),
  /** A run of a routine. */
  z.object({ to: z.literal('run'), runId: z.string().max(100), environmentId }),
  /** What a routine will run, before it does. */
  z.object({ to: z.literal('routine'), environmentId, routine: z.string().max(60) }),
  /** The choice of a Docker engine, and what keeps it from being used. */
  z.object({ to: z.literal('engines') }),
]);
export type Place = z.infer<typeof placeSchema>;
