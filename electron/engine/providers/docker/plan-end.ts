import type { Change } from '../../../../shared/contract/environments.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { composeLabels, type EnvironmentTarget, labels } from '../provider.ts';
import type { Existing } from './containers.ts';
import type { ExistingNetwork } from './networks.ts';
import type { EngineState } from './plan-state.ts';
import { change } from './plan-up.ts';
import { type ExistingVolume, isOwnVolume } from './volumes.ts';

const ended: ReadonlySet<string> = new Set(['created', 'exited', 'dead']);

/** The containers an action is about: those of the named services, or all of the project, orphans too. */
export function affected(state: EngineState, services: readonly string[] | undefined): readonly Existing[] {
  return services === undefined
    ? state.containers
    : state.containers.filter((each) => services.includes(each.info.service));
}

export function planStop(state: EngineState, services: readonly string[] | undefined): Change[] {
  return affected(state, services)
    .filter((each) => !ended.has(each.info.state))
    .map((each) =>
      change({
        resource: 'container',
        name: each.info.name,
        service: each.info.service,
        action: 'stop',
        cost: 'restart',
        reason: `it is ${each.info.state}`,
      }),
    );
}

export function planRestart(state: EngineState, services: readonly string[] | undefined): Change[] {
  return affected(state, services).map((each) =>
    change({
      resource: 'container',
      name: each.info.name,
      service: each.info.service,
      action: ended.has(each.info.state) ? 'start' : 'restart',
      cost: ended.has(each.info.state) ? 'none' : 'restart',
      reason: `it is ${each.info.state}`,
    }),
  );
}

/** Networks of the project: those with its label, never external ones. */
export function projectNetworks(
  target: Pick<EnvironmentTarget, 'projectName'>,
  state: Pick<EngineState, 'networks'>,
): readonly ExistingNetwork[] {
  return state.networks.filter((network) => network.Labels?.[composeLabels.project] === target.projectName);
}

/** Volumes of the project by label, and the key each has in the file. */
export function projectVolumes(
  target: Pick<EnvironmentTarget, 'id' | 'projectName'>,
  state: Pick<EngineState, 'volumes'>,
): readonly { readonly key: string; readonly volume: ExistingVolume }[] {
  return state.volumes
    .filter((volume) => isOwnVolume(target, volume))
    .map((volume) => ({ key: volume.Labels?.[composeLabels.volume] ?? volume.Name, volume }));
}

export function isInactive(target: Pick<EnvironmentTarget, 'inactiveServices'>, service: string): boolean {
  return target.inactiveServices?.includes(service) === true;
}

/**
 * Whether taking an environment down takes a service's containers. As with Compose those of inactive profiles stay, and
 * those of services that left the file unless asked for: another file with the same project name may have them.
 */
export function goesDown(
  target: Pick<EnvironmentTarget, 'project' | 'inactiveServices'>,
  service: string,
  removeOrphans: boolean,
): boolean {
  return Object.hasOwn(target.project.services, service) || (removeOrphans && !isInactive(target, service));
}

/** What `down` does, and `remove` with `everything`: that one leaves nothing of the project but what is in volumes. */
export function planDown(
  target: EnvironmentTarget,
  state: EngineState,
  options: { readonly everything: boolean; readonly removeOrphans: boolean; readonly removeVolumes: boolean },
  sizes: Readonly<Record<string, number | null>>,
): Change[] {
  const { removeVolumes } = options;
  const containers = state.containers.map((each) => {
    const { name, service } = each.info;
    const base = { resource: 'container' as const, name, service };
    const known = Object.hasOwn(target.project.services, service);
    const inactive = isInactive(target, service);
    const reason = known
      ? 'it belongs to this stack'
      : inactive
        ? 'no active profile enables its service'
        : 'its service left the file';
    return options.everything || goesDown(target, service, options.removeOrphans)
      ? change({ ...base, action: 'remove', cost: 'recreate', reason })
      : change({ ...base, action: 'keep', reason });
  });
  const networks = projectNetworks(target, state).map((network) =>
    change({ resource: 'network', name: network.Name, action: 'remove', reason: 'it belongs to this stack' }),
  );
  const volumes = projectVolumes(target, state).map(({ key, volume }) =>
    removeVolumes
      ? change({
          resource: 'volume',
          name: volume.Name,
          action: 'remove',
          cost: 'data',
          reason: 'you chose to delete its data',
          bytes: sizes[key] ?? null,
        })
      : change({
          resource: 'volume',
          name: volume.Name,
          action: 'keep',
          reason: 'data stays',
          bytes: sizes[key] ?? null,
        }),
  );
  return [...containers, ...networks, ...volumes, ...foreignVolumes(target, state)];
}

/** Volumes the stack uses that are not its own: named so that nobody wonders. */
function foreignVolumes(target: EnvironmentTarget, state: EngineState): Change[] {
  return Object.entries(target.project.volumes ?? {}).flatMap(([key, declared]): Change[] => {
    const name = declared?.name ?? `${target.projectName}_${key}`;
    const volume = state.volumes.find((each) => each.Name === name);
    if (volume === undefined || isOwnVolume(target, volume)) return [];
    const owner = volume.Labels?.[labels.environment] ?? volume.Labels?.[composeLabels.project];
    const reason =
      declared?.external === true
        ? 'it is external'
        : owner === undefined
          ? 'it was not created for this stack'
          : `it belongs to ${owner}`;
    return [change({ resource: 'volume', name, action: 'keep', reason })];
  });
}

/** Volumes that are to go but that containers of others use: deleting them would break those. */
export function volumesInUse(target: EnvironmentTarget, state: EngineState): Problem[] {
  return projectVolumes(target, state).flatMap(({ key, volume }): Problem[] => {
    const user = state.everything.find(
      (each) => each.projectName !== target.projectName && each.volumes.includes(volume.Name),
    );
    if (user === undefined) return [];
    return [
      {
        severity: 'error',
        code: 'docker.conflict',
        message: `The volume ${volume.Name} is also used by the container ${user.name}, which is not part of this stack.`,
        remedy: `Remove ${user.name} first, or keep the volumes.`,
        path: `volumes.${key}`,
      },
    ];
  });
}
