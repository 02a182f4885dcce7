import type { CurrentDocker } from '../providers/docker/client.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { inspectVolume } from './engine-facts.ts';
import { environmentKey, fileKey, volumeDevice } from './layout.ts';
import type { StoredEnvironment } from './store.ts';

/** One data volume of an environment that golden images carry. */
export interface DataVolume {
  /** Key in the Compose file. */
  readonly key: string;
  /** Key as a file name in the store. */
  readonly fileKey: string;
  /** Name in the engine. */
  readonly name: string;
  /** `store`: bound to the current generation. `plain`: the engine's own, its files can only be replaced in place. */
  readonly kind: 'store' | 'plain';
  /** Services that mount it. */
  readonly services: readonly string[];
  /** Its folder under `env/<key>/data`, for `store`. */
  readonly data: string | null;
}

export interface VolumeSurvey {
  readonly volumes: readonly DataVolume[];
  /** What no golden image contains, and why: one sentence each. */
  readonly omitted: readonly string[];
}

/** Is this volume ours to keep in the store? The reason why not, or null. */
export function whyNotStored(target: EnvironmentTarget, key: string): string | null {
  const volume = target.project.volumes?.[key];
  if (target.excludedVolumes.includes(key)) return `Volume ${key} is excluded in golden.yml.`;
  if (volume?.external === true) return `Volume ${key} is external to the stack.`;
  const ownDriver = volume?.driver !== undefined && volume.driver !== 'local';
  if (ownDriver || Object.keys(volume?.driver_opts ?? {}).length > 0) return `Volume ${key} has a driver of its own.`;
  return null;
}

/** Compares what the Compose file declares with what the engine and the store hold. */
export async function surveyVolumes(
  target: EnvironmentTarget,
  environment: StoredEnvironment | undefined,
  hostPath: string,
  docker: CurrentDocker,
  signal: AbortSignal,
): Promise<VolumeSurvey> {
  const volumes: DataVolume[] = [];
  const omitted: string[] = [];
  const current = environment?.currentId == null ? undefined : environment.generations.get(environment.currentId);
  const key = environmentKey(target);
  for (const volumeKey of Object.keys(target.project.volumes ?? {})) {
    const reason = whyNotStored(target, volumeKey);
    if (reason !== null) {
      omitted.push(reason);
      continue;
    }
    const name = target.project.volumes?.[volumeKey]?.name ?? `${target.projectName}_${volumeKey}`;
    const data = current?.links.get(fileKey(volumeKey)) ?? null;
    const facts = await inspectVolume(docker(), name, signal);
    const entry = { key: volumeKey, fileKey: fileKey(volumeKey), name, services: mountedBy(target, volumeKey) };
    if (facts === undefined) {
      // The volume object can be pruned while the stack is down; the data is in the store all the same.
      if (data !== null) volumes.push({ ...entry, kind: 'store', data });
      else omitted.push(`Volume ${volumeKey} does not exist yet.`);
    } else if (facts.options['device'] === volumeDevice(hostPath, key, volumeKey) && data !== null) {
      volumes.push({ ...entry, kind: 'store', data });
    } else if (facts.driver === 'local' && Object.keys(facts.options).length === 0) {
      volumes.push({ ...entry, kind: 'plain', data: null });
    } else {
      omitted.push(`Volume ${volumeKey} (${name}) has options of its own in the engine.`);
    }
  }
  return { volumes, omitted: [...omitted, ...otherMounts(target)] };
}

export function mountedBy(target: EnvironmentTarget, volumeKey: string): string[] {
  return Object.entries(target.project.services)
    .filter(([, service]) => service.volumes?.some((mount) => mount.type === 'volume' && mount.source === volumeKey))
    .map(([name]) => name)
    .sort();
}

function otherMounts(target: EnvironmentTarget): string[] {
  const sentences: string[] = [];
  for (const [name, service] of Object.entries(target.project.services)) {
    for (const mount of service.volumes ?? []) {
      if (mount.type === 'bind')
        sentences.push(`${name} mounts the folder ${mount.source ?? ''}, which is not part of it.`);
      if (mount.type === 'volume' && mount.source === undefined) {
        sentences.push(`${name} keeps ${mount.target} in an anonymous volume, which is not part of it.`);
      }
    }
  }
  return sentences;
}

/** Services that depend on the given ones, directly or not, without them. */
export function dependantsOf(target: EnvironmentTarget, services: readonly string[]): string[] {
  const found = new Set(services);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [name, service] of Object.entries(target.project.services)) {
      if (!found.has(name) && Object.keys(service.depends_on ?? {}).some((other) => found.has(other))) {
        found.add(name);
        grew = true;
      }
    }
  }
  return [...found].filter((name) => !services.includes(name)).sort();
}
