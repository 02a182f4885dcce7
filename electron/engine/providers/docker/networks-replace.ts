import type Docker from 'dockerode';
import { z } from 'zod';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { networkHash } from '../../stacks/compose/hash.ts';
import { composeLabels, type EnvironmentTarget, labels, type Progress } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { isMissing, refusedStatus } from './client-errors.ts';
import type { Existing } from './containers.ts';
import { type ExistingNetwork, listNetworks, removeNetwork, usedNetworks } from './networks.ts';
import type { EngineState } from './plan-state.ts';
import { stopOne } from './runtime-start.ts';
import { networkKeys, networkName } from './translate-networks.ts';
import { compact } from './translate-values.ts';

/**
 * A network cannot be changed, so one that is declared otherwise now is made anew, as Compose does. Nothing is lost with
 * it; the containers in it are stopped and recreated.
 */

/** Whether a network of the stack was made from another declaration: Compose's hash on it tells. */
export function isDiverged(target: EnvironmentTarget, key: string, existing: ExistingNetwork): boolean {
  const network = target.project.networks?.[key] ?? undefined;
  const found = existing.Labels ?? {};
  if (network === undefined || network.external === true) return false;
  if (found[composeLabels.project] !== target.projectName || found[composeLabels.network] !== key) return false;
  const hash = found[composeLabels.configHash] ?? '';
  return hash !== '' && hash !== networkHash(network);
}

interface Diverged {
  readonly key: string;
  readonly existing: ExistingNetwork;
}

type SeenState = Pick<EngineState, 'networks' | 'containers'>;

/**
 * Networks to be made anew. Not when services that are left out of this start are in it: they would lose it.
 */
export function networksToReplace(
  target: EnvironmentTarget,
  order: readonly string[],
  state: SeenState,
): readonly Diverged[] {
  return usedNetworks(target, order).flatMap((key) => {
    const name = networkName(target.project, key);
    const [existing, ...more] = state.networks.filter((each) => each.Name === name);
    if (existing === undefined || more.length > 0 || !isDiverged(target, key, existing)) return [];
    const others = attached(state, name).filter(
      ({ info }) => Object.hasOwn(target.project.services, info.service) && !order.includes(info.service),
    );
    return others.length > 0 ? [] : [{ key, existing }];
  });
}

function attached(state: Pick<EngineState, 'containers'>, network: string): readonly Existing[] {
  return state.containers.filter((each) => each.info.networks.includes(network));
}

/** Running containers that are not of these services hold a network; the engine does not let it go. */
export function networkHolders(
  target: EnvironmentTarget,
  replaced: readonly Diverged[],
  state: Pick<EngineState, 'everything'>,
): readonly Problem[] {
  return replaced.flatMap(({ key, existing }): Problem[] => {
    const holder = state.everything.find(
      (each) =>
        each.networks.includes(existing.Name) &&
        (each.state === 'running' || each.state === 'paused') &&
        !(
          each.projectName === target.projectName &&
          !each.oneOff &&
          each.service !== null &&
          Object.hasOwn(target.project.services, each.service)
        ),
    );
    if (holder === undefined) return [];
    return [
      {
        severity: 'error',
        code: 'docker.conflict',
        message: `The network ${existing.Name} has changed and must be made anew, but the container ${holder.name}, which is none of this stack's services, is in it.`,
        remedy: `Stop ${holder.name}, or run \`docker network disconnect ${existing.Name} ${holder.name}\`.`,
        path: `networks.${key}`,
      },
    ];
  });
}

const fields = z.record(z.string(), z.unknown());

/** A network as it was and who was in it, so that it can be brought back. */
export const replacedNetworksSchema = z.array(
  z.object({
    name: z.string(),
    body: fields,
    endpoints: z.array(z.object({ containerId: z.string(), settings: fields })),
  }),
);
export type ReplacedNetworks = z.infer<typeof replacedNetworksSchema>;

export function describeReplaced(replaced: readonly Diverged[], state: SeenState): ReplacedNetworks {
  return replaced.map(({ existing }) => ({
    name: existing.Name,
    body: compact({
      Name: existing.Name,
      CheckDuplicate: true,
      Driver: existing.Driver,
      Internal: existing.Internal,
      Attachable: existing.Attachable,
      EnableIPv6: existing.EnableIPv6,
      Options: existing.Options ?? undefined,
      Labels: existing.Labels ?? {},
      IPAM: existing.IPAM ?? undefined,
    }),
    endpoints: attached(state, existing.Name).map(({ info, detail }) => {
      const endpoint = detail.NetworkSettings.Networks?.[existing.Name];
      // The engine adds the container's short id by itself.
      const aliases = endpoint?.Aliases?.filter((alias) => alias !== info.id.slice(0, 12));
      return {
        containerId: info.id,
        settings: compact({
          Aliases: aliases,
          Links: endpoint?.Links ?? undefined,
          IPAMConfig: endpoint?.IPAMConfig ?? undefined,
          DriverOpts: endpoint?.DriverOpts ?? undefined,
        }),
      };
    }),
  }));
}

/** Stops what is in a network, takes it out and removes the network. Can be run again from anywhere. */
export async function clearNetwork(
  client: DockerClient,
  target: EnvironmentTarget,
  { existing }: Diverged,
  state: Pick<EngineState, 'containers'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const each of attached(state, existing.Name)) {
    progress.detail(`Stopping ${each.info.name}`);
    await stopOne({ client }, target, each, signal);
    await leave(client, existing, each.info.id, signal);
  }
  const result = await removeNetwork(client, existing.Id, existing.Name, signal);
  // Creating it will say so; the plan has named who it was.
  if (result === 'in-use') progress.log(`Network ${existing.Name} is still in use.`);
}

async function leave(client: DockerClient, network: ExistingNetwork, id: string, signal: AbortSignal): Promise<void> {
  const what = `disconnect a container from network ${network.Name}`;
  try {
    await client.call(what, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
      docker
        .getNetwork(network.Id)
        .disconnect({ Container: id, Force: true, abortSignal } as unknown as { Container: string }),
    );
  } catch (error) {
    // It is not in it any more, or one of the two is gone.
    if (!isMissing(error) && refusedStatus(error) !== 403 && refusedStatus(error) !== 500) throw error;
  }
}

/** Undoes `clearNetwork` and the creation after it: the networks as they were, with the containers that were in them. */
export async function bringBackNetworks(
  client: DockerClient,
  replaced: ReplacedNetworks,
  session: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, body, endpoints } of replaced) {
    const now = (await listNetworks(client, signal)).find((each) => each.Name === name);
    const ours = now?.Labels?.[labels.session] === session;
    if (now !== undefined && ours) {
      for (const { containerId } of endpoints) await leave(client, now, containerId, signal);
      await removeNetwork(client, now.Id, name, signal);
    }
    if (now === undefined || ours) {
      await client.call(`create network ${name}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
        docker.createNetwork({ ...body, abortSignal } as unknown as Docker.NetworkCreateOptions),
      );
    }
    for (const { containerId, settings } of endpoints) {
      try {
        await client.call(`connect a container to network ${name}`, { signal, timeoutMs: 30_000 }, (docker, abort) =>
          docker.getNetwork(name).connect({
            Container: containerId,
            EndpointConfig: settings,
            abortSignal: abort,
          } as unknown as Docker.NetworkConnectOptions),
        );
      } catch (error) {
        // Gone meanwhile, or in it still.
        if (!isMissing(error) && refusedStatus(error) !== 403) throw error;
      }
    }
  }
}

/** Names of networks that a service loses for a moment and must join anew. */
export function replacedFor(
  target: EnvironmentTarget,
  serviceName: string,
  replaced: readonly Diverged[],
): readonly string[] {
  const service = target.project.services[serviceName];
  if (service === undefined) return [];
  const keys = networkKeys(service, target.project);
  return replaced.filter(({ key }) => keys.includes(key)).map(({ existing }) => existing.Name);
}
