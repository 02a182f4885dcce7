import type { InstanceView, ServiceView } from '../../../shared/contract/environments.ts';
import { formatMoment } from '../../ui/format.ts';
import { healthLook, isWrong, type Shape, type Tone } from '../../ui/health.ts';

export interface ServiceLook {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

/** A run-once service that did its work: neither healthy nor stopped, and nothing to worry about. */
export function isCompleted(service: ServiceView): boolean {
  return (
    service.runsOnce &&
    service.instances.length > 0 &&
    service.instances.every((instance) => instance.state === 'exited' && instance.exitCode === 0)
  );
}

/** Colour, shape and word of a service's state, more exact than its health where the container says more. */
export function serviceLook(service: ServiceView, stale: boolean): ServiceLook {
  const look = healthLook(service.health, stale);
  if (stale) return look;
  if (isCompleted(service)) return { tone: 'idle', shape: 'ring', word: 'Completed' };
  if (service.health !== 'stopped') return look;
  if (service.state === 'absent') return { ...look, word: 'Not created' };
  if (service.state === 'created') return { ...look, word: 'Created' };
  const code = service.instances[0]?.exitCode ?? null;
  // 137 and 143 are what a stop leaves behind.
  if (service.state === 'exited' && code !== null && ![0, 137, 143].includes(code))
    return { ...look, word: `Exited ${code}` };
  return look;
}

/** What a service is made from, in one quiet line, and in full. */
export function serviceOrigin(service: ServiceView): { readonly short: string; readonly full: string } {
  if (service.build !== null) return { short: `build ${lastPart(service.build)}`, full: `build ${service.build}` };
  if (service.image !== null) return { short: lastPart(service.image), full: service.image };
  if (service.command !== null) return { short: service.command, full: service.command };
  return { short: service.provider, full: service.provider };
}

const lastPart = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== '')
    .at(-1) ?? path;

const newest = (times: readonly (string | null)[]): string | null =>
  times.reduce<string | null>((best, time) => (time !== null && (best === null || time > best) ? time : best), null);

const runningSince = (service: ServiceView): string | null =>
  newest(service.instances.filter((one) => one.state === 'running').map((one) => one.startedAt));

/** How long it has been running, ms; null when it does not run. */
export function uptimeMs(service: ServiceView, now: number): number | null {
  const since = runningSince(service);
  return since === null ? null : Math.max(0, now - Date.parse(since));
}

export const restartCount = (service: ServiceView): number =>
  service.instances.reduce((sum, instance) => sum + instance.restarts, 0);

export interface Change {
  readonly at: string;
  readonly word: string;
}

function instanceChanges(instance: InstanceView): Change[] {
  const changes: Change[] = [];
  if (instance.startedAt !== null && instance.state === 'running')
    changes.push({ at: instance.startedAt, word: 'started' });
  if (instance.finishedAt !== null && instance.state !== 'running') {
    const word = instance.oomKilled
      ? 'out of memory'
      : instance.exitCode === null
        ? 'ended'
        : instance.exitCode === 0
          ? 'completed'
          : `exited ${instance.exitCode}`;
    changes.push({ at: instance.finishedAt, word });
  }
  return changes;
}

/** The latest thing that happened to it, as far as its containers and our watch over it tell. */
export function lastChange(service: ServiceView): Change | null {
  const changes = service.instances.flatMap(instanceChanges);
  const started = runningSince(service);
  // Only what went wrong is news: `since` of a healthy service may be no more than when we began to watch it.
  if (service.since !== null && started !== null && service.since > started && isWrong(healthLook(service.health).tone))
    changes.push({ at: service.since, word: healthLook(service.health).word.toLowerCase() });
  return changes.reduce<Change | null>((best, one) => (best === null || one.at > best.at ? one : best), null);
}

export function lastChangeWords(service: ServiceView, now: number): string {
  const change = lastChange(service);
  return change === null ? '–' : `${change.word} ${formatMoment(change.at, now)}`;
}
