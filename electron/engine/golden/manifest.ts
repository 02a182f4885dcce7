import { z } from 'zod';
import { environmentClasses } from '../../../shared/domain/names.ts';

const volumeSchema = z.object({
  key: z.string(),
  services: z.array(z.string()),
  /** Sum of the file sizes. */
  bytes: z.number(),
  /** Blocks they took in the store when captured, without what they share. */
  diskBytes: z.number(),
  files: z.number().int(),
  /** SHA-256 over names, attributes and content hashes of everything in it. */
  digest: z.string(),
  /** It was a plain volume of the engine, not one of the store. */
  plain: z.boolean(),
});

/** `manifest.json` of a golden image. Immutable; what is found out later lies beside it. */
export const manifestSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  environmentId: z.string(),
  projectName: z.string(),
  class: z.enum(environmentClasses),
  purpose: z.string(),
  note: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
  consistency: z.enum(['clean', 'crash-consistent']),
  volumes: z.array(volumeSchema),
  /** What the environment has and the image has not, with the reason, in words. */
  omitted: z.array(z.string()),
  images: z.array(z.object({ service: z.string(), reference: z.string(), imageId: z.string() })),
  git: z.object({ commit: z.string(), branch: z.string().nullable(), dirty: z.boolean() }).nullable(),
  /** SHA-256 over the Compose files, in order. */
  stackHash: z.string(),
  parentId: z.string().nullable(),
  awayMs: z.number().nullable(),
  appVersion: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestVolume = Manifest['volumes'][number];

/** `checked.json` beside the manifest: the last comparison of the contents with their hashes. */
export const checkedSchema = z.object({ at: z.string(), damaged: z.boolean() });
export type Checked = z.infer<typeof checkedSchema>;

/** `generation.json` in a generation's folder. */
export const generationSchema = z.object({
  id: z.string(),
  environmentId: z.string(),
  createdAt: z.string(),
  /** `empty`, `adopted`, or a golden image's id. */
  origin: z.string(),
});
export type Generation = z.infer<typeof generationSchema>;

/** `left.json` in a generation's folder: when and why the environment was switched away from it. */
export const leftSchema = z.object({ leftAt: z.string(), keptUntil: z.string(), reason: z.string() });
export type Left = z.infer<typeof leftSchema>;

/** `timings.json` in a generation's folder: how long it took to make it the current one. */
export const timingsSchema = z.object({
  way: z.enum(['reflink', 'copy', 'switch']),
  prepareMs: z.number(),
  preparedBytes: z.number(),
  awayMs: z.number(),
  gateMs: z.number().nullable(),
});
export type Timings = z.infer<typeof timingsSchema>;

/** `environment.json` in an environment's folder. */
export const environmentRecordSchema = z.object({ environmentId: z.string(), projectName: z.string() });
