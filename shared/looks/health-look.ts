import type { HealthState } from '../domain/health.ts';

/** The four colours of health. `idle` is for what is neither good nor bad. */
export type Tone = 'healthy' | 'degraded' | 'down' | 'idle';
export type Shape = 'disc' | 'triangle' | 'square' | 'ring' | 'dashed' | 'half';

interface Look {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

const looks: Record<HealthState, Look> = {
  healthy: { tone: 'healthy', shape: 'disc', word: 'Healthy' },
  starting: { tone: 'healthy', shape: 'half', word: 'Starting' },
  recovering: { tone: 'healthy', shape: 'half', word: 'Recovering' },
  suspect: { tone: 'degraded', shape: 'triangle', word: 'Suspect' },
  degraded: { tone: 'degraded', shape: 'triangle', word: 'Degraded' },
  flapping: { tone: 'degraded', shape: 'triangle', word: 'Flapping' },
  down: { tone: 'down', shape: 'square', word: 'Down' },
  paused: { tone: 'idle', shape: 'ring', word: 'Paused' },
  stopped: { tone: 'idle', shape: 'ring', word: 'Stopped' },
  unknown: { tone: 'idle', shape: 'dashed', word: 'Unknown' },
  unreachable: { tone: 'idle', shape: 'dashed', word: 'Unreachable' },
};

/** Colour, shape and word of a health state; stale values lose colour and shape but keep their word as the past. */
export function healthLook(state: HealthState, stale = false): Look {
  const look = looks[state];
  return stale ? { tone: 'idle', shape: 'dashed', word: `Was ${look.word.toLowerCase()}` } : look;
}

/** Words are coloured only when something is wrong. */
export const isWrong = (tone: Tone): boolean => tone === 'degraded' || tone === 'down';
