import { z } from 'zod';
import { initialRecovery, type RecoveryState } from '../../../shared/domain/recovery.ts';
import type { HealthStore } from './health-store.ts';

const key = 'recovery';

const stateSchema = z.object({
  restarts: z.array(z.number()).max(32),
  streak: z.number().int().nonnegative(),
  breaker: z.enum(['closed', 'open', 'half-open']),
  openedAt: z.number().nullable(),
  restoredAt: z.number().nullable(),
});
const memorySchema = z.object({
  states: z.record(z.string(), stateSchema),
  manualAt: z.record(z.string(), z.number()),
});

/** What was done for services, and what the user did with them, by environment and service. */
export interface RecoveryMemory {
  readonly states: ReadonlyMap<string, RecoveryState>;
  readonly manualAt: ReadonlyMap<string, number>;
}

/** Empty: nothing was kept, or it was kept by a version that wrote it otherwise. */
export function recallRecovery(store: Pick<HealthStore, 'recall'>): RecoveryMemory {
  const { states, manualAt } = memorySchema.safeParse(store.recall(key)).data ?? { states: {}, manualAt: {} };
  return {
    // Whether it was healthy in between, nobody has seen.
    states: new Map(Object.entries(states).map(([id, each]) => [id, { ...each, healthySince: null }])),
    manualAt: new Map(Object.entries(manualAt)),
  };
}

/** `synced`: what is about to be done must not be done twice, even if the power fails meanwhile. */
export function rememberRecovery(
  store: Pick<HealthStore, 'remember'>,
  { states, manualAt }: RecoveryMemory,
  synced: boolean,
): void {
  const kept = [...states].filter(([, state]) => !sameRecovery(state, initialRecovery));
  const bare = kept.map(([id, { healthySince, ...state }]) => [id, state]);
  store.remember(key, { states: Object.fromEntries(bare), manualAt: Object.fromEntries(manualAt) }, synced);
}

/** Is there nothing new to remember? */
export function sameRecovery(a: RecoveryState, b: RecoveryState): boolean {
  const { healthySince: _a, ...one } = a;
  const { healthySince: _b, ...other } = b;
  return JSON.stringify(one) === JSON.stringify(other);
}
