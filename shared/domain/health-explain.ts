import { clockTime, latencyAmount, memoryAmount, span } from './clock-words.ts';
import type { HealthState } from './health.ts';
import type { Cause, OwnCause } from './health-cause.ts';

/** The one thing to do about it. `service` null: not about a single service. */
export interface ProposedAction {
  readonly kind: 'restart' | 'start' | 'logs' | 'raise-limit' | 'restore' | 'start-engine' | 'cleanup';
  readonly service: string | null;
  /** For a button. */
  readonly label: string;
  /** For `raise-limit`: the new limit in bytes. */
  readonly limitBytes?: number;
}

export interface Explanation {
  /** What happened, without its subject: `ran out of memory at 11:10 (limit 512 MB)`. */
  readonly clause: string;
  /** With its subject, and what was seen: `db ran out of memory at 11:10 (limit 512 MB).` */
  readonly sentence: string;
  readonly action: ProposedAction;
}

/** What ends a process before its own code runs, by the shell's convention. */
const exitWords: Readonly<Record<number, string>> = {
  126: 'could not run its command (exit code 126)',
  127: 'could not find its command (exit code 127)',
  132: 'crashed with an illegal instruction (exit code 132)',
  134: 'aborted (exit code 134)',
  135: 'crashed with a bus error (exit code 135)',
  136: 'crashed with an arithmetic error (exit code 136)',
  139: 'crashed with a segmentation fault (exit code 139)',
};

function probeWords(probe: Extract<OwnCause, { readonly kind: 'probe' }>['probe'], time: string): string {
  if (probe === 'startup') return `did not finish starting by ${time}`;
  return probe === 'readiness' ? `has not been ready since ${time}` : `has failed its health checks since ${time}`;
}

function latencyWords(cause: Extract<OwnCause, { readonly kind: 'latency' }>): string {
  const p95 = `p95 ${latencyAmount(cause.p95Ms)}`;
  return cause.baselineMs === null
    ? `answers slowly: ${p95}, over its limit of ${latencyAmount(cause.limitMs)}`
    : `answers slowly: ${p95}, ${(cause.p95Ms / cause.baselineMs).toFixed(1)} times its baseline`;
}

function clauseOf(cause: OwnCause, time: string): string {
  switch (cause.kind) {
    case 'oom':
      return `ran out of memory at ${time}${cause.limitBytes === null ? '' : ` (limit ${memoryAmount(cause.limitBytes)})`}`;
    case 'exit':
      if (cause.exitCode === null) return `ended at ${time}`;
      return `${exitWords[cause.exitCode] ?? `exited with code ${cause.exitCode}`} at ${time}`;
    case 'killed':
      return `was killed (${cause.signal}) at ${time}`;
    case 'start-failed':
      return `could not start at ${time}`;
    case 'probe':
      return probeWords(cause.probe, time);
    case 'healthcheck':
      return `has failed its HEALTHCHECK since ${time}`;
    case 'failures':
      return `failed ${Math.round(cause.ratio * 100)} % of its health checks in ${span(cause.windowMs)}`;
    case 'latency':
      return latencyWords(cause);
    case 'flapping':
      return `went down ${cause.downs} times in ${span(cause.windowMs)}`;
    case 'stopped':
      return cause.detail === 'completed' ? `completed at ${time}` : `was stopped at ${time}`;
    case 'unreachable':
      return `cannot be reached since ${time}`;
    case 'disk-full':
      return `has ${memoryAmount(cause.freeBytes)} left on ${cause.path}`;
    case 'data-loss':
      return `lost data at ${time}`;
    case 'anomaly':
      return `shows an unusual ${cause.metric} since ${time}`;
  }
}

function actionOf(cause: OwnCause): ProposedAction {
  const { service } = cause;
  const of = service === null ? '' : ` ${service}`;
  switch (cause.kind) {
    case 'oom': {
      if (cause.limitBytes === null) return { kind: 'restart', service, label: `Restart${of}` };
      const limitBytes = cause.limitBytes * 2;
      return { kind: 'raise-limit', service, label: `Raise limit to ${memoryAmount(limitBytes)}`, limitBytes };
    }
    case 'killed':
    case 'healthcheck':
      return { kind: 'restart', service, label: `Restart${of}` };
    case 'probe':
      return cause.probe === 'liveness'
        ? { kind: 'restart', service, label: `Restart${of}` }
        : { kind: 'logs', service, label: 'Open its logs' };
    case 'stopped':
      return { kind: 'start', service, label: `Start${of}` };
    case 'unreachable':
      return { kind: 'start-engine', service: null, label: 'Start Docker' };
    case 'disk-full':
      return { kind: 'cleanup', service: null, label: 'Free some space' };
    case 'data-loss':
      return { kind: 'restore', service, label: 'Restore…' };
    case 'exit':
    case 'start-failed':
    case 'failures':
    case 'latency':
    case 'flapping':
    case 'anomaly':
      return { kind: 'logs', service, label: 'Open its logs' };
  }
}

function subjectOf(cause: OwnCause): string {
  if (cause.service !== null) return cause.service;
  if (cause.kind === 'unreachable') return 'The engine';
  return cause.kind === 'disk-full' ? 'The disk' : 'The host';
}

/** What was seen, where it says more than the clause does. */
function detailOf(cause: OwnCause): string {
  return cause.detail === null || cause.detail === '' || cause.kind === 'stopped' ? '' : `: ${cause.detail}`;
}

/**
 * A cause in plain words, with the one thing to do about it: for a dependency, what to do about its root.
 * `utcOffsetMinutes`: local time minus UTC.
 */
export function explain(cause: Cause, utcOffsetMinutes: number): Explanation {
  if (cause.kind === 'dependency') {
    const root = explain(cause.root, utcOffsetMinutes);
    const because = `because ${subjectOf(cause.root)} ${root.clause}`;
    return {
      clause: `fails ${because}`,
      sentence: `${cause.service ?? 'It'} fails ${because}.`,
      action: root.action,
    };
  }
  const clause = clauseOf(cause, clockTime(cause.at, utcOffsetMinutes));
  return { clause, sentence: `${subjectOf(cause)} ${clause}${detailOf(cause)}.`, action: actionOf(cause) };
}

const stateWords: Readonly<Partial<Record<HealthState, string>>> = {
  down: 'is down',
  degraded: 'is degraded',
  flapping: 'keeps going up and down',
  recovering: 'is recovering',
  starting: 'is starting',
  suspect: 'is being checked',
  unreachable: 'cannot be reached',
  unknown: 'is not watched',
};

/** `is down`: a state as the predicate of a sentence. */
export function stateClause(state: HealthState): string {
  return stateWords[state] ?? `is ${state}`;
}

/** `api is down because db ran out of memory at 11:10.` */
export function explainState(
  service: string,
  state: HealthState,
  cause: Cause | null,
  utcOffsetMinutes: number,
): string {
  const what = `${service} ${stateClause(state)}`;
  if (cause === null) return `${what}.`;
  const root = cause.kind === 'dependency' ? cause.root : { ...cause, service: cause.service ?? service };
  const { clause } = explain(root, utcOffsetMinutes);
  return `${what} because ${root.service === service ? 'it' : subjectOf(root)} ${clause}.`;
}
