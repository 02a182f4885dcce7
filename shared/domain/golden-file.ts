import { z } from 'zod';
import { healthSectionSchema } from './checks.ts';
import { durationSchema as duration } from './duration.ts';
import { environmentClasses } from './names.ts';
import { configSectionSchema, daySchema, domainsSchema, gitSectionSchema, routinesSchema } from './routine-file.ts';

/** `golden.yml`: the small file beside the Compose file that says what Compose has no words for. */
export const goldenFileSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1).optional(),
  class: z.enum(environmentClasses).optional(),
  compose: z
    .strictObject({
      files: z.array(z.string().min(1)).min(1).optional(),
      env_files: z.array(z.string().min(1)).optional(),
      profiles: z.array(z.string().min(1)).optional(),
    })
    .optional(),
  golden: z
    .strictObject({
      /** Volumes (by their key in the Compose file) that no golden image contains. */
      exclude: z.array(z.string().min(1)).optional(),
      /** How long the health gate waits after a restore before it switches back. */
      gate_timeout: duration.optional(),
    })
    .optional(),
  health: healthSectionSchema.optional(),
  day: daySchema.optional(),
  routines: routinesSchema.optional(),
  git: gitSectionSchema.optional(),
  config: configSectionSchema.optional(),
  domains: domainsSchema.optional(),
});

export type GoldenFile = z.infer<typeof goldenFileSchema>;

/** Sections that no stack needs to start: what is wrong in one of them is told, and keeps nobody from the rest. */
export const apartSections = ['day', 'routines', 'git', 'config', 'domains'] as const;
export type DeclaredSections = Pick<GoldenFile, (typeof apartSections)[number]>;
