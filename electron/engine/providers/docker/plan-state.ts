import { z } from 'zod';
import type { EnvironmentTarget } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { type Existing, type ListedContainer, listAll, mapLimited, projectContainers } from './containers.ts';
import { type ExistingImage, inspectImage } from './images.ts';
import { type ExistingNetwork, listNetworks } from './networks.ts';
import { imageName } from './translate.ts';
import { type ExistingVolume, listVolumes } from './volumes.ts';

const versionSchema = z.object({ ApiVersion: z.string(), Os: z.string().catch('linux') });

/** What the engine has, as far as an environment is concerned. Read once per plan or step. */
export interface EngineState {
  /** When it was read. */
  readonly now: Date;
  readonly api: string;
  readonly os: string;
  /** The engine reads this machine's file system, so that paths and ports mean the same to both. */
  readonly local: boolean;
  /** Containers of the project. */
  readonly containers: readonly Existing[];
  /** Every container of the engine. */
  readonly everything: readonly ListedContainer[];
  readonly networks: readonly ExistingNetwork[];
  readonly volumes: readonly ExistingVolume[];
  /** By image name, for the services asked about. Absent ones are undefined. */
  readonly images: ReadonlyMap<string, ExistingImage | undefined>;
}

export async function readApi(
  client: DockerClient,
  signal: AbortSignal,
): Promise<{ readonly api: string; readonly os: string }> {
  const json = await client.call(
    'say its version',
    { signal },
    (docker, abortSignal): Promise<unknown> =>
      (docker.version as (options: { abortSignal: AbortSignal }) => Promise<unknown>).call(docker, { abortSignal }),
  );
  const found = versionSchema.parse(json);
  return { api: found.ApiVersion, os: found.Os };
}

export function isLocal(client: DockerClient): boolean {
  return client.endpoint.startsWith('unix:') || client.endpoint.startsWith('npipe:');
}

export async function readState(
  client: DockerClient,
  target: EnvironmentTarget,
  serviceNames: readonly string[],
  signal: AbortSignal,
): Promise<EngineState> {
  const names = [...new Set(serviceNames.map((name) => imageName(target, name)))];
  const [version, everything, networks, volumes, found] = await Promise.all([
    readApi(client, signal),
    listAll(client, signal),
    listNetworks(client, signal),
    listVolumes(client, signal),
    mapLimited(names, 6, (name) => inspectImage(client, name, signal)),
  ]);
  const containers = await projectContainers(client, target.projectName, everything, signal);
  return {
    ...version,
    now: new Date(),
    local: isLocal(client),
    containers,
    everything,
    networks,
    volumes,
    images: new Map(names.map((name, index) => [name, found[index]])),
  };
}
