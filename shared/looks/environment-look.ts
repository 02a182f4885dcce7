import type { EnvironmentView } from '../contract/environments.ts';
import { healthLook, isWrong, type Shape, type Tone } from './health-look.ts';

export interface EnvironmentLook {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

/** State of an environment in one word, with its colour and shape. */
export function environmentLook(environment: EnvironmentView): EnvironmentLook {
  const { state, health, stale } = environment;
  if (stale || state === 'unreachable') return healthLook(health === 'unreachable' ? 'unknown' : health, stale);
  if (state === 'invalid') return { tone: 'down', shape: 'square', word: 'Files invalid' };
  if (state === 'absent') return { tone: 'idle', shape: 'ring', word: 'Not created' };
  // Nothing runs because it failed, not because somebody wanted it so.
  if (state === 'stopped' && isWrong(healthLook(health).tone)) return healthLook(health);
  if (state === 'stopped') return { tone: 'idle', shape: 'ring', word: 'Stopped' };
  if (state === 'partial' && health === 'healthy') return { tone: 'idle', shape: 'ring', word: 'Partly running' };
  return healthLook(health);
}

/** Services that are meant to keep running, and how many of them are well. Run-once services that ended well count. */
export function healthyCount(environment: EnvironmentView): { readonly healthy: number; readonly total: number } {
  const done = (service: EnvironmentView['services'][number]): boolean =>
    service.state === 'exited' && service.instances.length > 0 && service.instances.every((one) => one.exitCode === 0);
  const live = environment.state === 'running' || environment.state === 'partial';
  return {
    healthy: environment.services.filter((one) => one.health === 'healthy' || (live && done(one))).length,
    total: environment.services.length,
  };
}
