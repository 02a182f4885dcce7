import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { canStop, environmentLook, healthyCount } from '../../ui/environment-words.ts';
import { count, formatMoment } from '../../ui/format.ts';
import type { Shape, Tone } from '../../ui/health.ts';

export interface Verdict {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly words: string;
}

/** The state of an environment in a few words, and since when. */
export function verdict(environment: EnvironmentView, now: number): Verdict {
  const { tone, shape, word } = environmentLook(environment);
  if (environment.stale || environment.state === 'unreachable')
    return { tone, shape, words: `Engine not answering, as of ${formatMoment(environment.asOf, now)}` };
  const timed = environment.state !== 'absent' && environment.state !== 'invalid' && environment.since !== null;
  return { tone, shape, words: timed ? `${word} since ${formatMoment(environment.since ?? '', now)}` : word };
}

/** `5 of 7 healthy`, or how many services there are when none runs. */
export function healthyWords(environment: EnvironmentView): string {
  const live = environment.state === 'running' || environment.state === 'partial';
  const { healthy, total } = healthyCount(environment);
  return live ? `${healthy} of ${total} healthy` : count(total, 'service');
}

/** Services whose containers are not what the file says. */
export function driftCount(environment: EnvironmentView): number {
  if (!canStop(environment)) return environment.services.filter((one) => one.drift === 'extra').length;
  return environment.services.filter((one) => one.drift !== 'none' && one.drift !== 'unknown').length;
}

/** The first file's name, for the badge that says from what it differs. */
export function mainFileName(environment: EnvironmentView): string {
  return environment.files[0]?.split(/[/\\]/).at(-1) ?? 'its file';
}
