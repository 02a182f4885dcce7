import type { ServiceView } from '../../../../shared/contract/environments.ts';
import { type ContainerInfo, composeLabels, type EnvironmentTarget } from '../provider.ts';
import { expectedHash } from './plan-config-hash.ts';
import { imageName, scaleOf } from './translate.ts';
import { volumeName } from './translate-mounts.ts';
import { networkKeys, networkName } from './translate-networks.ts';
import { translateResources } from './translate-resources.ts';

export interface ServiceDrift {
  readonly drift: ServiceView['drift'];
  readonly reasons: readonly string[];
}

/** How the containers an engine last reported differ from the declaration, by service. Asks nobody anything. */
export function driftOf(
  target: EnvironmentTarget,
  containers: readonly ContainerInfo[],
): Readonly<Record<string, ServiceDrift>> {
  const result: Record<string, ServiceDrift> = {};
  const mine = containers.filter(
    (each) => each.labels[composeLabels.oneoff] !== 'True' && !each.name.startsWith(`${each.id.slice(0, 12)}_`),
  );
  for (const name of Object.keys(target.project.services)) {
    result[name] = serviceDrift(target, name, mine);
  }
  for (const each of mine) {
    result[each.service] ??= target.inactiveServices?.includes(each.service)
      ? { drift: 'unknown', reasons: ['no active profile enables it'] }
      : { drift: 'extra', reasons: ['it is no longer in the file'] };
  }
  return result;
}

function serviceDrift(target: EnvironmentTarget, name: string, all: readonly ContainerInfo[]): ServiceDrift {
  const containers = all.filter((each) => each.service === name);
  const service = target.project.services[name];
  if (service === undefined) return { drift: 'extra', reasons: ['it is no longer in the file'] };
  const scale = scaleOf(service);
  if (containers.length === 0) {
    return scale === 0 ? { drift: 'none', reasons: [] } : { drift: 'missing', reasons: ['it has no container yet'] };
  }
  const hash = expectedHash(target, name, (other) => firstOf(all, other)?.id);
  const reasons = containers.flatMap((each) => differences(target, name, each, hash));
  if (containers.length !== scale) reasons.push(`scale: ${containers.length} instead of ${scale}`);
  const unique = [...new Set(reasons)];
  return { drift: unique.length === 0 ? 'none' : 'changed', reasons: unique };
}

function firstOf(containers: readonly ContainerInfo[], service: string): ContainerInfo | undefined {
  return containers.filter((each) => each.service === service).sort((a, b) => a.number - b.number)[0];
}

function differences(
  target: EnvironmentTarget,
  name: string,
  container: ContainerInfo,
  hash: string | undefined,
): string[] {
  const service = target.project.services[name];
  if (service === undefined) return [];
  const reasons: string[] = [];
  for (const mount of service.volumes ?? []) {
    if (mount.type !== 'volume' || mount.source === undefined) continue;
    const volume = volumeName(target.project, mount.source);
    if (!container.mounts.some((each) => each.name === volume)) reasons.push(`volume ${volume} is not mounted`);
  }
  for (const key of networkKeys(service, target.project)) {
    const network = networkName(target.project, key);
    if (!container.networks.includes(network)) reasons.push(`not connected to network ${network}`);
  }
  if (hash === undefined || container.labels[composeLabels.configHash] === hash) return reasons;
  const named = namedDifferences(target, name, container);
  return [...(named.length === 0 ? ['its configuration changed'] : named), ...reasons];
}

/** The fields an engine's listing shows. The plan looks closer. */
function namedDifferences(target: EnvironmentTarget, name: string, container: ContainerInfo): string[] {
  const service = target.project.services[name];
  if (service === undefined) return [];
  const reasons: string[] = [];
  const image = imageName(target, name);
  if (container.image !== image) reasons.push(`image: ${container.image} instead of ${image}`);
  const resources = translateResources(service);
  if ((resources.Memory ?? null) !== container.limits.memoryBytes) reasons.push('memory limit');
  if ((resources.NanoCpus === undefined ? null : resources.NanoCpus / 1e9) !== container.limits.cpus) {
    reasons.push('CPU limit');
  }
  const targets = new Set(container.mounts.map((mount) => mount.target));
  for (const mount of service.volumes ?? []) {
    if (mount.type !== 'tmpfs' && !targets.has(mount.target)) reasons.push(`mount ${mount.target}`);
  }
  if (container.state === 'running') {
    for (const port of service.ports ?? []) {
      const shown = container.ports.filter((each) => each.containerPort === port.target && each.hostPort !== null);
      const wanted = /^\d+$/.test(port.published ?? '') ? Number(port.published) : null;
      if (shown.length === 0 || (wanted !== null && !shown.some((each) => each.hostPort === wanted))) {
        reasons.push(`port ${port.published ?? ''}:${port.target}`);
      }
    }
  }
  for (const [key, value] of Object.entries(service.labels ?? {})) {
    if (container.labels[key] !== value) reasons.push(`label ${key}`);
  }
  return reasons;
}
