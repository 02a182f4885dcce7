import type { OwnCause } from './health-cause.ts';
import { count, type Draft, discard, goDown, goUp, isHeld, isProbed, move } from './health-draft.ts';
import type { ProbeResult, ProbeRole, ServiceHealth, Streak } from './health-types.ts';
import { failureCause, remember, slowCause } from './health-window.ts';

/** How long a service that went down is looked at often: it decides whether anybody is told. */
const freshDownMs = 30_000;

const kinds: readonly ProbeRole[] = ['startup', 'liveness', 'readiness'];

function failing(health: ServiceHealth): readonly ProbeRole[] {
  return kinds.filter((kind) => health.streaks[kind].failures > 0);
}

/** Something is in doubt, so the next probe comes soon. */
function isUrgent(draft: Draft): boolean {
  const { health, rules } = draft;
  if (['unknown', 'starting', 'suspect', 'recovering'].includes(health.state)) return true;
  if (health.state === 'down') return health.at - health.since < freshDownMs;
  return failing(health).some((kind) => health.streaks[kind].failures < rules.downAfter);
}

/** Sets when to look next, counted from when this look began. `soon`: there is more doubt than the state shows. */
export function schedule(draft: Draft, from: number, soon = false): void {
  const { health, rules, random } = draft;
  const interval = soon || isUrgent(draft) ? rules.retryMs : rules.intervalMs;
  const jittered = interval * (1 + rules.jitter * (2 * random - 1));
  health.nextProbeAt = isProbed(health) ? Math.max(health.at, Math.round(from + jittered)) : null;
}

function probeCause(health: ServiceHealth, probe: ProbeRole, at: number): OwnCause {
  return { kind: 'probe', service: null, at, detail: health.streaks[probe].lastDetail, probe };
}

/** Why it is less than healthy though it is not down; null when it is all well. */
function degradation(draft: Draft): OwnCause | null {
  const { health, rules } = draft;
  const { at } = health;
  if (health.streaks.readiness.failures >= rules.downAfter) return probeCause(health, 'readiness', at);
  const failures = failureCause(health.outcomes, rules, at, health.state === 'degraded');
  const slow = slowCause(health.outcomes, rules, at);
  health.slowSince = slow === null ? null : (health.slowSince ?? at);
  if (failures !== null) return failures;
  return health.slowSince !== null && at - health.slowSince >= rules.latency.sustainedMs ? slow : null;
}

/** Healthy, suspect or degraded: which of them, by the last minutes. */
function weigh(draft: Draft, evidenceAt: number): void {
  const { health, rules } = draft;
  if (!['healthy', 'suspect', 'degraded'].includes(health.state)) return;
  const cause = degradation(draft);
  if (cause !== null) {
    health.clearSince = null;
    move(draft, 'degraded', { cause, evidenceAt });
    return;
  }
  const doubts = failing(health)[0];
  if (health.state === 'degraded') {
    health.clearSince ??= health.at;
    if (health.at - health.clearSince < rules.degraded.clearMs) return;
  }
  if (doubts === undefined) move(draft, 'healthy');
  else move(draft, 'suspect', { cause: probeCause(health, doubts, health.at), evidenceAt });
}

/** A good result. Also what a HEALTHCHECK that passes counts as. */
export function succeed(draft: Draft, probe: ProbeRole, evidenceAt: number): void {
  const { health, rules } = draft;
  health.streaks = {
    ...health.streaks,
    [probe]: { failures: 0, successes: health.streaks[probe].successes + 1, lastDetail: null },
  };
  if (probe === 'readiness') {
    weigh(draft, evidenceAt);
    return;
  }
  if (health.healthcheck === 'unhealthy') return;
  // An image that has its own idea of having started is asked first.
  if (health.healthcheck === 'starting' && health.gateUntil !== null && health.at < health.gateUntil) return;
  health.gateUntil = null;
  health.suspectedDeath = null;
  if (health.verdict.up) {
    if (health.state === 'unknown' || health.state === 'starting') move(draft, 'healthy');
    weigh(draft, evidenceAt);
    return;
  }
  if (health.state !== 'flapping') move(draft, 'recovering', { cause: health.downCause });
  if (health.streaks.liveness.successes + health.streaks.startup.successes >= rules.healthyAfter) {
    goUp(draft);
    weigh(draft, evidenceAt);
  }
}

function fail(draft: Draft, event: ProbeResult): void {
  const { health, rules } = draft;
  const { probe } = event;
  count(draft, 'failures');
  const before: Streak = health.streaks[probe];
  health.streaks = {
    ...health.streaks,
    [probe]: { failures: before.failures + 1, successes: 0, lastDetail: event.detail },
  };
  const death = health.suspectedDeath;
  if (death !== null) {
    goDown(draft, { ...death, evidenceAt: death.cause.at });
    return;
  }
  const cause = probeCause(health, probe, event.at);
  if (health.state === 'recovering' && probe !== 'readiness') {
    goDown(draft, { cause, evidenceAt: event.startedAt, certain: false, counted: true });
    return;
  }
  if (probe !== 'readiness' && before.failures + 1 >= rules.downAfter) {
    if (health.verdict.up) goDown(draft, { cause, evidenceAt: event.startedAt, certain: false, counted: false });
    else if (health.state === 'starting' || health.state === 'suspect' || health.state === 'unknown')
      goDown(draft, { cause, evidenceAt: event.startedAt, certain: false, counted: false });
    return;
  }
  if (health.state === 'unknown') move(draft, 'suspect', { cause, evidenceAt: event.startedAt });
  weigh(draft, event.startedAt);
}

/** Why a failure says nothing now; null when it counts. */
function forgiveness(health: ServiceHealth): string | null {
  if (health.operations > 0) return 'an operation is running';
  if (health.suspectedDeath !== null) return null;
  if (health.at < health.graceUntil) return 'just after a gap';
  return health.gateUntil !== null && health.at < health.gateUntil ? 'still starting' : null;
}

export function onProbe(draft: Draft, event: ProbeResult): void {
  const { health, rules } = draft;
  count(draft, 'probes');
  if (event.epoch !== health.epoch) {
    discard(draft, 'began before something changed');
    return;
  }
  if (!isProbed(health)) {
    discard(draft, 'not watched');
    return;
  }
  if (rules.startupProbe && event.probe !== 'startup' && health.state === 'starting') {
    discard(draft, 'waits for the startup probe');
    return;
  }
  const forgiven = event.ok ? null : forgiveness(health);
  if (forgiven !== null) {
    discard(draft, forgiven);
  } else {
    if (health.verdict.up && !isHeld(health)) {
      const { at, ok, latencyMs } = event;
      health.outcomes = remember(health.outcomes, { at, ok, latencyMs }, rules);
    }
    if (event.ok) succeed(draft, event.probe, event.startedAt);
    else fail(draft, event);
  }
  schedule(draft, Math.min(event.startedAt, health.at), forgiven !== null && health.operations === 0);
}
