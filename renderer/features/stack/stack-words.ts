import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { count, formatMoment } from '../../ui/format.ts';
import { healthLook, type Shape, type Tone } from '../../ui/health.ts';
import { isCompleted } from './service-words.ts';

export interface Verdict {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly words: string;
}

/** The state of an environment in a few words, the worst first. */
export function verdict(environment: EnvironmentView, now: number): Verdict {
  const since = environment.since === null ? '' : ` since ${formatMoment(environment.since, now)}`;
  const idle = { tone: 'idle', shape: 'ring' } as const;
  if (environment.stale || environment.state === 'unreachable')
    return {
      tone: 'idle',
      shape: 'dashed',
      words: `Engine not answering, as of ${formatMoment(environment.asOf, now)}`,
    };
  switch (environment.state) {
    case 'absent':
      return { ...idle, words: 'Not started' };
    case 'stopped':
      return { ...idle, words: `Stopped${since}` };
    case 'invalid':
      return { tone: 'degraded', shape: 'triangle', words: 'Its files cannot be read' };
    case 'running':
    case 'partial': {
      const look = healthLook(environment.health);
      const partly = environment.state === 'partial' && look.tone === 'healthy' ? ', partly running' : '';
      return { tone: look.tone, shape: look.shape, words: `${look.word}${since}${partly}` };
    }
  }
}

/** `5 of 7 healthy`; run-once services that are done are counted apart. */
export function healthyWords(environment: EnvironmentView): string {
  const done = environment.services.filter(isCompleted).length;
  const rest = environment.services.length - done;
  if (environment.state === 'absent' || environment.state === 'stopped')
    return count(environment.services.length, 'service');
  const healthy = environment.services.filter((one) => one.health === 'healthy' && !isCompleted(one)).length;
  return `${healthy} of ${rest} healthy${done === 0 ? '' : `, ${done} completed`}`;
}

/** Services whose containers are not what the file says. */
export function driftCount(environment: EnvironmentView): number {
  return environment.services.filter((one) => one.drift === 'changed' || one.drift === 'extra').length;
}

/** The first file's name, for the badge that says from what it differs. */
export function mainFileName(environment: EnvironmentView): string {
  return environment.files[0]?.split(/[/\\]/).at(-1) ?? 'its file';
}
