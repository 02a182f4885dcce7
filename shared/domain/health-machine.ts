import { type Draft, goDown, isHeld, isProbed, move, newEpoch, noStreaks, settleFlapping } from './health-draft.ts';
import { judgeHealthcheck, onContainer, onObserved } from './health-on-container.ts';
import { onProbe } from './health-on-probe.ts';
import type { HealthRules } from './health-rules.ts';
import type { HealthEvent, HealthStep, ServiceHealth } from './health-types.ts';

/** Events that reach us in the wrong order by less than this are no clock that was set. */
const disorderMs = 1_000;

/** A service nobody has looked at yet, to be probed at once. */
export function initial(_rules: HealthRules, at: number): ServiceHealth {
  return {
    state: 'unknown',
    since: at,
    cause: null,
    at,
    epoch: 0,
    nextProbeAt: at,
    container: 'unknown',
    healthcheck: null,
    streaks: noStreaks,
    outcomes: [],
    downAt: [],
    verdict: { up: true, since: at },
    gateUntil: null,
    graceUntil: at,
    operations: 0,
    watchPausedUntil: null,
    askedToStopAt: null,
    downCause: null,
    suspectedDeath: null,
    slowSince: null,
    clearSince: null,
    counters: { probes: 0, failures: 0, discarded: 0, downs: 0, restarts: 0, ooms: 0, transitions: 0 },
  };
}

/** Moves every time along with a clock that was set, so that durations stay what they were. */
function shift(health: ServiceHealth, by: number): ServiceHealth {
  const moved = <T extends number | null>(time: T): T => (time === null ? time : ((time + by) as T));
  return {
    ...health,
    since: moved(health.since),
    at: moved(health.at),
    nextProbeAt: moved(health.nextProbeAt),
    outcomes: health.outcomes.map((outcome) => ({ ...outcome, at: moved(outcome.at) })),
    downAt: health.downAt.map(moved),
    verdict: { ...health.verdict, since: moved(health.verdict.since) },
    gateUntil: moved(health.gateUntil),
    graceUntil: moved(health.graceUntil),
    watchPausedUntil: moved(health.watchPausedUntil),
    askedToStopAt: moved(health.askedToStopAt),
    slowSince: moved(health.slowSince),
    clearSince: moved(health.clearSince),
  };
}

/** Nobody looked, or the clock was set: results under way are void, and failures say nothing for a while. */
function gap(draft: Draft): void {
  const { health, rules } = draft;
  newEpoch(draft);
  health.outcomes = [];
  health.graceUntil = health.at + rules.graceMs;
  health.verdict = { ...health.verdict, since: health.at };
  if (health.suspectedDeath !== null) health.suspectedDeath = { ...health.suspectedDeath, certain: false };
  health.nextProbeAt = isProbed(health) ? health.at : null;
}

function resumeWatching(draft: Draft): void {
  const { health } = draft;
  health.watchPausedUntil = null;
  newEpoch(draft);
  health.nextProbeAt = isProbed(health) ? health.at : null;
}

/** What time alone brings about. */
function onTime(draft: Draft): void {
  const { health, rules } = draft;
  if (health.watchPausedUntil !== null && health.at >= health.watchPausedUntil) resumeWatching(draft);
  const death = health.suspectedDeath;
  // A death is a fact of the engine's: it does not wait for ever for a probe to agree.
  const unanswered = death?.counted === true && health.at - death.cause.at >= rules.timeoutMs + rules.retryMs;
  if (unanswered && !isHeld(health) && health.container !== 'running' && health.at >= health.graceUntil)
    goDown(draft, { ...death, evidenceAt: death.cause.at });
  settleFlapping(draft);
}

function dispatch(draft: Draft, event: HealthEvent): void {
  const { health, rules } = draft;
  switch (event.kind) {
    case 'probe':
      judgeHealthcheck(draft, null);
      onProbe(draft, event);
      return;
    case 'container':
      if (health.state !== 'unreachable') onContainer(draft, event);
      return;
    case 'observed':
      if (health.state !== 'unreachable') onObserved(draft, event);
      return;
    case 'engine':
      if (event.action === 'back' && health.state !== 'unreachable') return;
      if (event.action === 'lost' && health.state === 'unreachable') return;
      newEpoch(draft);
      health.suspectedDeath = null;
      health.container = 'unknown';
      move(draft, event.action === 'lost' ? 'unreachable' : 'unknown');
      health.graceUntil = health.at + rules.graceMs;
      health.nextProbeAt = isProbed(health) ? health.at : null;
      return;
    case 'operation':
      newEpoch(draft);
      health.operations = Math.max(0, health.operations + (event.action === 'began' ? 1 : -1));
      health.suspectedDeath = null;
      if (health.operations > 0) return;
      health.outcomes = [];
      health.graceUntil = health.at + rules.graceMs;
      if (health.container === 'paused') move(draft, 'paused');
      health.nextProbeAt = isProbed(health) ? health.at : null;
      return;
    case 'pause-watching':
      if (event.until === null || event.until <= health.at) {
        if (health.watchPausedUntil !== null) resumeWatching(draft);
        return;
      }
      health.watchPausedUntil = event.until;
      newEpoch(draft);
      health.outcomes = [];
      health.suspectedDeath = null;
      health.nextProbeAt = null;
      if (!['stopped', 'paused', 'unreachable'].includes(health.state)) move(draft, 'unknown');
      return;
    case 'gap':
      gap(draft);
      return;
    case 'verify':
      if (isProbed(health)) health.nextProbeAt = health.at;
      return;
    case 'tick':
      return;
  }
}

/**
 * One event's worth of change. Pure: time comes with the event (ms since the epoch, when we heard of it), chance as
 * `random`, uniform in [0, 1). Time that goes backwards or jumps moves no conclusion; see `gap`. `effects` are in order.
 */
export function step(health: ServiceHealth, event: HealthEvent, rules: HealthRules, random = 0.5): HealthStep {
  if (!Number.isFinite(event.at)) return { state: health, effects: [] };
  const backwards = health.at - event.at > disorderMs;
  const from = backwards ? shift(health, event.at - health.at) : health;
  const expected = from.nextProbeAt;
  const missed = expected !== null && event.at - Math.max(expected, from.at) > Math.max(60_000, 3 * rules.intervalMs);
  const draft: Draft = {
    health: { ...from, at: Math.max(from.at, event.at) },
    rules,
    random: Math.min(1, Math.max(0, random)) || 0,
    effects: [],
  };
  if (backwards || missed) gap(draft);
  onTime(draft);
  dispatch(draft, event);
  settleFlapping(draft);
  if (!isProbed(draft.health)) draft.health.nextProbeAt = null;
  else draft.health.nextProbeAt ??= draft.health.at;
  return { state: draft.health, effects: draft.effects };
}
