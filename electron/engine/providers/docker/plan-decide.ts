import { composeLabels, type EnvironmentTarget } from '../provider.ts';
import type { Existing } from './containers.ts';
import { networksToReplace, replacedFor } from './networks-replace.ts';
import { sharedFrom } from './order.ts';
import { expectedHash } from './plan-config-hash.ts';
import type { EngineState } from './plan-state.ts';
import { filesLabel } from './secrets.ts';
import { containerName, imageName, scaleOf } from './translate.ts';
import { volumeName } from './translate-mounts.ts';
import { networkKeys, networkName } from './translate-networks.ts';

/** What must happen to one container of a service. */
export type ContainerDecision =
  | { readonly kind: 'create'; readonly number: number; readonly name: string }
  | {
      readonly kind: 'recreate';
      readonly number: number;
      readonly name: string;
      readonly existing: Existing;
      readonly reasons: readonly string[];
    }
  /** It is as declared; it may still have to be started, or to get its name back. */
  | { readonly kind: 'keep'; readonly number: number; readonly name: string; readonly existing: Existing }
  /** Scaled down, or set aside and replaced. */
  | { readonly kind: 'remove'; readonly existing: Existing; readonly reason: string };

/** How a file fingerprint on a container compares: undefined when the service has no copied files. */
export type FilesChanged = (serviceName: string, label: string | undefined) => boolean;

/**
 * Compares the containers of each service with its declaration, in the given (dependency) order. Pure.
 * `refresh` names services whose image will be pulled or built, so that its id is not known yet.
 */
export function decideContainers(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  filesChanged: FilesChanged,
): ReadonlyMap<string, readonly ContainerDecision[]> {
  const decisions = new Map<string, readonly ContainerDecision[]>();
  const renewed = new Set<string>();
  const replaced = networksToReplace(target, order, state);
  for (const name of order) {
    const lost = replacedFor(target, name, replaced);
    const found = decideService(target, name, state, filesChanged, renewed, lost);
    decisions.set(name, found);
    if (found.some((decision) => decision.kind === 'create' || decision.kind === 'recreate')) renewed.add(name);
  }
  return decisions;
}

function decideService(
  target: EnvironmentTarget,
  serviceName: string,
  state: EngineState,
  filesChanged: FilesChanged,
  renewed: ReadonlySet<string>,
  lost: readonly string[],
): readonly ContainerDecision[] {
  const service = target.project.services[serviceName];
  if (service === undefined) return [];
  const mine = state.containers.filter((each) => each.info.service === serviceName && each.info.state !== 'removing');
  const current = new Map<number, Existing>();
  const decisions: ContainerDecision[] = [];
  // One under its proper name stands before one that was set aside; of two, the newer.
  const ranked = [...mine].sort(
    (a, b) =>
      Number(a.asideOf !== null) - Number(b.asideOf !== null) || b.info.createdAt.localeCompare(a.info.createdAt),
  );
  const spare: Existing[] = [];
  for (const each of ranked) {
    if (current.has(each.info.number)) spare.push(each);
    else current.set(each.info.number, each);
  }
  for (const each of spare) {
    decisions.push({
      kind: 'remove',
      existing: each,
      reason: `replaced by ${current.get(each.info.number)?.info.name}`,
    });
  }
  const scale = scaleOf(service);
  const numbers = [...current.keys()].sort((a, b) => a - b);
  for (const number of numbers.slice(scale)) {
    const existing = current.get(number);
    if (existing === undefined) continue;
    decisions.push({ kind: 'remove', existing, reason: `the service is scaled to ${scale}` });
  }
  for (const number of numbers.slice(0, scale)) {
    const existing = current.get(number);
    if (existing === undefined) continue;
    const name = containerName(target, serviceName, number);
    const reasons = [
      ...recreateReasons(target, serviceName, existing, state, filesChanged, renewed),
      ...lost.map((network) => `network ${network} is made anew`),
    ];
    decisions.push(
      reasons.length === 0
        ? { kind: 'keep', number, name, existing }
        : { kind: 'recreate', number, name, existing, reasons },
    );
  }
  let next = 1;
  for (let missing = scale - Math.min(scale, numbers.length); missing > 0; missing--) {
    while (current.has(next)) next++;
    decisions.push({ kind: 'create', number: next, name: containerName(target, serviceName, next) });
    next++;
  }
  return decisions;
}

/** Why a container cannot stay: empty when it is as declared. */
export function recreateReasons(
  target: EnvironmentTarget,
  serviceName: string,
  existing: Existing,
  state: EngineState,
  filesChanged: FilesChanged,
  renewed: ReadonlySet<string>,
): readonly string[] {
  const service = target.project.services[serviceName];
  if (service === undefined) return [];
  const reasons: string[] = [];
  const { info } = existing;
  if (info.state === 'dead') reasons.push('the engine could not remove it completely');
  const hash = expectedHash(target, serviceName, (other) => firstId(state, other));
  if (hash !== undefined && info.labels[composeLabels.configHash] !== hash) reasons.push('its configuration changed');
  const image = state.images.get(imageName(target, serviceName));
  if (image !== undefined && image.id !== info.imageId) reasons.push('its image changed');
  if (filesChanged(serviceName, info.labels[filesLabel])) reasons.push('a secret or config changed');
  for (const key of networkKeys(service, target.project)) {
    const name = networkName(target.project, key);
    const network = state.networks.find((each) => each.Name === name);
    const attached = existing.detail.NetworkSettings.Networks?.[name];
    if (attached === undefined) reasons.push(`it is not connected to network ${name}`);
    // A container keeps the id of a network that was removed and created again; it could not start.
    else if (network === undefined || ((attached.NetworkID ?? '') !== '' && attached.NetworkID !== network.Id)) {
      reasons.push(`network ${name} was created again`);
    }
  }
  for (const mount of service.volumes ?? []) {
    if (mount.type !== 'volume' || mount.source === undefined) continue;
    const name = volumeName(target.project, mount.source);
    if (!info.mounts.some((each) => each.type === 'volume' && each.name === name)) {
      reasons.push(`it does not mount volume ${name}`);
    }
  }
  reasons.push(...sharedReasons(target, serviceName, existing, state, renewed));
  return reasons;
}

function firstId(state: EngineState, serviceName: string): string | undefined {
  return state.containers.find((each) => each.info.service === serviceName && each.asideOf === null)?.info.id;
}

function sharedReasons(
  target: EnvironmentTarget,
  serviceName: string,
  existing: Existing,
  state: EngineState,
  renewed: ReadonlySet<string>,
): string[] {
  const host = existing.detail.HostConfig;
  const references = [host.NetworkMode, host.IpcMode, host.PidMode, ...(host.VolumesFrom ?? [])].join(' ');
  return sharedFrom(target.project, serviceName).flatMap((other) => {
    if (renewed.has(other)) return [`${other}, which it shares, is recreated`];
    const ids = state.containers
      .filter((each) => each.info.service === other && each.asideOf === null)
      .map((each) => each.info.id);
    return ids.some((id) => references.includes(id)) ? [] : [`${other}, which it shares, was recreated`];
  });
}
