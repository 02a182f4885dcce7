import { z } from 'zod';
import type { HealthState } from './health.ts';
import type { Cause } from './health-cause.ts';

/** What is done by itself about a service that is down. `recoveryPolicies` in checks.ts are the same words. */
export type RecoveryPolicy = 'notify' | 'restart' | 'restore';

const ms = z.number().int().nonnegative();

/** Times in ms. */
export const recoveryRulesSchema = z.object({
  /** Before the first restart; doubles with each further one, as the kubelet's CrashLoopBackOff does. */
  backoffMs: ms.default(10_000),
  backoffFactor: z.number().min(1).max(10).default(2),
  backoffMaximumMs: ms.default(300_000),
  /** Healthy for so long: the backoff begins anew. */
  resetMs: ms.default(600_000),
  /** The circuit opens at so many restarts within the window. */
  breakerRestarts: z.number().int().min(1).max(32).default(5),
  breakerWindowMs: ms.default(1_800_000),
  /** Open for so long; then one more try decides. */
  breakerOpenMs: ms.default(1_800_000),
  /** What the user does with a service by hand keeps us away from it for so long. */
  manualMs: ms.default(600_000),
  /** Down for so long before data is put back. */
  restoreAfterMs: ms.default(60_000),
  /** Data is put back at most once in so long. */
  restoreEveryMs: ms.default(86_400_000),
});
export type RecoveryRules = z.infer<typeof recoveryRulesSchema>;
export const defaultRecoveryRules: RecoveryRules = recoveryRulesSchema.parse({});

/** What we did for one service so far. Plain data of bounded size; times in ms since the epoch. */
export interface RecoveryState {
  /** Times of our restarts within the breaker's window, newest last. */
  readonly restarts: readonly number[];
  /** Restarts since it was last well, which sets the backoff. */
  readonly streak: number;
  readonly breaker: 'closed' | 'open' | 'half-open';
  readonly openedAt: number | null;
  readonly restoredAt: number | null;
  /** Since when it is healthy. */
  readonly healthySince: number | null;
}

export const initialRecovery: RecoveryState = {
  restarts: [],
  streak: 0,
  breaker: 'closed',
  openedAt: null,
  restoredAt: null,
  healthySince: null,
};

export interface RecoverySituation {
  readonly at: number;
  readonly policy: RecoveryPolicy;
  readonly health: HealthState;
  /** Since when it is in that state. */
  readonly since: number;
  readonly cause: Cause | null;
  /** Another service explains it. */
  readonly inhibited: boolean;
  /** The engine's own restart policy is at it. */
  readonly engineRestarts: boolean;
  readonly operationRunning: boolean;
  /** A terminal or a debugger is open in it. */
  readonly shellOpen: boolean;
  /** When the user last started, stopped, restarted or changed it; null: not in memory. */
  readonly manualActionAt: number | null;
  /** A verified golden image that a restore would use. */
  readonly canRestore: boolean;
}

export type RecoveryDecision =
  /** Nothing to do, or nothing that we may do; `until`: when to ask again at the latest, null: when something changes. */
  | { readonly action: 'none'; readonly reason: string; readonly until: number | null }
  | { readonly action: 'restart'; readonly reason: string; readonly attempt: number }
  | { readonly action: 'restore'; readonly reason: string }
  /** To be said once: we stop trying. */
  | { readonly action: 'give-up'; readonly reason: string };

/** Neither a restart nor older data helps against these. */
const beyondUs: ReadonlySet<Cause['kind']> = new Set(['unreachable', 'disk-full', 'dependency', 'latency', 'anomaly']);
/** Data can be what breaks a service in these ways only. */
const maybeData: ReadonlySet<Cause['kind']> = new Set([
  'exit',
  'probe',
  'healthcheck',
  'start-failed',
  'flapping',
  'data-loss',
]);

/** Why we keep our hands off, with the time that this ends if it ends by itself; null: nothing does. */
function handsOff(
  situation: RecoverySituation,
  rules: RecoveryRules,
): { readonly reason: string; readonly until: number | null } | null {
  const { at, cause, manualActionAt } = situation;
  if (situation.operationRunning) return { reason: 'an operation is working on it', until: null };
  if (situation.shellOpen) return { reason: 'you have a terminal open in it', until: null };
  // A clock that was set back must not lock us out for longer than the rule says.
  if (manualActionAt !== null && Math.abs(at - manualActionAt) < rules.manualMs)
    return { reason: 'you worked on it by hand just now', until: Math.max(at, manualActionAt) + rules.manualMs };
  if (situation.inhibited) return { reason: 'it waits for another service', until: null };
  if (situation.engineRestarts) return { reason: 'the engine restarts it', until: null };
  return cause !== null && beyondUs.has(cause.kind) ? { reason: 'a restart would not help', until: null } : null;
}

function backoff(streak: number, rules: RecoveryRules): number {
  return Math.min(rules.backoffMaximumMs, rules.backoffMs * rules.backoffFactor ** Math.min(streak, 30));
}

/** Takes note of what happened before deciding: health, time, and the user, whose hand closes the circuit. */
function note(before: RecoveryState, situation: RecoverySituation, rules: RecoveryRules): RecoveryState {
  const { at, health } = situation;
  const restarts = before.restarts.filter((time) => time <= at && at - time < rules.breakerWindowMs);
  let state: RecoveryState = { ...before, restarts };
  const manual = situation.manualActionAt;
  if (manual !== null && before.openedAt !== null && manual > before.openedAt)
    state = { ...state, breaker: 'closed', openedAt: null, streak: 0, restarts: [] };
  if (health !== 'healthy') return { ...state, healthySince: null };
  const healthySince = Math.min(before.healthySince ?? at, at);
  state = { ...state, healthySince };
  const well = at - healthySince >= rules.resetMs;
  return well ? { ...state, streak: 0, breaker: 'closed', openedAt: null } : state;
}

/**
 * What to do now about one service. Ask whenever its health, an operation or a terminal changes, and at `until`. A
 * decision to restart or restore counts as carried out: it is in the returned state.
 */
export function recoveryStep(
  before: RecoveryState,
  situation: RecoverySituation,
  rules: RecoveryRules = defaultRecoveryRules,
): { readonly state: RecoveryState; readonly decision: RecoveryDecision } {
  const state = note(before, situation, rules);
  const { at, health, since, policy } = situation;
  const none = (reason: string, until: number | null = null) => ({
    state,
    decision: { action: 'none', reason, until } as const,
  });
  if (health !== 'down' && health !== 'flapping') {
    const resetAt = state.healthySince === null || state.streak === 0 ? null : state.healthySince + rules.resetMs;
    return none('it is not down', resetAt === null || resetAt <= at ? null : resetAt);
  }
  if (policy === 'notify') return none('you asked to be told only');
  const off = handsOff(situation, rules);
  if (off !== null) return none(off.reason, off.until);
  if (policy === 'restore') return restore(state, situation, rules, none);

  if (state.breaker === 'open') {
    const until = Math.min(state.openedAt ?? at, at) + rules.breakerOpenMs;
    if (at < until) return none('restarting it did not help', until);
  }
  const last = state.restarts.at(-1);
  const due = (last === undefined ? since : Math.max(last, since)) + backoff(state.streak, rules);
  if (state.breaker !== 'open' && at < due) return none('it may come back by itself', due);
  if (state.breaker === 'half-open' || (state.breaker === 'closed' && state.restarts.length >= rules.breakerRestarts))
    return {
      state: { ...state, breaker: 'open', openedAt: at },
      decision: {
        action: 'give-up',
        reason: `restarted ${state.breaker === 'half-open' ? 'once more' : `${state.restarts.length} times`} without success`,
      },
    };
  const attempt = state.streak + 1;
  return {
    state: {
      ...state,
      restarts: [...state.restarts, at].slice(-32),
      streak: attempt,
      breaker: state.breaker === 'open' ? 'half-open' : 'closed',
    },
    decision: { action: 'restart', reason: `it is ${health}`, attempt },
  };
}

function restore(
  state: RecoveryState,
  situation: RecoverySituation,
  rules: RecoveryRules,
  none: (reason: string, until?: number | null) => { state: RecoveryState; decision: RecoveryDecision },
): { readonly state: RecoveryState; readonly decision: RecoveryDecision } {
  const { at, since, cause } = situation;
  if (cause === null || !maybeData.has(cause.kind)) return none('its data is not why it is down');
  if (!situation.canRestore) return none('there is no verified golden image of it');
  if (state.restoredAt !== null && Math.abs(at - state.restoredAt) < rules.restoreEveryMs)
    return none('it was restored already', Math.max(at, state.restoredAt) + rules.restoreEveryMs);
  if (at - since < rules.restoreAfterMs) return none('it may come back by itself', since + rules.restoreAfterMs);
  return {
    state: { ...state, restoredAt: at },
    decision: { action: 'restore', reason: 'it does not come back by itself' },
  };
}
