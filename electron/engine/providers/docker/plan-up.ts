import type { Change } from '../../../../shared/contract/environments.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { imageNeed, platformMatches } from './images.ts';
import { networkDifferences, usedNetworks } from './networks.ts';
import { isDiverged, networkHolders, networksToReplace } from './networks-replace.ts';
import { withContextServices } from './order.ts';
import { type ContainerDecision, decideContainers, type FilesChanged } from './plan-decide.ts';
import { isInactive } from './plan-end.ts';
import { containerReasons } from './plan-reasons.ts';
import { servicesToStart } from './plan-start.ts';
import type { EngineState } from './plan-state.ts';
import { imageName } from './translate.ts';
import { volumeName } from './translate-mounts.ts';
import { networkName } from './translate-networks.ts';
import { unsupported } from './translate-support.ts';
import { usedVolumes, volumeDifferences } from './volumes.ts';

export interface UpPlan {
  readonly changes: readonly Change[];
  readonly problems: readonly Problem[];
  readonly decisions: ReadonlyMap<string, readonly ContainerDecision[]>;
}

type ChangeInput = Pick<Change, 'resource' | 'name' | 'action' | 'reason'> & Partial<Change>;

export function change(input: ChangeInput): Change {
  return { service: null, cost: 'none', bytes: null, ...input };
}

/** What differs between a declaration and the engine, and what putting it right costs. Pure. */
export function planUp(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  filesChanged: FilesChanged,
): UpPlan {
  const problems: Problem[] = [...unsupported(target, order, state.api)];
  const changes: Change[] = [
    ...imageChanges(target, withContextServices(target.project, order), state, problems),
    ...networkChanges(target, order, state, problems),
    ...volumeChanges(target, order, state, problems),
  ];
  const decisions = decideContainers(target, order, state, filesChanged);
  changes.push(...containerChanges(target, order, state, decisions), ...orphanChanges(target, state));
  problems.push(...nameConflicts(target, state, decisions));
  return { changes, problems, decisions };
}

function imageChanges(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  problems: Problem[],
): Change[] {
  const changes: Change[] = [];
  const seen = new Set<string>();
  for (const name of order) {
    const service = target.project.services[name];
    const image = imageName(target, name);
    if (service === undefined || seen.has(image)) continue;
    // One service may build what others only name.
    const builder = order.find((other) => imageName(target, other) === image && builds(target, other));
    if (builder !== undefined && builder !== name) continue;
    seen.add(image);
    const found = state.images.get(image);
    const usable = found !== undefined && platformMatches(service.platform, found.platform) ? found : undefined;
    const need = imageNeed(service, usable, state.now);
    if (need === 'build') {
      const reason = usable === undefined ? 'it is not built yet' : 'pull_policy is build';
      changes.push(change({ resource: 'image', name: image, service: name, action: 'build', reason }));
    } else if (need === 'pull' || need === 'refresh' || need === 'pull-or-build') {
      const reason =
        need === 'refresh'
          ? `pull_policy is ${service.pull_policy}`
          : `this engine does not have it${need === 'pull' ? '' : '; built when its registry does not either'}`;
      changes.push(change({ resource: 'image', name: image, service: name, action: 'pull', reason }));
    } else if (need === 'missing') {
      problems.push({
        severity: 'error',
        code: 'docker.image-missing',
        message: `The image ${image} of ${name} is not here, and pull_policy ${service.pull_policy} forbids fetching it.`,
        remedy: `Run \`docker pull ${image}\`, or change pull_policy.`,
        path: `services.${name}.image`,
      });
    }
  }
  return changes;
}

function builds(target: EnvironmentTarget, name: string): boolean {
  return target.project.services[name]?.build !== undefined;
}

function networkChanges(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  problems: Problem[],
): Change[] {
  const replaced = networksToReplace(target, order, state);
  problems.push(...networkHolders(target, replaced, state));
  return usedNetworks(target, order).flatMap((key): Change[] => {
    const network = target.project.networks?.[key] ?? undefined;
    const name = networkName(target.project, key);
    const found = state.networks.filter((each) => each.Name === name);
    const builtIn = ['bridge', 'host', 'none'].includes(name);
    if (network?.external === true) {
      if (found.length === 1 || builtIn) return [];
      problems.push({
        severity: 'error',
        code: found.length === 0 ? 'input.not-found' : 'docker.conflict',
        message:
          found.length === 0
            ? `The external network ${name} (networks.${key}) does not exist.`
            : `There are ${found.length} networks named ${name} (networks.${key}).`,
        remedy:
          found.length === 0
            ? `Create it with \`docker network create ${name}\`, or remove external: true.`
            : 'Remove all but one of them.',
        path: `networks.${key}`,
      });
      return [];
    }
    const [existing] = found;
    if (existing === undefined) {
      return [change({ resource: 'network', name, action: 'create', reason: 'it does not exist yet' })];
    }
    const differences = networkDifferences(existing, network);
    if (replaced.some((each) => each.key === key)) {
      const what = differences.length === 0 ? 'its configuration' : differences.join(', ');
      return [change({ resource: 'network', name, action: 'recreate', cost: 'recreate', reason: `changed: ${what}` })];
    }
    if (isDiverged(target, key, existing)) {
      const reason = 'it changed, but services that are left out use it: start the whole stack';
      return [change({ resource: 'network', name, action: 'keep', reason })];
    }
    if (differences.length === 0) return [];
    const reason = `it exists with another ${differences.join(', ')} and stays as it is`;
    return [change({ resource: 'network', name, action: 'keep', reason })];
  });
}

function volumeChanges(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  problems: Problem[],
): Change[] {
  return usedVolumes(target, order).flatMap((key): Change[] => {
    const volume = target.project.volumes?.[key] ?? undefined;
    const name = volumeName(target.project, key);
    const existing = state.volumes.find((each) => each.Name === name);
    if (volume?.external === true) {
      if (existing === undefined) {
        problems.push({
          severity: 'error',
          code: 'input.not-found',
          message: `The external volume ${name} (volumes.${key}) does not exist.`,
          remedy: `Create it with \`docker volume create ${name}\`, or remove external: true.`,
          path: `volumes.${key}`,
        });
      }
      return [];
    }
    if (existing === undefined) {
      return [change({ resource: 'volume', name, action: 'create', reason: 'it does not exist yet' })];
    }
    const differences = volumeDifferences(existing, volume);
    if (differences.length === 0) return [];
    const reason = `it exists with another ${differences.join(', ')}; its data is kept as it is`;
    return [change({ resource: 'volume', name, action: 'keep', reason })];
  });
}

function containerChanges(
  target: EnvironmentTarget,
  order: readonly string[],
  state: EngineState,
  decisions: ReadonlyMap<string, readonly ContainerDecision[]>,
): Change[] {
  const { start, restart } = servicesToStart(target, order, decisions);
  return order.flatMap((service) =>
    (decisions.get(service) ?? []).flatMap((decision) => {
      const base = { resource: 'container' as const, service };
      if (decision.kind !== 'keep') return [replacement(target, service, decision, state)];
      if (restart.has(service)) {
        const reason = 'a service it depends on is recreated';
        return [change({ ...base, name: decision.name, action: 'restart', cost: 'restart', reason })];
      }
      if (decision.existing.info.state === 'running' || !start.has(service)) return [];
      const reason = `it is ${decision.existing.info.state}`;
      return [change({ ...base, name: decision.name, action: 'start', reason })];
    }),
  );
}

function replacement(
  target: EnvironmentTarget,
  service: string,
  decision: Exclude<ContainerDecision, { kind: 'keep' }>,
  state: EngineState,
): Change {
  const base = { resource: 'container' as const, service };
  switch (decision.kind) {
    case 'create':
      return change({ ...base, name: decision.name, action: 'create', reason: 'it does not exist yet' });
    case 'recreate': {
      const reason = containerReasons(target, service, decision, state).join('; ');
      return change({ ...base, name: decision.name, action: 'recreate', cost: 'recreate', reason });
    }
    case 'remove': {
      const { name } = decision.existing.info;
      return change({ ...base, name, action: 'remove', cost: 'restart', reason: decision.reason });
    }
  }
}

/** Containers of services that the file no longer has: reported, never removed by `up`. */
function orphanChanges(target: EnvironmentTarget, state: EngineState): Change[] {
  return state.containers
    .filter((each) => !(each.info.service in target.project.services))
    .map((each) =>
      change({
        resource: 'container',
        name: each.info.name,
        service: each.info.service,
        action: 'keep',
        reason: isInactive(target, each.info.service)
          ? `no active profile enables the service ${each.info.service}`
          : `the service ${each.info.service} is no longer in the file`,
      }),
    );
}

/** Names that somebody else's container holds. */
function nameConflicts(
  target: EnvironmentTarget,
  state: EngineState,
  decisions: ReadonlyMap<string, readonly ContainerDecision[]>,
): Problem[] {
  return [...decisions].flatMap(([service, list]) =>
    list.flatMap((decision): Problem[] => {
      if (decision.kind === 'remove') return [];
      const holder = state.everything.find((each) => each.name === decision.name);
      if (holder === undefined) return [];
      if (holder.projectName === target.projectName && holder.service === service && !holder.oneOff) return [];
      const whose = holder.projectName === null ? 'no Compose project' : `the Compose project ${holder.projectName}`;
      return [
        {
          severity: 'error',
          code: 'docker.conflict',
          message: `${service} needs the container name ${decision.name}, which a container of ${whose} has.`,
          remedy: `Remove or rename that container (\`docker rename ${decision.name} …\`).`,
          path: `services.${service}`,
        },
      ];
    }),
  );
}
