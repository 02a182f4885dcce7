import type { HealthState } from './health.ts';

/** What anything may become at any time: the engine goes away, somebody pauses or stops it, nobody looks. */
const always: readonly HealthState[] = ['unreachable', 'paused', 'stopped', 'unknown'];

/**
 * Every change of state there is. What is not here does not happen; a service that was down, for one, is never healthy
 * without recovering first.
 */
export const allowedTransitions: Readonly<Record<HealthState, readonly HealthState[]>> = {
  unknown: ['starting', 'healthy', 'suspect', 'down', 'recovering', 'flapping', ...always],
  starting: ['healthy', 'suspect', 'down', 'recovering', 'flapping', ...always],
  healthy: ['suspect', 'degraded', 'down', 'starting', 'flapping', ...always],
  suspect: ['healthy', 'degraded', 'down', 'recovering', 'starting', 'flapping', ...always],
  degraded: ['healthy', 'suspect', 'down', 'starting', 'flapping', ...always],
  down: ['recovering', 'starting', 'flapping', ...always],
  recovering: ['healthy', 'suspect', 'down', 'starting', 'flapping', ...always],
  flapping: ['healthy', 'down', ...always],
  paused: ['starting', 'suspect', 'down', 'flapping', ...always],
  stopped: ['starting', 'suspect', 'down', 'flapping', ...always],
  unreachable: ['unknown'],
};

export function mayBecome(from: HealthState, to: HealthState): boolean {
  return from !== to && allowedTransitions[from].includes(to);
}
