import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes } from '../errors.ts';

/** The one declared error of every procedure: an AppError in its serialisable form. */
export const errorShapeSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

/** Every procedure starts here, so that every AppError crosses every door as a declared error. */
export const procedure = oc.errors({ APP: { status: 422, data: errorShapeSchema } });

/** ISO 8601 with milliseconds, UTC. */
export const isoTime = z.iso.datetime();
/** `stack/environment`, for example `shop/main`. */
export const environmentId = z
  .string()
  .min(3)
  .max(200)
  .regex(/^[^/\s][^/]*\/[^/]+$/);
export const serviceName = z.string().min(1).max(200);
export const operationRef = z.object({ operationId: z.string() });
export type OperationRef = z.infer<typeof operationRef>;

/**
 * Credit for streams that can flood. The client names the stream, the server sends at most `window` batches that the
 * client has not acknowledged through `flow.ack`.
 */
export const flowSchema = z.object({
  streamId: z.string().min(8).max(64),
  window: z.number().int().min(1).max(64).default(8),
});
