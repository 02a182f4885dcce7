import type { DockerClient } from '../providers/docker/client.ts';
import { labels } from '../providers/provider.ts';
import { plainPath } from './copier.ts';
import { removeContainer } from './engine-facts.ts';
import { helperHostConfig, maskedVolumes } from './helper-image.ts';
import { measuringRole } from './users.ts';

const timeoutMs = 120_000;

/**
 * Bytes on disk of volumes that are not in the store, in order; null where it cannot be told. Needs no store: one of
 * `images` counts them, which see nothing but these volumes, and those read-only.
 */
export async function measurePlain(
  docker: DockerClient,
  images: readonly string[],
  volumes: readonly string[],
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  for (const image of images.slice(0, 3)) {
    const sizes = volumes.length === 0 ? [] : await measureWith(docker, image, volumes, signal);
    if (sizes !== undefined) return sizes;
  }
  return volumes.map(() => null);
}

async function measureWith(
  docker: DockerClient,
  image: string,
  volumes: readonly string[],
  signal: AbortSignal,
): Promise<readonly (number | null)[] | undefined> {
  let id: string | undefined;
  try {
    const tmpfs = await maskedVolumes(docker, image, signal);
    const container = await docker.call('create a container that measures', { signal }, (api, abortSignal) =>
      api.createContainer({
        abortSignal,
        Image: image,
        Labels: { [labels.role]: measuringRole, [labels.owner]: 'golden-hour' },
        Entrypoint: ['du', '-sk', ...volumes.map((_, index) => plainPath(index))],
        Cmd: [],
        User: '0:0',
        Healthcheck: { Test: ['NONE'] },
        HostConfig: {
          ...helperHostConfig,
          CapAdd: ['DAC_READ_SEARCH'],
          Tmpfs: tmpfs,
          Mounts: volumes.map((volume, index) => ({
            Type: 'volume' as const,
            Source: volume,
            Target: plainPath(index),
            ReadOnly: true,
            VolumeOptions: { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } },
          })),
        },
      }),
    );
    id = container.id;
    await docker.call('start a container that measures', { signal, timeoutMs: 30_000 }, (_, abortSignal) =>
      container.start({ abortSignal }),
    );
    await docker.call('measure the volumes', { signal, timeoutMs }, (_, abortSignal) =>
      container.wait({ abortSignal }),
    );
    const output = await docker.call('read what was measured', { signal }, (_, abortSignal) =>
      container.logs({ stdout: true, stderr: false, abortSignal }),
    );
    return sizesOf(output.toString('latin1'), volumes.length);
  } catch {
    signal.throwIfAborted();
    // No `du` in it, another architecture, too slow: a plan without sizes is still a plan.
    return undefined;
  } finally {
    if (id !== undefined) await removeContainer(docker, id, AbortSignal.timeout(20_000)).catch(() => undefined);
  }
}

/** `12<tab>/plain/0` per volume. */
function sizesOf(output: string, count: number): readonly (number | null)[] | undefined {
  const sizes = new Map([...output.matchAll(/(\d+)\s+\/plain\/(\d+)/g)].map((match) => [match[2], match[1]]));
  if (sizes.size === 0) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const found = sizes.get(String(index));
    return found === undefined ? null : Number(found) * 1024;
  });
}
