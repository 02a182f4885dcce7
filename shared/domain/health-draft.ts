import type { HealthState } from './health.ts';
import type { OwnCause } from './health-cause.ts';
import type { HealthRules } from './health-rules.ts';
import type { HealthEffect, ProbeRole, ServiceHealth, Streak } from './health-types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A step in the making: a copy of the state that the parts of the machine change in turn. Never leaves the machine. */
export interface Draft {
  readonly health: Mutable<ServiceHealth>;
  readonly rules: HealthRules;
  /** Uniform in [0, 1). */
  readonly random: number;
  readonly effects: HealthEffect[];
}

export const maxDowns = 16;

const noStreak: Streak = { failures: 0, successes: 0, lastDetail: null };
export const noStreaks: Readonly<Record<ProbeRole, Streak>> = {
  liveness: noStreak,
  readiness: noStreak,
  startup: noStreak,
};

export function count(draft: Draft, counter: keyof ServiceHealth['counters']): void {
  draft.health.counters = { ...draft.health.counters, [counter]: draft.health.counters[counter] + 1 };
}

export function move(
  draft: Draft,
  to: HealthState,
  why: {
    readonly cause?: OwnCause | null;
    readonly evidenceAt?: number;
    readonly certain?: boolean;
    readonly continues?: boolean;
  } = {},
): void {
  const { health } = draft;
  const cause = why.cause ?? null;
  if (health.state === to) {
    health.cause = cause ?? health.cause;
    return;
  }
  draft.effects.push({
    kind: 'transition',
    from: health.state,
    to,
    at: health.at,
    cause,
    evidenceAt: Math.min(health.at, why.evidenceAt ?? health.at),
    certain: why.certain ?? false,
    ...(why.continues === true ? { continues: true } : {}),
  });
  health.state = to;
  health.since = health.at;
  health.cause = cause;
  if (to !== 'degraded') health.clearSince = null;
  count(draft, 'transitions');
}

export function discard(draft: Draft, reason: string): void {
  count(draft, 'discarded');
  draft.effects.push({ kind: 'discarded', at: draft.health.at, reason });
}

/** Whatever is on its way belongs to the past. */
export function newEpoch(draft: Draft): void {
  draft.health.epoch++;
  draft.health.streaks = noStreaks;
  draft.health.slowSince = null;
  draft.health.clearSince = null;
}

export const isHeld = (health: ServiceHealth): boolean => health.operations > 0 || health.watchPausedUntil !== null;

/** Probing would say something. A death is verified though the container is gone. */
export function isProbed(health: ServiceHealth): boolean {
  if (health.watchPausedUntil !== null || health.state === 'unreachable' || health.state === 'paused') return false;
  if (health.suspectedDeath !== null) return true;
  return health.state !== 'stopped';
}

/** Counts one more time down, and says whether that makes it flapping. */
function countDown(draft: Draft): boolean {
  const { health, rules } = draft;
  count(draft, 'downs');
  health.downAt = [...health.downAt, health.at].slice(-maxDowns);
  const recent = health.downAt.filter((at) => health.at - at <= rules.flapping.windowMs).length;
  return recent >= rules.flapping.downs;
}

function flap(draft: Draft, cause: OwnCause, evidenceAt: number): void {
  const { health, rules } = draft;
  const downs = health.downAt.filter((at) => health.at - at <= rules.flapping.windowMs).length;
  move(draft, 'flapping', {
    cause: {
      kind: 'flapping',
      service: null,
      at: health.at,
      detail: cause.detail,
      downs,
      windowMs: rules.flapping.windowMs,
    },
    evidenceAt,
  });
}

export interface Down {
  readonly cause: OwnCause;
  readonly evidenceAt: number;
  readonly certain: boolean;
  /** This time down was counted already, when it died. */
  readonly counted: boolean;
}

function setVerdict(draft: Draft, up: boolean): void {
  if (draft.health.verdict.up !== up) draft.health.verdict = { up, since: draft.health.at };
}

/** The service is down: it failed often enough, or it died and that was verified. */
export function goDown(draft: Draft, down: Down): void {
  const { health } = draft;
  const wasDown = health.state === 'down';
  // It was down before nobody could look, and still is: the same time down.
  const continues = !down.counted && !health.verdict.up && (health.state === 'unknown' || health.state === 'suspect');
  setVerdict(draft, false);
  // What fails while it is down says nothing about how well it works afterwards.
  health.outcomes = [];
  health.slowSince = null;
  health.gateUntil = null;
  health.suspectedDeath = null;
  health.downCause = down.cause;
  if (wasDown) {
    if (down.certain || health.cause === null) {
      health.cause = down.cause;
      draft.effects.push({ kind: 'cause', at: health.at, state: 'down', cause: down.cause, certain: down.certain });
    }
    return;
  }
  const flaps = down.counted || continues || health.state === 'recovering' ? false : countDown(draft);
  if (health.state === 'flapping') return;
  if (flaps) flap(draft, down.cause, down.evidenceAt);
  else move(draft, 'down', { ...down, continues });
}

/** It died without being asked to. The next result settles what that means; the count of times down does not wait. */
export function suspectDeath(draft: Draft, cause: OwnCause, certain: boolean): void {
  const { health } = draft;
  const flaps = countDown(draft);
  health.downCause = cause;
  health.nextProbeAt = health.at;
  health.suspectedDeath = { cause, certain, counted: true };
  if (health.state === 'flapping') setVerdict(draft, false);
  else if (flaps) {
    setVerdict(draft, false);
    flap(draft, cause, cause.at);
  } else if (health.state === 'down') goDown(draft, { cause, certain, evidenceAt: cause.at, counted: true });
  else move(draft, 'suspect', { cause, evidenceAt: cause.at });
}

/** It works, and has long enough to be believed. */
export function goUp(draft: Draft): void {
  const { health } = draft;
  setVerdict(draft, true);
  if (health.state !== 'flapping') move(draft, 'healthy');
}

/** Quiet until it stayed one way for a while: flapping ends in what it stayed in. */
export function settleFlapping(draft: Draft): void {
  const { health, rules } = draft;
  if (health.state !== 'flapping' || health.at - health.verdict.since < rules.flapping.stableMs) return;
  if (health.verdict.up) move(draft, 'healthy');
  else move(draft, 'down', { cause: health.downCause, evidenceAt: health.verdict.since });
}
