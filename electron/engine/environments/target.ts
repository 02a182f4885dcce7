import type { ComposeDependency, ComposeService } from '../../../shared/domain/compose-model.ts';
import { AppError } from '../../../shared/errors.ts';
import { type ContainerInfo, composeLabels, type EnvironmentTarget } from '../providers/provider.ts';
import { withPlatform } from '../stacks/compose/platform.ts';
import type { CatalogueRow } from './catalogue.ts';
import type { LoadedStack } from './stack-loader.ts';

/** Some of its values only stand in for what nobody gave yet. */
export const isUnready = (target: EnvironmentTarget): boolean => sources.get(target)?.unready !== undefined;

/** The target, if it may be started. Throws why not. */
export function ready(target: EnvironmentTarget): EnvironmentTarget {
  const unready = sources.get(target)?.unready;
  if (unready !== undefined) throw new AppError(unready);
  return target;
}

type Identity = Pick<CatalogueRow, 'id' | 'stackName' | 'name' | 'folder'>;

/** What each target was made from, for those who need more of the files than a provider does. */
const sources = new WeakMap<EnvironmentTarget, LoadedStack>();

/** Undefined for a target that was not made from files. */
export function loadedOf(target: EnvironmentTarget): LoadedStack | undefined {
  return sources.get(target);
}

export function toTarget(row: Identity, loaded: LoadedStack): EnvironmentTarget {
  const target: EnvironmentTarget = {
    id: row.id,
    stackName: row.stackName,
    name: row.name,
    class: loaded.class,
    folder: row.folder,
    files: loaded.files,
    workingFolder: loaded.workingFolder,
    envFiles: loaded.envFiles,
    projectName: loaded.project.name,
    project: withPlatform(loaded.project, loaded.defaultPlatform),
    ...(loaded.nameSeparator === undefined ? {} : { nameSeparator: loaded.nameSeparator }),
    ...(loaded.defaultPlatform === undefined ? {} : { defaultPlatform: loaded.defaultPlatform }),
    inactiveServices: loaded.inactiveServices,
    configHashes: loaded.configHashes,
    excludedVolumes: loaded.excludedVolumes,
    gateTimeoutMs: loaded.gateTimeoutMs,
    positionOf: loaded.positionOf,
  };
  sources.set(target, loaded);
  return target;
}

/**
 * What running containers tell about the stack they came from: enough to stop and remove it when its files can no
 * longer be read. Compose writes dependencies as `db:service_healthy:true,cache:service_started:false`.
 */
export function targetFromContainers(row: Identity, containers: readonly ContainerInfo[]): EnvironmentTarget {
  const services: Record<string, ComposeService> = {};
  for (const container of containers) {
    services[container.service] = {
      image: container.image,
      depends_on: dependencies(container.labels[composeLabels.dependsOn] ?? ''),
    };
  }
  const projectName = containers[0]?.projectName ?? row.stackName;
  return {
    id: row.id,
    stackName: row.stackName,
    name: row.name,
    class: 'development',
    folder: row.folder,
    files: [],
    projectName,
    project: { name: projectName, services },
    configHashes: {},
    excludedVolumes: [],
    gateTimeoutMs: 60_000,
  };
}

function dependencies(label: string): Record<string, ComposeDependency> {
  return Object.fromEntries(
    label.split(',').flatMap((part) => {
      const name = part.split(':')[0];
      return name === undefined || name === ''
        ? []
        : [[name, { condition: 'service_started', required: false } as const]];
    }),
  );
}
