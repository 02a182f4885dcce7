import type { HealthState } from '../../../shared/domain/health.ts';

/** A service's state of health, and since when, ms. */
export interface HealthSince {
  readonly state: HealthState;
  readonly since: number;
}

/** Time in which nobody can say, or in which it was not meant to be up. */
const uncounted: ReadonlySet<HealthState> = new Set(['unknown', 'stopped', 'unreachable', 'paused']);
const down: ReadonlySet<HealthState> = new Set(['down', 'flapping']);
/** Looks that lie further apart were not continuous: the machine slept. */
const continuousMs = 150_000;

/** How long services were up, between looks that come often and at every change of state. */
export interface UptimeBook {
  /** Gives what has passed since the last look: ms up of ms watched; null when that is nothing. */
  look(
    key: string,
    health: HealthSince | undefined,
    at: number,
  ): { readonly up: number; readonly watched: number } | null;
  keep(keys: ReadonlySet<string>): void;
}

export function createUptimeBook(): UptimeBook {
  const last = new Map<string, { readonly state: HealthState; readonly at: number }>();
  return {
    look(key, health, at) {
      const before = last.get(key);
      if (health === undefined) last.delete(key);
      else last.set(key, { state: health.state, at });
      if (before === undefined || health === undefined || at <= before.at || at - before.at > continuousMs) return null;
      const changedAt = health.state === before.state ? at : Math.min(at, Math.max(before.at, health.since));
      let [up, watched] = [0, 0];
      for (const [state, ms] of [
        [before.state, changedAt - before.at],
        [health.state, at - changedAt],
      ] as const) {
        if (uncounted.has(state)) continue;
        watched += ms;
        if (!down.has(state)) up += ms;
      }
      return watched > 0 ? { up, watched } : null;
    },
    keep(keys) {
      for (const key of last.keys()) if (!keys.has(key)) last.delete(key);
    },
  };
}
