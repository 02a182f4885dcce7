import type { HealthState } from './health.ts';
import type { OwnCause } from './health-cause.ts';

/** As in Kubernetes: liveness = it works, readiness = it can take work now, startup = it has finished starting. */
export type ProbeRole = 'liveness' | 'readiness' | 'startup';

export interface ProbeResult {
  readonly kind: 'probe';
  /** When the result was in, ms since the epoch. */
  readonly at: number;
  /** When the probe began. */
  readonly startedAt: number;
  /** `ServiceHealth.epoch` as it was when the probe began; a result of another epoch is discarded. */
  readonly epoch: number;
  readonly probe: ProbeRole;
  readonly ok: boolean;
  /** Null when there was no answer to time. */
  readonly latencyMs: number | null;
  /** One line: what failed. */
  readonly detail: string | null;
}

/**
 * What the engine said about the service's container (or a provider about its process or machine). `at` is when we heard
 * of it, by our own clock: the engine's may be set differently.
 */
export type ContainerSignal = { readonly kind: 'container'; readonly at: number } & (
  | { readonly action: 'start' | 'restart' | 'oom' | 'pause' | 'unpause' | 'stop' | 'destroy' }
  /** Somebody asked the engine to signal it; `signal` as the engine writes it (`15`, `SIGTERM`). */
  | { readonly action: 'kill'; readonly signal: string }
  | {
      readonly action: 'die';
      readonly exitCode: number | null;
      readonly oomKilled: boolean;
      /** A restart policy, the engine's or ours, will start it again: worth waiting a moment. */
      readonly willRestart: boolean;
      /** Another service waits for its end: exiting with 0 is its purpose. */
      readonly runsOnce: boolean;
      readonly limitBytes: number | null;
      readonly detail: string | null;
    }
  | {
      readonly action: 'health_status';
      readonly status: 'starting' | 'healthy' | 'unhealthy';
      /** Last line of the HEALTHCHECK's output. */
      readonly detail: string | null;
    }
);

/** What an inspection found, at first sight and after the engine was away: facts without a history. */
export interface Observation {
  readonly kind: 'observed';
  readonly at: number;
  readonly container: 'running' | 'restarting' | 'paused' | 'stopped' | 'failed' | 'absent';
  /** When it was started; null when it is not running. Opens the start-up gate only while that is recent. */
  readonly startedAt: number | null;
  readonly healthcheck: 'starting' | 'healthy' | 'unhealthy' | null;
  /** For `failed`: why. */
  readonly cause: OwnCause | null;
}

export type HealthEvent =
  | ProbeResult
  | ContainerSignal
  | Observation
  | { readonly kind: 'engine'; readonly at: number; readonly action: 'lost' | 'back' }
  /** An operation of ours on the environment: what fails meanwhile is our own doing. They nest. */
  | { readonly kind: 'operation'; readonly at: number; readonly action: 'began' | 'ended' }
  /** The user does not want it watched until then; null: watch again. */
  | { readonly kind: 'pause-watching'; readonly at: number; readonly until: number | null }
  /** The machine slept or its clock was set. `at` is the time after it. */
  | { readonly kind: 'gap'; readonly at: number; readonly reason: 'sleep' | 'clock' }
  /** Look at once: a dependant failed, or somebody asked. */
  | { readonly kind: 'verify'; readonly at: number }
  | { readonly kind: 'tick'; readonly at: number };

/** One finished probe, as the window of the last minutes keeps it. */
export interface Outcome {
  readonly at: number;
  readonly ok: boolean;
  readonly latencyMs: number | null;
}

/** Only ever grow. */
export interface HealthCounters {
  readonly probes: number;
  readonly failures: number;
  /** Results and failures that were not counted: of an old epoch, in a grace or gate, while held. */
  readonly discarded: number;
  readonly downs: number;
  readonly restarts: number;
  readonly ooms: number;
  readonly transitions: number;
}

export interface Streak {
  readonly failures: number;
  readonly successes: number;
  readonly lastDetail: string | null;
}

/** Everything the machine knows about one service. Plain data of bounded size; times in ms since the epoch. */
export interface ServiceHealth {
  readonly state: HealthState;
  readonly since: number;
  /** Why it is in this state; null when there is nothing to explain. */
  readonly cause: OwnCause | null;
  /** The latest time seen. */
  readonly at: number;
  /** A probe takes this along; see ProbeResult. */
  readonly epoch: number;
  /** When to probe next; null while probing would say nothing (stopped, paused, engine away, not watched). */
  readonly nextProbeAt: number | null;
  readonly container: Observation['container'] | 'unknown';
  readonly healthcheck: Observation['healthcheck'];
  readonly streaks: Readonly<Record<ProbeRole, Streak>>;
  /** Newest last. */
  readonly outcomes: readonly Outcome[];
  /** When it went down, newest last. */
  readonly downAt: readonly number[];
  /** What it would be called if it were not flapping, and since when. */
  readonly verdict: { readonly up: boolean; readonly since: number };
  /** End of the start-up gate; null when it is open. */
  readonly gateUntil: number | null;
  readonly graceUntil: number;
  readonly operations: number;
  readonly watchPausedUntil: number | null;
  /** When somebody asked the engine to end it; its end is then no fault. */
  readonly askedToStopAt: number | null;
  /** Why it is down, or was when it last was. */
  readonly downCause: OwnCause | null;
  /** A death that the next result confirms or refutes. */
  readonly suspectedDeath: {
    readonly cause: OwnCause;
    readonly certain: boolean;
    /** It is in `downs` already. */
    readonly counted: boolean;
  } | null;
  readonly slowSince: number | null;
  readonly clearSince: number | null;
  readonly counters: HealthCounters;
}

export interface Transition {
  readonly kind: 'transition';
  readonly from: HealthState;
  readonly to: HealthState;
  readonly at: number;
  readonly cause: OwnCause | null;
  /**
   * When the probe or event that settled it began; notices wait from here, so that a probe that took its whole timeout
   * costs nothing twice.
   */
  readonly evidenceAt: number;
  /** Verified, and nothing will bring it back by itself: no reason to wait before saying so. */
  readonly certain: boolean;
  /** It was down before, and nobody could look in between: not one more time down. */
  readonly continues?: boolean;
}

/** More became known about why it is in the state it is in. */
export interface CauseLearned {
  readonly kind: 'cause';
  readonly at: number;
  readonly state: HealthState;
  readonly cause: OwnCause;
  readonly certain: boolean;
}

export type HealthEffect =
  | Transition
  | CauseLearned
  /** A result that was not counted, and why: for a debug log. */
  | { readonly kind: 'discarded'; readonly at: number; readonly reason: string };

export interface HealthStep {
  readonly state: ServiceHealth;
  readonly effects: readonly HealthEffect[];
}
