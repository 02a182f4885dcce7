import type { OwnCause } from './health-cause.ts';
import { count, type Draft, goDown, isHeld, move, newEpoch, suspectDeath } from './health-draft.ts';
import { schedule, succeed } from './health-on-probe.ts';
import type { ContainerSignal, Observation } from './health-types.ts';

/** A request to stop explains an end this much later, and no more: some containers ignore the signal. */
const askedForMs = 300_000;

/** Signals that tell a process to do something else than to end. */
const harmlessSignals = /^(SIG)?(HUP|USR1|USR2|WINCH|CONT|STOP|TSTP|1|10|12|18|19|20|28)$/;

/** Whether a signal, as the engine writes it, asks a process to end. */
export const endsProcess = (signal: string): boolean => !harmlessSignals.test(signal);

/** 128 + SIGINT and SIGTERM: how a process ends that was asked to, by whomever. */
const askedPolitely: ReadonlySet<number | null> = new Set([0, 130, 143]);

type Died = Extract<ContainerSignal, { readonly action: 'die' }>;

function begin(draft: Draft, at: number, gateUntil: number): void {
  const { health } = draft;
  newEpoch(draft);
  health.container = 'running';
  health.healthcheck = null;
  health.outcomes = [];
  health.askedToStopAt = null;
  health.suspectedDeath = null;
  health.gateUntil = gateUntil;
  if (health.watchPausedUntil !== null) move(draft, 'unknown');
  else if (health.state !== 'flapping') move(draft, 'starting', { cause: health.verdict.up ? null : health.downCause });
  schedule(draft, at);
}

function end(draft: Draft, container: 'stopped' | 'absent', detail: string | null): void {
  const { health } = draft;
  newEpoch(draft);
  health.container = container;
  health.healthcheck = null;
  health.suspectedDeath = null;
  health.gateUntil = null;
  move(draft, 'stopped', { cause: { kind: 'stopped', service: null, at: health.at, detail } });
}

function deathCause(draft: Draft, event: Died): OwnCause {
  const { health } = draft;
  const { at, detail, exitCode, limitBytes } = event;
  const outOfMemory = event.oomKilled || health.suspectedDeath?.cause.kind === 'oom';
  if (outOfMemory) return { kind: 'oom', service: null, at, detail, limitBytes };
  if (exitCode === 137) return { kind: 'killed', service: null, at, detail, signal: 'SIGKILL' };
  return { kind: 'exit', service: null, at, detail, exitCode };
}

function onDie(draft: Draft, event: Died): void {
  const { health } = draft;
  const asked = health.askedToStopAt !== null && health.at - health.askedToStopAt <= askedForMs;
  const itsPurpose = event.exitCode === 0 && (event.runsOnce || !event.willRestart);
  const polite = askedPolitely.has(event.exitCode) && !event.willRestart;
  if (isHeld(health) || (!event.oomKilled && (asked || itsPurpose || polite))) {
    end(draft, 'stopped', event.runsOnce && event.exitCode === 0 ? 'completed' : event.detail);
    return;
  }
  const cause = deathCause(draft, event);
  newEpoch(draft);
  health.container = 'stopped';
  health.healthcheck = null;
  health.gateUntil = null;
  suspectDeath(draft, cause, !event.willRestart && cause.kind !== 'killed');
}

function onHealthStatus(draft: Draft, event: Extract<ContainerSignal, { readonly action: 'health_status' }>): void {
  const { health } = draft;
  health.healthcheck = event.status;
  if (event.status === 'healthy') {
    if (isHeld(health) || health.state === 'stopped' || health.state === 'paused') return;
    succeed(draft, 'liveness', event.at);
  } else if (event.status === 'unhealthy') {
    judgeHealthcheck(draft, event.detail);
  }
}

/** The engine's own HEALTHCHECK has its own retries behind it: its verdict is one. Whoever forgives now looks again later. */
export function judgeHealthcheck(draft: Draft, detail: string | null): void {
  const { health } = draft;
  if (health.healthcheck !== 'unhealthy' || !health.verdict.up) return;
  if (isHeld(health) || health.at < health.graceUntil || ['stopped', 'paused', 'unreachable'].includes(health.state))
    return;
  const cause: OwnCause = { kind: 'healthcheck', service: null, at: health.at, detail };
  goDown(draft, { cause, evidenceAt: health.at, certain: false, counted: false });
  schedule(draft, health.at);
}

export function onContainer(draft: Draft, event: ContainerSignal): void {
  const { health, rules } = draft;
  switch (event.action) {
    case 'start':
      if (health.suspectedDeath !== null || !health.verdict.up) count(draft, 'restarts');
      begin(draft, event.at, event.at + rules.startPeriodMs);
      return;
    case 'restart':
      // The engine says `start` before it, and the gate opened then.
      return;
    case 'kill':
      if (endsProcess(event.signal)) health.askedToStopAt = event.at;
      return;
    case 'die':
      onDie(draft, event);
      return;
    case 'oom': {
      count(draft, 'ooms');
      if (isHeld(health) || health.state === 'stopped' || health.state === 'paused') return;
      // Perhaps only a child of it: what it means shows in its death or in the next result.
      const cause: OwnCause = { kind: 'oom', service: null, at: event.at, detail: null, limitBytes: null };
      // Its death was reported first.
      if (health.container === 'stopped' && learnOutOfMemory(draft, cause)) return;
      if (health.suspectedDeath !== null) return;
      health.suspectedDeath = { cause, certain: false, counted: false };
      health.nextProbeAt = event.at;
      if (health.state === 'healthy' || health.state === 'degraded') move(draft, 'suspect', { cause });
      return;
    }
    case 'pause':
      health.container = 'paused';
      health.suspectedDeath = null;
      newEpoch(draft);
      if (health.operations > 0) return;
      move(draft, 'paused');
      return;
    case 'unpause':
      health.container = 'running';
      newEpoch(draft);
      if (health.state !== 'paused') return;
      move(draft, 'unknown');
      health.graceUntil = Math.max(health.graceUntil, event.at + rules.retryMs);
      health.nextProbeAt = event.at;
      return;
    case 'stop':
      health.askedToStopAt = event.at;
      end(draft, 'stopped', null);
      return;
    case 'destroy':
      end(draft, 'absent', null);
      return;
    case 'health_status':
      onHealthStatus(draft, event);
      return;
  }
}

/** That a process was killed is known before why it was. True: that is what this was about. */
function learnOutOfMemory(draft: Draft, cause: Extract<OwnCause, { readonly kind: 'oom' }>): boolean {
  const { health } = draft;
  const { downCause, suspectedDeath: death } = health;
  if (downCause === null || !['killed', 'exit', 'oom'].includes(downCause.kind)) return false;
  if (downCause.kind === 'oom' && (downCause.limitBytes !== null || cause.limitBytes === null)) return true;
  const limitBytes = cause.limitBytes ?? (downCause.kind === 'oom' ? downCause.limitBytes : null);
  const known: OwnCause = { ...cause, at: downCause.at, limitBytes };
  health.downCause = known;
  if (death !== null) health.suspectedDeath = { ...death, cause: known };
  if (health.state !== 'down' && health.state !== 'suspect') return true;
  health.cause = known;
  if (health.state === 'down')
    draft.effects.push({ kind: 'cause', at: health.at, state: 'down', cause: known, certain: false });
  return true;
}

/** The engine was asked what there is. Facts without a history change a state only where it had none, or was wrong. */
export function onObserved(draft: Draft, event: Observation): void {
  const { health, rules } = draft;
  const was = health.container;
  const { state } = health;
  switch (event.container) {
    case 'stopped':
    case 'absent':
      // That it ended was seen, and what of: an inspection afterwards knows less.
      if (was === 'stopped' && event.container === 'stopped') return;
      if (state !== 'stopped') end(draft, event.container, null);
      health.container = event.container;
      return;
    case 'paused':
      health.container = 'paused';
      if (health.operations === 0 && state !== 'paused') {
        health.suspectedDeath = null;
        newEpoch(draft);
        move(draft, 'paused');
      }
      return;
    case 'running':
      health.container = 'running';
      health.healthcheck = event.healthcheck;
      if (state === 'stopped' || state === 'paused' || (state === 'unknown' && was !== 'running')) {
        const gateUntil = (event.startedAt ?? -Infinity) + rules.startPeriodMs;
        if (gateUntil > event.at) begin(draft, event.at, gateUntil);
        else move(draft, 'unknown');
        health.healthcheck = event.healthcheck;
        health.nextProbeAt = event.at;
      }
      judgeHealthcheck(draft, null);
      return;
    case 'restarting':
    case 'failed': {
      health.container = event.container;
      if (isHeld(health)) {
        end(draft, 'stopped', null);
        return;
      }
      if (event.cause?.kind === 'oom') learnOutOfMemory(draft, event.cause);
      if (state === 'down' || state === 'flapping') return;
      const cause = event.cause ?? { kind: 'exit', service: null, at: event.at, detail: null, exitCode: null };
      newEpoch(draft);
      goDown(draft, { cause, evidenceAt: event.at, certain: false, counted: health.suspectedDeath?.counted ?? false });
      schedule(draft, event.at);
      return;
    }
  }
}
