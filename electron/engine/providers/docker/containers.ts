import type Docker from 'dockerode';
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import type { ContainerInfo } from '../provider.ts';
import { composeLabels } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { isMissing, refusedStatus } from './client-errors.ts';
import { toContainerInfo } from './inspect.ts';
import type { ContainerSpec } from './translate.ts';
import type { EndpointBody } from './translate-body.ts';

const optionalText = z.string().nullish().catch(null);
const textMap = z.record(z.string(), z.string()).nullish().catch(null);
const texts = z.array(z.string()).nullish().catch(null);

/** The parts of an inspection that plans compare and that ContainerInfo has no place for. */
const detailSchema = z.object({
  Config: z.object({
    Env: texts,
    Cmd: texts,
    Entrypoint: z
      .union([z.array(z.string()), z.string().transform((text) => [text])])
      .nullish()
      .catch(null),
    User: optionalText,
    WorkingDir: optionalText,
    Hostname: optionalText,
    StopTimeout: z.number().nullish().catch(null),
    StopSignal: optionalText,
    Healthcheck: z.record(z.string(), z.unknown()).nullish().catch(null),
  }),
  HostConfig: z.object({
    NetworkMode: optionalText,
    IpcMode: optionalText,
    PidMode: optionalText,
    VolumesFrom: texts,
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().nullish() }).nullish().catch(null),
    PortBindings: z
      .record(
        z.string(),
        z.array(z.object({ HostIp: z.string().catch(''), HostPort: z.string().catch('') })).nullable(),
      )
      .nullish()
      .catch(null),
  }),
  NetworkSettings: z.object({
    Networks: z
      .record(
        z.string(),
        z.object({
          NetworkID: optionalText,
          Aliases: texts,
          Links: texts,
          IPAMConfig: z.record(z.string(), z.unknown()).nullish().catch(null),
          DriverOpts: textMap,
        }),
      )
      .nullish()
      .catch(null),
  }),
});
export type ContainerDetail = z.infer<typeof detailSchema>;

/** A container of the project, with what a plan needs to compare. */
export interface Existing {
  readonly info: ContainerInfo;
  readonly detail: ContainerDetail;
  /** Set aside under `<id>_<name>` while its successor is tried; the name it had. */
  readonly asideOf: string | null;
}

const listedSchema = z.object({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Image: z.string().catch(''),
  ImageID: z.string().catch(''),
  State: z.string().catch(''),
  Labels: textMap,
  Ports: z
    .array(
      z.object({
        IP: z.string().nullish(),
        PrivatePort: z.number().catch(0),
        PublicPort: z.number().nullish(),
        Type: z.string().catch('tcp'),
      }),
    )
    .nullish()
    .catch(null),
  Mounts: z
    .array(z.object({ Type: z.string().catch(''), Name: optionalText }))
    .nullish()
    .catch(null),
  NetworkSettings: z
    .object({ Networks: z.record(z.string(), z.unknown()).nullish() })
    .nullish()
    .catch(null),
});

/** A container as the list shows it: enough for names, ports and mounts of other people's containers. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly projectName: string | null;
  readonly service: string | null;
  readonly oneOff: boolean;
  readonly ports: readonly { readonly hostIp: string; readonly hostPort: number; readonly protocol: string }[];
  readonly volumes: readonly string[];
  /** Names. */
  readonly networks: readonly string[];
}

/** Every container of the engine, running or not. */
export async function listAll(client: DockerClient, signal: AbortSignal): Promise<readonly ListedContainer[]> {
  const json: unknown = await client.call('list containers', { signal }, (docker, abortSignal) =>
    docker.listContainers({ all: true, abortSignal }),
  );
  return z
    .array(listedSchema)
    .parse(json)
    .map((found) => ({
      id: found.Id,
      // A container that others link to carries their names for it as well: `/other/alias`.
      name: (found.Names ?? []).map((name) => name.replace(/^\//, '')).find((name) => !name.includes('/')) ?? '',
      state: found.State,
      projectName: found.Labels?.[composeLabels.project] ?? null,
      service: found.Labels?.[composeLabels.service] ?? null,
      oneOff: found.Labels?.[composeLabels.oneoff] === 'True',
      ports: (found.Ports ?? []).flatMap((port) =>
        typeof port.PublicPort === 'number'
          ? [{ hostIp: port.IP ?? '', hostPort: port.PublicPort, protocol: port.Type }]
          : [],
      ),
      volumes: (found.Mounts ?? []).flatMap((mount) =>
        mount.Type === 'volume' && typeof mount.Name === 'string' ? [mount.Name] : [],
      ),
      networks: Object.keys(found.NetworkSettings?.Networks ?? {}),
    }));
}

/** Undefined when it is gone meanwhile. */
export async function describe(client: DockerClient, id: string, signal: AbortSignal): Promise<Existing | undefined> {
  try {
    const json: unknown = await client.call(
      `describe container ${id.slice(0, 12)}`,
      { signal },
      (docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal }),
    );
    const info = toContainerInfo(json);
    if (info === undefined) return undefined;
    const prefix = `${info.id.slice(0, 12)}_`;
    return {
      info,
      detail: detailSchema.parse(json),
      asideOf: info.name.startsWith(prefix) ? info.name.slice(prefix.length) : null,
    };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Runs at most `limit` at once, results in order. The first failure wins. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/** The project's containers without those of `compose run`, described in full. */
export async function projectContainers(
  client: DockerClient,
  projectName: string,
  listed: readonly ListedContainer[],
  signal: AbortSignal,
): Promise<readonly Existing[]> {
  const mine = listed.filter((each) => each.projectName === projectName && !each.oneOff);
  const found = await mapLimited(mine, 8, (each) => describe(client, each.id, signal));
  return found
    .filter((each) => each !== undefined)
    .sort((a, b) => a.info.service.localeCompare(b.info.service) || a.info.number - b.info.number);
}

/** Creates the container and connects its further networks. A half-made one is removed again. Returns its id. */
export async function createContainer(client: DockerClient, spec: ContainerSpec, signal: AbortSignal): Promise<string> {
  const id = await client.call(
    `create container ${spec.name}`,
    { signal, timeoutMs: 60_000 },
    async (docker, abort) => {
      const created = await docker.createContainer({
        name: spec.name,
        ...(spec.platform === undefined ? {} : { platform: spec.platform }),
        ...spec.body,
        abortSignal: abort,
      } as unknown as Docker.ContainerCreateOptions);
      return created.id;
    },
  );
  try {
    for (const endpoint of spec.connect)
      await connect(client, id, spec.name, endpoint.network, endpoint.settings, signal);
  } catch (error) {
    await removeContainer(client, id, spec.name, { volumes: true }, AbortSignal.timeout(20_000)).catch(() => undefined);
    throw error;
  }
  return id;
}

async function connect(
  client: DockerClient,
  id: string,
  name: string,
  network: string,
  settings: EndpointBody,
  signal: AbortSignal,
): Promise<void> {
  await client.call(`connect container ${name} to network ${network}`, { signal, timeoutMs: 30_000 }, (docker, abort) =>
    docker.getNetwork(network).connect({
      Container: id,
      EndpointConfig: settings,
      abortSignal: abort,
    } as unknown as Docker.NetworkConnectOptions),
  );
}

/** Nothing happens to one that runs. */
export async function startContainer(
  client: DockerClient,
  id: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await unless([304], () =>
    client.call(`start container ${name}`, { signal, timeoutMs: 120_000 }, (docker, abortSignal) =>
      docker.getContainer(id).start({ abortSignal }),
    ),
  );
}

/** Waits for the container's own grace period, then the engine kills it. Nothing happens to one that is not there. */
export async function stopContainer(
  client: DockerClient,
  id: string,
  name: string,
  graceSeconds: number | null,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = ((graceSeconds ?? 10) + 30) * 1000;
  await unless([304, 404], () =>
    client.call(`stop container ${name}`, { signal, timeoutMs }, (docker, abortSignal) =>
      docker.getContainer(id).stop({ abortSignal }),
    ),
  );
}

/** Kills it if it runs. Its anonymous volumes stay unless asked for. Nothing happens to one that is not there. */
export async function removeContainer(
  client: DockerClient,
  id: string,
  name: string,
  options: { readonly volumes: boolean },
  signal: AbortSignal,
): Promise<void> {
  await unless([404], async () => {
    try {
      await client.call(`remove container ${name}`, { signal, timeoutMs: 60_000 }, (docker, abortSignal) =>
        docker.getContainer(id).remove({ force: true, v: options.volumes, abortSignal }),
      );
    } catch (error) {
      // 409: somebody else is removing it; wait until it is gone.
      if (refusedStatus(error) !== 409) throw error;
      await client.call(`remove container ${name}`, { signal, timeoutMs: 60_000 }, (docker, abortSignal) =>
        docker.getContainer(id).wait({ condition: 'removed', abortSignal }),
      );
    }
  });
}

export async function renameContainer(
  client: DockerClient,
  id: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  await client.call(`rename a container to ${to}`, { signal }, (docker, abortSignal) =>
    docker.getContainer(id).rename({ name: to, abortSignal }),
  );
}

/** Unpacks a tar in the container. */
export async function putFiles(
  client: DockerClient,
  id: string,
  name: string,
  archive: { readonly path: string; readonly tar: Buffer },
  signal: AbortSignal,
): Promise<void> {
  await client.call(`copy files into container ${name}`, { signal, timeoutMs: 60_000 }, (docker, abortSignal) =>
    docker
      .getContainer(id)
      .putArchive(archive.tar, { path: archive.path, copyUIDGID: 'true', abortSignal } as unknown as { path: string }),
  );
}

async function unless(statuses: readonly number[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const status = refusedStatus(error);
    if (status === undefined || !statuses.includes(status)) throw error;
  }
}

export async function alreadySo(said: RegExp, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'docker.refused' || !said.test(error.message)) throw error;
  }
}
