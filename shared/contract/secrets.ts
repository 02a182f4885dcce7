import { z } from 'zod';
import { environmentId, procedure } from './common.ts';

/** Values never leave the engine: there is no procedure that reads one. */
export const secretsViewSchema = z.object({
  /** `system`: the system's key store. `session`: until the engine ends, as there is no key store. */
  kept: z.enum(['system', 'session']),
  /** In words, with the name of the key store or why there is none. */
  words: z.string(),
  keys: z.array(z.object({ key: z.string(), known: z.boolean(), declared: z.boolean() })),
});
export type SecretsView = z.infer<typeof secretsViewSchema>;

const one = z.object({
  environmentId,
  key: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
    .max(200),
});

export const secretsContract = {
  list: procedure.input(z.object({ environmentId })).output(secretsViewSchema),
  set: procedure.input(one.extend({ value: z.string().max(100_000) })).output(secretsViewSchema),
  remove: procedure.input(one).output(secretsViewSchema),
};
