import { z } from 'zod';
import { environmentClasses } from '../domain/names.ts';
import { problemSchema } from '../domain/problem.ts';
import { environmentId, isoTime, operationRef, procedure, serviceName } from './common.ts';

export const goldenImageViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  environmentId,
  class: z.enum(environmentClasses),
  note: z.string().nullable(),
  createdAt: isoTime,
  createdBy: z.string(),
  /** `clean`: services were stopped. `crash-consistent`: all were frozen at one instant. */
  consistency: z.enum(['clean', 'crash-consistent']),
  volumes: z.array(
    z.object({
      key: z.string(),
      services: z.array(serviceName),
      bytes: z.number(),
      files: z.number().int(),
      /** SHA-256 over the sorted list of path, mode, owner and content hash. */
      digest: z.string(),
    }),
  ),
  bytes: z.number(),
  /** Bytes no other image or generation holds; null when the store cannot tell. */
  ownBytes: z.number().nullable(),
  images: z.array(z.object({ service: serviceName, reference: z.string(), imageId: z.string() })),
  git: z.object({ commit: z.string(), branch: z.string().nullable(), dirty: z.boolean() }).nullable(),
  stackHash: z.string(),
  parentId: z.string().nullable(),
  /** How long its services were frozen or away for the capture, ms. */
  awayMs: z.number().nullable(),
  appVersion: z.string(),
  /** Last time its contents were compared with their hashes. */
  verifiedAt: isoTime.nullable(),
  damaged: z.boolean(),
});
export type GoldenImageView = z.infer<typeof goldenImageViewSchema>;

export const generationViewSchema = z.object({
  id: z.string(),
  environmentId,
  createdAt: isoTime,
  current: z.boolean(),
  /** Where it came from: `empty`, `adopted`, or a golden image's id. */
  origin: z.string(),
  leftAt: isoTime.nullable(),
  keptUntil: isoTime.nullable(),
  bytes: z.number().nullable(),
});
export type GenerationView = z.infer<typeof generationViewSchema>;

export const storeViewSchema = z.object({
  engineId: z.string(),
  ready: z.boolean(),
  /** File system under the store, as the kernel names it. */
  fileSystem: z.string().nullable(),
  /** Found by trying, not by name. */
  way: z.enum(['reflink', 'copy']).nullable(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  /** Of the whole file system under the store, like the two above. */
  usedBytes: z.number().nullable(),
});
export type StoreView = z.infer<typeof storeViewSchema>;

export const restorePlanSchema = z.object({
  environmentId,
  /** The image to restore, or null for Undo. */
  imageId: z.string().nullable(),
  title: z.string(),
  way: z.enum(['reflink', 'copy', 'switch']),
  services: z.array(
    z.object({
      service: serviceName,
      /** `data` gets other data and restarts, `restart` only restarts, `keep` stays as it is. */
      effect: z.enum(['data', 'restart', 'keep']),
      volumes: z.array(z.string()),
      bytesNow: z.number().nullable(),
      bytesThen: z.number().nullable(),
      words: z.string(),
    }),
  ),
  prepareMs: z.number().nullable(),
  awayMs: z.number().nullable(),
  gateMs: z.number().nullable(),
  neededBytes: z.number(),
  freeBytes: z.number().nullable(),
  /** Sentences: what is kept, and for how long. */
  kept: z.array(z.string()),
  /** Sentences: which checks must pass, and what happens if they do not. */
  checks: z.array(z.string()),
  problems: z.array(problemSchema),
  hash: z.string(),
});
export type RestorePlan = z.infer<typeof restorePlanSchema>;

export const capturePlanSchema = z.object({
  environmentId,
  /** Every data volume that the image will hold. */
  volumes: z.array(
    z.object({
      /** Key in the Compose file. */
      key: z.string(),
      /** Name in the engine. */
      name: z.string(),
      services: z.array(serviceName),
      /** Null when it could not be measured. */
      bytes: z.number().nullable(),
      /** `store`: it is in the golden store. `move`: it is plain and can move there. `stay`: it is plain and cannot. */
      place: z.enum(['store', 'move', 'stay']),
      /** Why it cannot move, one sentence; null for the others. */
      reason: z.string().nullable(),
    }),
  ),
  /** What the image will not hold, and why: one sentence each. */
  omitted: z.array(z.string()),
  /** What moving means; null when there is nothing to move. */
  move: z
    .object({
      /** Keys of the volumes. */
      volumes: z.array(z.string()),
      bytes: z.number().nullable(),
      /** Running services that stop and start again. */
      restart: z.array(serviceName),
      /** Services whose containers are made anew, with the same configuration. */
      recreate: z.array(serviceName),
      /** Median of earlier interruptions of this environment, ms; null when nothing was measured. */
      awayMs: z.number().nullable(),
      /** Sentences: what happens, in order. */
      words: z.array(z.string()),
    })
    .nullable(),
  /** Bytes free in the store; null when there is no store yet. */
  freeBytes: z.number().nullable(),
  hash: z.string(),
});
export type CapturePlan = z.infer<typeof capturePlanSchema>;

export const goldenContract = {
  list: procedure.input(z.object({ environmentId: environmentId.optional() })).output(z.array(goldenImageViewSchema)),
  generations: procedure.input(z.object({ environmentId })).output(z.array(generationViewSchema)),
  store: procedure.output(storeViewSchema),
  /** The name a capture would get, or why the purpose is refused. */
  suggestName: procedure
    .input(z.object({ environmentId, purpose: z.string().max(200).optional() }))
    .output(z.object({ name: z.string(), purpose: z.string(), problem: z.string().nullable() })),
  /** What a capture would hold, and which plain volumes could move into the store with it. Creates nothing. */
  planCapture: procedure.input(z.object({ environmentId })).output(capturePlanSchema),
  capture: procedure
    .input(
      z.object({
        environmentId,
        purpose: z.string().min(1).max(200),
        tag: z.string().max(60).optional(),
        note: z.string().max(2000).optional(),
        /** Move plain volumes into the store, as the plan says. Needs its hash. */
        adopt: z.boolean().optional(),
        planHash: z.string().optional(),
      }),
    )
    .output(operationRef),
  planRestore: procedure
    .input(z.object({ environmentId, imageId: z.string(), services: z.array(serviceName).optional() }))
    .output(restorePlanSchema),
  restore: procedure
    .input(
      z.object({
        environmentId,
        imageId: z.string(),
        services: z.array(serviceName).optional(),
        planHash: z.string().optional(),
      }),
    )
    .output(operationRef),
  planUndo: procedure.input(z.object({ environmentId })).output(restorePlanSchema),
  undo: procedure.input(z.object({ environmentId, planHash: z.string().optional() })).output(operationRef),
  /** Compares every file with the manifest. */
  verify: procedure.input(z.object({ imageId: z.string() })).output(operationRef),
  /** Deletes one image for good. Other images and generations keep what they share with it. */
  remove: procedure.input(z.object({ imageId: z.string(), name: z.string() })).output(operationRef),
};
