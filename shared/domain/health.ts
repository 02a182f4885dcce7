/** What we conclude about a service. See the health section of the design for how each is reached. */
export const healthStates = [
  'unknown',
  'starting',
  'healthy',
  'suspect',
  'degraded',
  'down',
  'recovering',
  'flapping',
  'paused',
  'stopped',
  'unreachable',
] as const;

export type HealthState = (typeof healthStates)[number];

/** How bad a state is; the worst service gives an environment its state. Stopped and paused are choices, not faults. */
const severity: Record<HealthState, number> = {
  down: 6,
  flapping: 5,
  degraded: 5,
  unreachable: 4,
  recovering: 3,
  starting: 3,
  suspect: 2,
  unknown: 2,
  healthy: 1,
  paused: 0,
  stopped: 0,
};

/** The state that stands for many. An empty list is `stopped`: nothing is there to be ill. */
export function worstHealth(states: readonly HealthState[]): HealthState {
  return states.reduce<HealthState>((worst, state) => (severity[state] > severity[worst] ? state : worst), 'stopped');
}
