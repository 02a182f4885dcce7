import { z } from 'zod';
import { checkViewSchema } from '../../shared/contract/health.ts';
import { healthStates } from '../../shared/domain/health.ts';

const state = z.enum(healthStates);
const at = z.iso.datetime();
/** What `golden watch --json` writes, line by line. */
export const lineSchema = z.union([
  z.strictObject({
    at,
    environment: z.string(),
    service: z.string(),
    from: state.nullable(),
    to: z.union([state, z.literal('removed')]),
    reason: z.string().nullable(),
  }),
  z.strictObject({
    at,
    incident: z.enum(['opened', 'updated', 'closed']),
    id: z.string(),
    environment: z.string().nullable(),
    service: z.string().nullable(),
    state,
    since: at,
    until: at.nullable(),
    explanation: z.string(),
    logLine: z.string().nullable(),
    waitsFor: z.string().nullable(),
    acknowledged: z.boolean(),
  }),
  z.strictObject({
    at,
    notice: z.enum(['shown', 'withdrawn']),
    id: z.string(),
    environment: z.string().nullable(),
    service: z.string().nullable(),
    title: z.string(),
    lines: z.array(z.string()),
  }),
  z.strictObject({ at, engine: z.string(), name: z.string(), message: z.string().nullable() }),
]);
/** What `golden health --json` writes. */
export const healthSchema = z.strictObject({
  environment: z.string(),
  at: z.number(),
  fine: z.boolean(),
  services: z.array(checkViewSchema),
});
