import { AppError } from '../../../shared/errors.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import { labels } from '../providers/provider.ts';
import { storeRoot } from './layout.ts';
import { probeTools } from './scripts/store.ts';

/** `full`: cp, find and touch do all we want. `basic`: they do what we need, with more copying while services are frozen. */
export type Grade = 'full' | 'basic';

export interface HelperImage {
  readonly id: string;
  readonly grade: Grade;
}

const maxCandidates = 12;
const probeTimeoutMs = 30_000;

/**
 * Finds an image in the engine whose own tools can carry the store: the preferred ones first, then any, the newest first.
 * Nothing is downloaded. Each candidate is started with the probe script in place of its own command.
 */
export async function findHelperImage(
  docker: DockerClient,
  volume: string,
  preferred: readonly string[],
  signal: AbortSignal,
): Promise<HelperImage> {
  const images = await docker.call('list the images', { signal }, (api) => api.listImages());
  const newest = [...images].sort((a, b) => b.Created - a.Created);
  const tagged = newest.filter((image) => image.RepoTags?.some((tag) => tag !== '<none>:<none>') ?? false);
  const ids = new Set(newest.map((image) => image.Id));
  const candidates = [...new Set([...preferred.filter((id) => ids.has(id)), ...tagged.map((image) => image.Id)])];
  let basic: HelperImage | undefined;
  for (const id of candidates.slice(0, maxCandidates)) {
    const grade = await probe(docker, volume, id, signal);
    if (grade === 'full') return { id, grade };
    if (grade === 'basic') basic ??= { id, grade };
  }
  if (basic !== undefined) return basic;
  throw new AppError({
    code: 'golden.no-helper',
    message:
      candidates.length === 0
        ? 'The engine has no image yet that the golden store could work with.'
        : 'None of the images in the engine has the tools the golden store works with (sh, cp, find, sha256sum).',
    remedy: 'Pull a small image that has them, for example `docker pull debian:stable-slim` or `docker pull alpine`.',
    details: { tried: candidates.slice(0, maxCandidates) },
  });
}

/** Every VOLUME of an image would become an anonymous volume of the helper; a tmpfs over it keeps that from happening. */
export async function maskedVolumes(
  docker: DockerClient,
  image: string,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const found = await docker.call(`inspect image ${image.slice(0, 19)}`, { signal }, (api) =>
    api.getImage(image).inspect(),
  );
  const volumes: unknown = found.Config?.Volumes;
  const paths = typeof volumes === 'object' && volumes !== null ? Object.keys(volumes) : [];
  return Object.fromEntries(paths.map((path) => [path, 'size=64k']));
}

async function probe(
  docker: DockerClient,
  volume: string,
  image: string,
  signal: AbortSignal,
): Promise<Grade | undefined> {
  const mark = `${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  let id: string | undefined;
  try {
    const tmpfs = await maskedVolumes(docker, image, signal);
    const container = await docker.call('create a container that tries an image', { signal }, (api, abortSignal) =>
      api.createContainer({
        abortSignal,
        Image: image,
        Labels: { [labels.role]: 'probe' },
        Entrypoint: ['sh', '-c', probeTools, 'sh', mark],
        Cmd: [],
        User: '0:0',
        Healthcheck: { Test: ['NONE'] },
        HostConfig: {
          ...helperHostConfig,
          Tmpfs: tmpfs,
          Mounts: [{ Type: 'volume', Source: volume, Target: storeRoot }],
        },
      }),
    );
    id = container.id;
    await docker.call(
      'start a container that tries an image',
      { signal, timeoutMs: probeTimeoutMs },
      (_, abortSignal) => container.start({ abortSignal }),
    );
    await docker.call(
      'wait for a container that tries an image',
      { signal, timeoutMs: probeTimeoutMs },
      (_, abortSignal) => container.wait({ abortSignal }),
    );
    const output = await docker.call('read what a probe said', { signal }, (_, abortSignal) =>
      container.logs({ stdout: true, stderr: false, abortSignal }),
    );
    return /grade (full|basic)/.exec(output.toString('latin1'))?.[1] as Grade | undefined;
  } catch (error) {
    signal.throwIfAborted();
    // A container that cannot be created or started (no sh, other architecture) says no about this image only.
    if (error instanceof AppError && (error.code === 'docker.refused' || error.code === 'docker.conflict'))
      return undefined;
    throw error;
  } finally {
    if (id !== undefined) {
      const gone = id;
      await docker
        .call('remove a probe', { signal: AbortSignal.timeout(10_000) }, (api, abortSignal) =>
          api.getContainer(gone).remove({ force: true, v: true, abortSignal }),
        )
        .catch(() => undefined);
    }
  }
}

/** No network, no capability but those that copying other people's files takes, nothing writable but the store. */
export const helperHostConfig = {
  NetworkMode: 'none',
  CapDrop: ['ALL'],
  CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'MKNOD', 'SETFCAP'],
  SecurityOpt: ['no-new-privileges:true'],
  ReadonlyRootfs: true,
  PidsLimit: 256,
  LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '1' } },
};
