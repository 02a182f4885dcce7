import type Docker from 'dockerode';
import { z } from 'zod';
import type { ComposeNetwork } from '../../../../shared/domain/compose-model.ts';
import { networkHash } from '../../stacks/compose/hash.ts';
import { composeLabels, type EnvironmentTarget, labels } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { isConflict, isMissing, refusedStatus } from './client-errors.ts';
import { composeVersion, environmentLabels } from './translate.ts';
import { networkKeys, networkName } from './translate-networks.ts';
import { compact } from './translate-values.ts';

const networkSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Driver: z.string().catch(''),
  Internal: z.boolean().catch(false),
  Attachable: z.boolean().catch(false),
  EnableIPv6: z.boolean().catch(false),
  Options: z.record(z.string(), z.string()).nullish().catch(null),
  Labels: z.record(z.string(), z.string()).nullish().catch(null),
  IPAM: z
    .object({
      Driver: z.string().nullish(),
      Config: z.array(z.record(z.string(), z.unknown())).nullish(),
      Options: z.record(z.string(), z.string()).nullish(),
    })
    .nullish()
    .catch(null),
});
export type ExistingNetwork = z.infer<typeof networkSchema>;

/** All networks of the engine, by name. */
export async function listNetworks(client: DockerClient, signal: AbortSignal): Promise<readonly ExistingNetwork[]> {
  const json: unknown = await client.call('list networks', { signal }, (docker, abortSignal) =>
    docker.listNetworks({ abortSignal }),
  );
  return z
    .array(networkSchema)
    .parse(json)
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** The network keys that some of these services use. */
export function usedNetworks(target: EnvironmentTarget, serviceNames: readonly string[]): readonly string[] {
  const keys = new Set<string>();
  for (const name of serviceNames) {
    const service = target.project.services[name];
    if (service === undefined) continue;
    for (const key of networkKeys(service, target.project)) keys.add(key);
  }
  return [...keys].sort();
}

export function networkBody(target: EnvironmentTarget, key: string, session: string): Record<string, unknown> {
  const network = target.project.networks?.[key] ?? undefined;
  const ipam = ipamBody(network);
  return compact({
    Name: networkName(target.project, key),
    CheckDuplicate: true,
    Driver: network?.driver,
    Options: network?.driver_opts,
    Internal: network?.internal,
    Attachable: network?.attachable,
    EnableIPv4: network?.enable_ipv4,
    EnableIPv6: network?.enable_ipv6,
    IPAM: ipam,
    Labels: {
      ...network?.labels,
      ...environmentLabels(target),
      [labels.session]: session,
      [composeLabels.network]: key,
      [composeLabels.project]: target.projectName,
      [composeLabels.version]: composeVersion,
      ...(network === undefined ? {} : { [composeLabels.configHash]: networkHash(network) }),
    },
  });
}

function ipamBody(network: ComposeNetwork | undefined): Record<string, unknown> | undefined {
  const ipam = network?.ipam;
  if (ipam === undefined) return undefined;
  if (ipam.driver === undefined && (ipam.config ?? []).length === 0 && ipam.options === undefined) return undefined;
  return compact({
    Driver: ipam.driver ?? 'default',
    Options: ipam.options,
    Config: ipam.config?.map((pool) =>
      compact({
        Subnet: pool.subnet,
        IPRange: pool.ip_range,
        Gateway: pool.gateway,
        AuxiliaryAddresses: pool.aux_addresses,
      }),
    ),
  });
}

/** Creates a network of the stack; one that is there under that name stays as it is. */
export async function ensureNetwork(
  client: DockerClient,
  target: EnvironmentTarget,
  key: string,
  session: string,
  signal: AbortSignal,
): Promise<'created' | 'kept'> {
  const name = networkName(target.project, key);
  const existing = (await listNetworks(client, signal)).filter((network) => network.Name === name);
  if (existing.length > 0) return 'kept';
  try {
    await client.call(`create network ${name}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
      docker.createNetwork({
        ...networkBody(target, key, session),
        abortSignal,
      } as unknown as Docker.NetworkCreateOptions),
    );
    return 'created';
  } catch (error) {
    // Created by someone else at the same moment: Compose treats that as done too.
    if (isConflict(error)) return 'kept';
    throw error;
  }
}

/** Removes a network unless a container still uses it. */
export async function removeNetwork(
  client: DockerClient,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<'removed' | 'in-use'> {
  try {
    await client.call(`remove network ${name}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
      docker.getNetwork(id).remove({ abortSignal }),
    );
    return 'removed';
  } catch (error) {
    if (isMissing(error)) return 'removed';
    // 403: it has active endpoints.
    if (refusedStatus(error) === 403 || isConflict(error)) return 'in-use';
    throw error;
  }
}

/** How a network in the engine differs from its declaration, by field. */
export function networkDifferences(existing: ExistingNetwork, network: ComposeNetwork | undefined): readonly string[] {
  const differences: string[] = [];
  if (network?.driver !== undefined && network.driver !== existing.Driver) differences.push('driver');
  if ((network?.internal ?? false) !== existing.Internal) differences.push('internal');
  if (network?.attachable !== undefined && network.attachable !== existing.Attachable) differences.push('attachable');
  if (network?.enable_ipv6 !== undefined && network.enable_ipv6 !== existing.EnableIPv6)
    differences.push('enable_ipv6');
  for (const [key, value] of Object.entries(network?.driver_opts ?? {})) {
    if (existing.Options?.[key] !== value) differences.push(`driver_opts.${key}`);
  }
  const subnets = new Set((existing.IPAM?.Config ?? []).map((pool) => pool['Subnet']));
  for (const pool of network?.ipam?.config ?? []) {
    if (pool.subnet !== undefined && !subnets.has(pool.subnet)) differences.push('ipam.subnet');
  }
  return [...new Set(differences)];
}
