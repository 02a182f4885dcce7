import { z } from 'zod';
import { type AlertState, type Notice, noticeSchema } from '../../../shared/domain/alert-types.ts';
import { incidentSchema } from '../../../shared/domain/incident-types.ts';
import type { HealthStore } from './health-store.ts';

const key = 'alerts';
const badness = z.enum(['degraded', 'down', 'flapping']);
const times = z.array(z.number());

const environmentSchema = z.object({
  tracked: z.array(
    z.object({
      incident: incidentSchema,
      dueAt: z.number(),
      notBefore: z.number().nullable(),
      unsureUntil: z.number().nullable(),
      toldAt: z.number().nullable(),
      toldAs: badness.nullable(),
      toldDowns: z.number(),
      repeated: z.boolean(),
    }),
  ),
  live: z.object({ id: z.string(), at: z.number(), still: z.boolean(), worst: badness, text: z.string() }).nullable(),
  sent: z.object({ normal: times, critical: times, silent: times }),
  operations: z.number(),
  graceUntil: z.number().nullable(),
  tellWhenHealthy: z.array(z.string()),
  messages: z.array(
    z.object({ at: z.number(), service: z.string(), reason: z.enum(['healthy-again', 'recovery']), text: z.string() }),
  ),
});

const stateSchema = z.object({
  at: z.number(),
  environments: z.record(z.string(), environmentSchema),
  gapUntil: z.number().nullable(),
  snoozes: z.array(z.object({ environment: z.string(), service: z.string().nullable(), until: z.number() })),
  queued: z.array(
    z.object({ at: z.number(), environment: z.string(), incidentId: z.string().nullable(), text: z.string() }),
  ),
  wakeAt: z.number().nullable(),
  sequence: z.number(),
});

const memorySchema = z.object({ state: stateSchema, live: z.array(noticeSchema), known: z.array(noticeSchema) });

/** What was told, and what is on the screen: so that the next life of the engine does not tell it again. */
export interface AlertMemory {
  readonly state: AlertState;
  readonly live: readonly Notice[];
  readonly known: readonly Notice[];
}

/** Undefined: nothing was kept, or it was kept by a version that wrote it otherwise. */
export function recallAlerts(store: Pick<HealthStore, 'recall'>): AlertMemory | undefined {
  const parsed = memorySchema.safeParse(store.recall(key));
  if (!parsed.success) return undefined;
  const { state, live, known } = parsed.data;
  // Operations that were under way begin again in this life, or were undone.
  const environments = Object.entries(state.environments).map(([id, each]) => [id, { ...each, operations: 0 }]);
  return { state: { ...state, environments: Object.fromEntries(environments) }, live, known };
}

export function rememberAlerts(store: Pick<HealthStore, 'remember'>, memory: AlertMemory): void {
  store.remember(key, memory);
}
