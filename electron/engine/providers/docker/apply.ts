import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import { type EnvironmentTarget, labels, type Progress, type VolumePlacement } from '../provider.ts';
import { createRecreated } from './apply-containers.ts';
import { ensureImages, type ImageDeps } from './apply-images.ts';
import { type Existing, listAll, projectContainers } from './containers.ts';
import { discardContainer } from './containers-discard.ts';
import { ensureNetwork, usedNetworks } from './networks.ts';
import { clearNetwork, networksToReplace } from './networks-replace.ts';
import { selectWithDependencies } from './order.ts';
import { decideUp, type PlanDeps, serviceContents } from './plan.ts';
import { servicesToStart } from './plan-start.ts';
import { isLocal } from './plan-state.ts';
import { takenPorts } from './ports.ts';
import { allCredentials } from './registry-credentials.ts';
import { byService, waitHealthy } from './runtime.ts';
import { startServices, stopOne } from './runtime-start.ts';
import { type FileArchive, packFiles, serviceFiles } from './secrets.ts';
import { networkName } from './translate-networks.ts';
import { ensureVolumes, usedVolumes } from './volumes.ts';

export interface ApplyDeps extends PlanDeps, ImageDeps {
  readonly placement: VolumePlacement;
  readonly files: Files;
  readonly clock: Clock;
  /** Whose resources these are, for the owner label. */
  readonly owner: string;
}

export interface ApplyRequest {
  readonly target: EnvironmentTarget;
  /** Limits the work to these and what they depend on. */
  readonly services: readonly string[] | undefined;
  /** The operation that does it; written on everything it creates. */
  readonly session: string;
}

type Work = (request: ApplyRequest, progress: Progress, signal: AbortSignal) => Promise<void>;

/**
 * The parts of bringing an environment up, in order. Each looks at the engine anew and does what is missing, so that any
 * of them can be cut off anywhere and run again.
 */
export interface Apply {
  readonly images: Work;
  readonly networks: Work;
  readonly volumes: Work;
  /** Creates and recreates containers; the old ones keep running under another name until their successors start. */
  readonly containers: Work;
  readonly start: Work;
  /** Throws the first service's failure when one does not come up; containers that were `replaced` do not count. */
  readonly wait: (
    request: ApplyRequest,
    replaced: readonly string[],
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Ids of the containers that were replaced or scaled down. */
  readonly replaced: (request: ApplyRequest, signal: AbortSignal) => Promise<readonly string[]>;
  /** Removes these containers, whatever the files say by now; `target` for their hooks only. */
  readonly removeReplaced: (
    projectName: string,
    ids: readonly string[],
    target: Pick<EnvironmentTarget, 'project'> | undefined,
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<void>;
}

export function createApply(deps: ApplyDeps): Apply {
  return {
    images: (request, progress, signal) => ensureImages(deps, request, progress, signal),

    async networks({ target, services, session }, progress, signal) {
      const { order, state } = await decideUp(deps, target, services, signal);
      for (const diverged of networksToReplace(target, order, state)) {
        await clearNetwork(deps.docker(), target, diverged, state, progress, signal);
      }
      for (const key of usedNetworks(target, order)) {
        if (target.project.networks?.[key]?.external === true) continue;
        const name = networkName(target.project, key);
        if (['bridge', 'host', 'none'].includes(name)) continue;
        progress.detail(`Network ${name}`);
        await ensureNetwork(deps.docker(), target, key, session, signal);
      }
    },

    async volumes({ target, services, session }, progress, signal) {
      const keys = usedVolumes(target, selectWithDependencies(target.project, services));
      const { placement } = deps;
      const count = (done: number): void => progress.progress(done, keys.length, 'items');
      if (keys.length > 0) progress.detail(`${keys.length === 1 ? 'Volume' : 'Volumes'} ${keys.join(', ')}`);
      await ensureVolumes(deps.docker(), placement, target, keys, session, count, signal);
    },

    async containers({ target, services, session }, progress, signal) {
      const planned = await decideUp(deps, target, services, signal);
      await createRecreated(deps, { target, session, planned }, progress, signal);
    },

    async start({ target, services }, progress, signal) {
      const client = deps.docker();
      const { order, decisions, state } = await decideUp(deps, target, services, signal);
      const { start, restart } = servicesToStart(target, order, decisions);
      const kept: Existing[] = [];
      const aside: Existing[] = [];
      for (const decision of [...decisions.values()].flat()) {
        if (decision.kind === 'keep') kept.push(decision.existing);
        // Scaled down or replaced: it must not hold ports and data when its successor starts.
        if (decision.kind === 'remove') aside.push(decision.existing);
      }
      await startServices(
        { client, clock: deps.clock },
        target,
        {
          order,
          start,
          restart,
          containers: byService(kept),
          aside: byService(aside),
          files: async (name) => fileArchives(deps, target, name, state.local, signal),
          portTaken: (name, said, stop) => portTaken(deps, target, name, said, stop),
        },
        progress,
        signal,
      );
    },

    async wait({ target, services }, replaced, progress, signal) {
      await waitUp(deps, target, selectWithDependencies(target.project, services), progress, signal, replaced);
    },

    async replaced({ target, services }, signal) {
      const { decisions } = await decideUp(deps, target, services, signal);
      return [...decisions.values()].flat().flatMap((each) => (each.kind === 'remove' ? [each.existing.info.id] : []));
    },

    async removeReplaced(projectName, ids, target, progress, signal) {
      const client = deps.docker();
      const found = await projectContainers(client, projectName, await listAll(client, signal), signal);
      for (const each of found) {
        if (!ids.includes(each.info.id)) continue;
        progress.detail(`Removing ${each.info.name}`);
        await stopOne({ client }, target, each, signal, progress);
        // Its anonymous volumes belong to its successor now.
        await discardContainer(client, each, { volumes: false }, signal);
      }
    },
  };
}

/** Waits for the services and throws the first failure, with the failing container's last lines in the log. */
export async function waitUp(
  deps: Pick<ApplyDeps, 'docker' | 'clock'>,
  target: EnvironmentTarget,
  services: readonly string[] | undefined,
  progress: Progress,
  signal: AbortSignal,
  replaced: readonly string[] = [],
): Promise<void> {
  const waiting = { client: deps.docker(), clock: deps.clock };
  const gate = await waitHealthy(waiting, target, services, undefined, progress, signal, replaced);
  for (const failure of gate.failures) progress.log(failure);
  const log = gate.first?.details?.['log'];
  if (Array.isArray(log)) for (const line of log) progress.log(String(line));
  if (gate.first !== null) throw gate.first;
}

export async function fileArchives(
  deps: Pick<ApplyDeps, 'files' | 'variables' | 'run' | 'environment'>,
  target: EnvironmentTarget,
  serviceName: string,
  local: boolean,
  signal: AbortSignal,
): Promise<readonly FileArchive[]> {
  const service = target.project.services[serviceName];
  const contents = await serviceContents(deps, target, serviceName, local, signal, () => allCredentials(deps, signal));
  if (service === undefined || contents.size === 0) return [];
  return packFiles(contents, serviceFiles(target.project, serviceName, service, local).folders);
}

/** The engine found a port taken that was free when we looked: say by whom. */
export async function portTaken(
  deps: Pick<PlanDeps, 'docker' | 'portHolders'>,
  target: EnvironmentTarget,
  serviceName: string,
  said: string,
  signal: AbortSignal,
): Promise<AppError> {
  const client = deps.docker();
  const [problem] = await takenPorts({
    target,
    serviceNames: [serviceName],
    everything: await listAll(client, signal),
    local: isLocal(client),
    holders: deps.portHolders,
    signal,
  });
  return new AppError({
    code: 'docker.port-taken',
    message: problem?.message ?? `A port that ${serviceName} asks for is taken: ${said}`,
    remedy: problem?.remedy ?? `Give ${serviceName} another host port.`,
    details: { service: serviceName, said },
  });
}

/** Containers an operation created, by its label. */
export async function createdBy(
  deps: Pick<ApplyDeps, 'docker'>,
  projectName: string,
  session: string,
  signal: AbortSignal,
): Promise<readonly Existing[]> {
  const client = deps.docker();
  const found = await projectContainers(client, projectName, await listAll(client, signal), signal);
  return found.filter((each) => each.info.labels[labels.session] === session);
}
