import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { type ContainerInfo, composeLabels } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { isMissing } from './client-errors.ts';

const text = z.string().catch('');
const strings = z.array(z.string()).nullish().catch(null);

/** What we depend on of `GET /containers/{id}/json`. Engines add and omit the rest freely. */
const inspectSchema = z.object({
  Id: z.string().min(1),
  Name: z.string(),
  Created: z.string(),
  Path: text,
  Args: strings,
  Image: text,
  RestartCount: z.number().catch(0),
  State: z.object({
    Status: z.string(),
    OOMKilled: z.boolean().catch(false),
    ExitCode: z.number().nullish(),
    Error: text,
    StartedAt: text,
    FinishedAt: text,
    Health: z
      .object({
        Status: z.string(),
        FailingStreak: z.number().catch(0),
        Log: z
          .array(z.object({ Output: text }))
          .nullish()
          .catch(null),
      })
      .nullish(),
  }),
  Config: z.object({ Image: text, Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.object({
    NanoCpus: z.number().nullish().catch(null),
    CpuQuota: z.number().nullish().catch(null),
    CpuPeriod: z.number().nullish().catch(null),
    Memory: z.number().nullish().catch(null),
    RestartPolicy: z.object({ Name: text }).nullish().catch(null),
  }),
  NetworkSettings: z.object({
    Ports: z
      .record(z.string(), z.array(z.object({ HostIp: text, HostPort: text })).nullable())
      .nullish()
      .catch(null),
    Networks: z
      .record(
        z.string(),
        z.object({ IPAddress: text, GlobalIPv6Address: text }).catch({ IPAddress: '', GlobalIPv6Address: '' }),
      )
      .nullish()
      .catch(null),
  }),
  Mounts: z
    .array(
      z.object({
        Type: text,
        Name: z.string().nullish(),
        Source: text,
        Destination: z.string(),
        RW: z.boolean().catch(true),
      }),
    )
    .nullish()
    .catch(null),
});
type Inspect = z.infer<typeof inspectSchema>;

/** Asks the engine for one container; undefined when it is gone or belongs to no Compose project. */
export async function inspectContainer(
  client: DockerClient,
  id: string,
  signal: AbortSignal,
): Promise<ContainerInfo | undefined> {
  try {
    const json = await client.call(`describe container ${id.slice(0, 12)}`, { signal }, (docker, abortSignal) =>
      docker.getContainer(id).inspect({ abortSignal }),
    );
    return toContainerInfo(json);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Undefined when the container belongs to no Compose project. Throws `docker.unsupported` on answers we cannot read. */
export function toContainerInfo(json: unknown): ContainerInfo | undefined {
  const parsed = inspectSchema.safeParse(json);
  if (!parsed.success) {
    throw new AppError({
      code: 'docker.unsupported',
      message: `The engine described a container in a form we cannot read: ${z.prettifyError(parsed.error)}`,
      remedy: 'Check that the engine is Docker 20.10 or newer, or compatible with it.',
    });
  }
  const found = parsed.data;
  const labels = found.Config.Labels ?? {};
  const projectName = labels[composeLabels.project];
  if (projectName === undefined) return undefined;
  const state = stateOf(found.State.Status);
  const ended = state === 'exited' || state === 'dead' || state === 'restarting';
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    projectName,
    service: labels[composeLabels.service] ?? '',
    number: Number.parseInt(labels[composeLabels.number] ?? '1', 10) || 1,
    state,
    health: healthOf(found),
    image: found.Config.Image,
    imageId: found.Image,
    command: [found.Path, ...(found.Args ?? [])].join(' ').trim(),
    createdAt: time(found.Created) ?? new Date(0).toISOString(),
    startedAt: time(found.State.StartedAt),
    finishedAt: time(found.State.FinishedAt),
    exitCode: ended ? (found.State.ExitCode ?? null) : null,
    oomKilled: found.State.OOMKilled,
    error: found.State.Error === '' ? null : found.State.Error,
    restarts: found.RestartCount,
    ports: portsOf(found),
    mounts: (found.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      name: mount.Name === undefined || mount.Name === '' ? null : mount.Name,
      source: mount.Source,
      target: mount.Destination,
      readOnly: !mount.RW,
    })),
    networks: Object.keys(found.NetworkSettings.Networks ?? {}),
    addresses: Object.values(found.NetworkSettings.Networks ?? {}).flatMap(({ IPAddress, GlobalIPv6Address }) =>
      [IPAddress, GlobalIPv6Address].filter((address) => address !== ''),
    ),
    restartPolicy: found.HostConfig.RestartPolicy?.Name || 'no',
    limits: limitsOf(found),
    labels,
  };
}

/** Docker's words, and Podman's where they differ. */
function stateOf(status: string): ContainerInfo['state'] {
  switch (status) {
    case 'created':
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
    case 'exited':
    case 'dead':
      return status;
    case 'configured':
    case 'initialized':
      return 'created';
    case 'stopping':
      return 'running';
    default:
      return 'exited';
  }
}

function healthOf(found: Inspect): ContainerInfo['health'] {
  const health = found.State.Health;
  if (health === undefined || health === null) return null;
  const { Status: status } = health;
  if (status !== 'starting' && status !== 'healthy' && status !== 'unhealthy') return null;
  const output = health.Log?.at(-1)?.Output.trim() ?? '';
  return { status, failingStreak: health.FailingStreak, lastOutput: output === '' ? null : output.slice(0, 2000) };
}

function portsOf(found: Inspect): ContainerInfo['ports'] {
  const ports: ContainerInfo['ports'][number][] = [];
  for (const [key, bindings] of Object.entries(found.NetworkSettings.Ports ?? {})) {
    const [number, protocol = 'tcp'] = key.split('/');
    const containerPort = Number(number);
    if (!Number.isInteger(containerPort)) continue;
    if (bindings === null || bindings.length === 0) {
      ports.push({ hostIp: null, hostPort: null, containerPort, protocol });
      continue;
    }
    for (const { HostIp, HostPort } of bindings) {
      const hostPort = Number(HostPort) || null;
      // The engine lists "every address" once for IPv4 and once for IPv6.
      const twin = HostIp === '::' && bindings.some((b) => b.HostIp === '0.0.0.0' && b.HostPort === HostPort);
      if (!twin) ports.push({ hostIp: HostIp === '' ? null : HostIp, hostPort, containerPort, protocol });
    }
  }
  return ports.sort((a, b) => a.containerPort - b.containerPort || (a.hostPort ?? 0) - (b.hostPort ?? 0));
}

function limitsOf({ HostConfig: host }: Inspect): ContainerInfo['limits'] {
  const nano = host.NanoCpus ?? 0;
  const quota = host.CpuQuota ?? 0;
  // 100 ms is the kernel's period where none is set.
  const cpus = nano > 0 ? nano / 1e9 : quota > 0 ? quota / (host.CpuPeriod || 100_000) : null;
  const memory = host.Memory ?? 0;
  return { cpus, memoryBytes: memory > 0 ? memory : null };
}

/** ISO 8601 in milliseconds; null for the engine's "never" (year 1) and for nonsense. */
function time(value: string): string | null {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() <= 1 ? null : date.toISOString();
}
