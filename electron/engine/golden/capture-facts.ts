import { createHash } from 'node:crypto';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import { gitInfo } from './git-info.ts';
import type { Manifest } from './manifest.ts';

/** What the declaration looked like when the image was made. */
export async function describeStack(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<Pick<Manifest, 'git' | 'stackHash'>> {
  const git = await gitInfo(target.folder, golden.runProcess, signal);
  const hash = createHash('sha256');
  for (const file of target.files) {
    const bytes = await golden.files.readBytes(file, signal).catch(() => undefined);
    hash.update(`${file.slice(target.folder.length)}\0${bytes?.length ?? 'missing'}\0`);
    if (bytes !== undefined) hash.update(bytes);
  }
  return { git, stackHash: hash.digest('hex') };
}

/** Which image each service runs, down to the digest; a service without a container is left out. */
export function imagesOf(target: EnvironmentTarget, containers: readonly ContainerInfo[]): Manifest['images'] {
  return Object.entries(target.project.services)
    .flatMap(([service, declared]) => {
      const container = containers.find((each) => each.service === service);
      if (container === undefined) return [];
      return [{ service, reference: declared.image ?? container.image, imageId: container.imageId }];
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}
