import { z } from 'zod';

export const childJobSchema = z.object({
  dataFolder: z.string(),
  storeNames: z.object({ volume: z.string(), helper: z.string() }),
  /** The process kills itself after this journal entry (from 1) of this call (from 0); null: it lives. */
  kill: z.object({ call: z.number().int(), entry: z.number().int() }).nullable(),
  calls: z.array(z.object({ procedure: z.string(), input: z.unknown() })),
});
export type ChildJob = z.infer<typeof childJobSchema>;

export const childLineSchema = z.union([
  z.object({ journal: z.string(), entry: z.number() }),
  z.object({ procedure: z.string(), result: z.unknown() }),
  z.object({ procedure: z.string(), error: z.unknown() }),
  z.object({ operations: z.array(z.unknown()) }),
]);
