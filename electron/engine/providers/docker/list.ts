import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { type ContainerInfo, composeLabels } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { inspectContainer } from './inspect.ts';

const listedSchema = z.array(
  z.object({
    Id: z.string(),
    State: z.string().catch(''),
    Status: z.string().catch(''),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);

export interface Listed {
  readonly id: string;
  /** State and health as the list shows them: what to compare, not to display. */
  readonly fingerprint: string;
  readonly projectName: string;
}

/** Containers of Compose projects (of one, when named), running or not. One call, however many there are. */
export async function listContainers(
  client: DockerClient,
  signal: AbortSignal,
  projectName?: string,
): Promise<readonly Listed[]> {
  const label = projectName === undefined ? composeLabels.project : `${composeLabels.project}=${projectName}`;
  const json: unknown = await client.call('list containers', { signal }, (docker, abortSignal) =>
    docker.listContainers({ all: true, filters: { label: [label] }, abortSignal }),
  );
  const parsed = listedSchema.safeParse(json);
  if (!parsed.success) {
    throw new AppError({
      code: 'docker.unsupported',
      message: 'The engine listed its containers in a form we cannot read.',
      remedy: 'Check that the engine is Docker 20.10 or newer, or compatible with it.',
    });
  }
  return parsed.data.map((container) => ({
    id: container.Id,
    fingerprint: fingerprint(container.State, container.Status),
    projectName: container.Labels?.[composeLabels.project] ?? '',
  }));
}

/** The same for a container we know in full. */
export function fingerprintOf(container: ContainerInfo): string {
  const health = container.health === null ? '' : container.health.status;
  return `${container.state}/${container.state === 'running' ? health : ''}`;
}

/** "Up 3 minutes (healthy)" carries the health; the times in it change by themselves. */
function fingerprint(state: string, status: string): string {
  const words = /\((healthy|unhealthy|health: starting)\)/.exec(status)?.[1];
  const health = words === undefined ? '' : words.replace('health: ', '');
  return `${state}/${state === 'running' ? health : ''}`;
}

/** Describes containers in full, a few at a time. Those that vanish meanwhile are left out. */
export async function inspectAll(
  client: DockerClient,
  ids: readonly string[],
  signal: AbortSignal,
  atOnce = 8,
): Promise<readonly ContainerInfo[]> {
  const found: (ContainerInfo | undefined)[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < ids.length) {
      const index = next;
      next += 1;
      found[index] = await inspectContainer(client, ids[index] ?? '', signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, ids.length) }, worker));
  return found.filter((info) => info !== undefined);
}

/** The containers of one Compose project, in full. */
export async function projectContainers(
  client: DockerClient,
  projectName: string,
  signal: AbortSignal,
): Promise<readonly ContainerInfo[]> {
  const listed = await listContainers(client, signal, projectName);
  return inspectAll(
    client,
    listed.map((container) => container.id),
    signal,
  );
}
