import { AppError } from '../../../shared/errors.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { composeLabels, type EnvironmentTarget, labels } from '../providers/provider.ts';

/** What a container that only looks at volumes carries as its role. */
export const measuringRole = 'measure';

/** A container that has a volume mounted. */
export interface VolumeUser {
  readonly id: string;
  readonly name: string;
  readonly service: string | null;
  readonly own: boolean;
  /** One of ours that copies. */
  readonly worker: boolean;
  readonly state: string;
  readonly volumes: readonly string[];
}

/** Every container in the engine that mounts one of these volumes. One of ours that only measures them does not count. */
export async function volumeUsers(
  target: EnvironmentTarget,
  volumes: readonly string[],
  docker: CurrentDocker,
  signal: AbortSignal,
): Promise<readonly VolumeUser[]> {
  if (volumes.length === 0) return [];
  const found = await docker().call('list the containers that use the volumes', { signal }, (api, abortSignal) =>
    api.listContainers({ all: true, filters: { volume: [...volumes] }, abortSignal }),
  );
  return found.flatMap((container) => {
    const mounted = container.Mounts.flatMap((mount) => (mount.Name === undefined ? [] : [mount.Name]));
    const used = volumes.filter((volume) => mounted.includes(volume));
    if (used.length === 0 || container.Labels[labels.role] === measuringRole) return [];
    const own = container.Labels[composeLabels.project] === target.projectName;
    const oneOff = container.Labels[composeLabels.oneoff] === 'True';
    return [
      {
        id: container.Id,
        name: container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12),
        service: own && !oneOff ? (container.Labels[composeLabels.service] ?? null) : null,
        own,
        worker: container.Labels[labels.role] === 'worker',
        state: container.State,
        volumes: used,
      },
    ];
  });
}

const active = new Set(['running', 'restarting', 'paused']);

/** Refuses when something beyond `services` of this environment has one of the volumes open. */
export function refuseForeignUsers(users: readonly VolumeUser[], services: readonly string[], what: string): void {
  const foreign = users.filter(
    (user) => active.has(user.state) && (user.service === null || !services.includes(user.service)),
  );
  const first = foreign[0];
  if (first === undefined) return;
  throw new AppError({
    code: 'guard.refused',
    message: `${foreign.map((user) => user.name).join(', ')} uses the volume ${first.volumes[0]} and is not part of what is ${what}.`,
    remedy: 'Stop that container and try again. Nothing was changed.',
    details: { containers: foreign.map((user) => user.name) },
  });
}
