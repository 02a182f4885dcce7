import { AppError } from '../../../shared/errors.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { isConflict, isMissing, refusedStatus } from '../providers/docker/client-errors.ts';
import { labels } from '../providers/provider.ts';
import type { Grade } from './helper-image.ts';
import { storeRoot } from './layout.ts';

export const gradeLabel = 'io.goldenhour.helper-grade';

/** A 404 is undefined; everything else is thrown. */
export async function orMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export interface VolumeFacts {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export async function inspectVolume(
  docker: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<VolumeFacts | undefined> {
  const found = await orMissing(
    docker.call(`inspect volume ${name}`, { signal }, (api, abortSignal) =>
      api.getVolume(name).inspect({ abortSignal }),
    ),
  );
  if (found === undefined) return undefined;
  return {
    name,
    driver: found.Driver,
    mountpoint: found.Mountpoint,
    options: found.Options ?? {},
    labels: found.Labels ?? {},
  };
}

export function hostPathOf(volume: VolumeFacts): string {
  return (volume.options['device'] ?? volume.mountpoint).replace(/\/+$/, '');
}

interface ContainerFacts {
  readonly id: string;
  readonly image: string;
  readonly running: boolean;
  readonly role: string | undefined;
  readonly grade: Grade | undefined;
  readonly volume: string | undefined;
}

export async function inspectContainer(
  docker: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<ContainerFacts | undefined> {
  const found = await orMissing(
    docker.call(`inspect container ${name}`, { signal }, (api, abortSignal) =>
      api.getContainer(name).inspect({ abortSignal }),
    ),
  );
  if (found === undefined) return undefined;
  const own = found.Config.Labels ?? {};
  const grade = own[gradeLabel];
  return {
    id: found.Id,
    image: found.Image,
    running: found.State.Running && !found.State.Paused,
    role: own[labels.role],
    grade: grade === 'full' || grade === 'basic' ? grade : undefined,
    volume: found.Mounts.find((mount) => mount.Destination === storeRoot)?.Name,
  };
}

/** False when the engine cannot start it any more, for example because its image is broken. */
export async function startContainer(docker: DockerClient, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await docker.call(`start container ${id.slice(0, 12)}`, { signal, timeoutMs: 30_000 }, (api, abortSignal) =>
      api.getContainer(id).start({ abortSignal }),
    );
    return true;
  } catch (error) {
    if (refusedStatus(error) === 304) return true;
    if (error instanceof AppError && error.code === 'docker.refused') return false;
    throw error;
  }
}

export async function removeContainer(docker: DockerClient, id: string, signal: AbortSignal): Promise<void> {
  await orMissing(
    docker.call(`remove container ${id.slice(0, 12)}`, { signal, timeoutMs: 30_000 }, (api, abortSignal) =>
      api.getContainer(id).remove({ force: true, v: true, abortSignal }),
    ),
  ).catch((error) => {
    // Being removed already.
    if (!isConflict(error)) throw error;
  });
}
