import type { Change } from '../../../../shared/contract/environments.ts';
import { type EnvironmentTarget, labels } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { volumeName } from './translate-mounts.ts';
import { listVolumes } from './volumes.ts';

/**
 * The volumes of a stack that the engine has already and that are not in our store: where their data stays, and until
 * when.
 */
export async function plainVolumes(
  client: DockerClient,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<Change[]> {
  const declared = Object.entries(target.project.volumes ?? {}).filter(([, volume]) => volume?.external !== true);
  if (declared.length === 0) return [];
  const there = new Map((await listVolumes(client, signal)).map((volume) => [volume.Name, volume.Labels ?? {}]));
  return declared.flatMap(([key, volume]): Change[] => {
    const name = volumeName(target.project, key);
    const own = there.get(name);
    if (own === undefined || own[labels.environment] !== undefined) return [];
    const left =
      target.excludedVolumes.includes(key) ||
      (volume?.driver ?? 'local') !== 'local' ||
      Object.keys(volume?.driver_opts ?? {}).length > 0;
    const reason = left
      ? 'it stays where it is; golden images leave it out'
      : 'it stays where it is until the first golden image, which can move a verified copy into the store';
    return [{ resource: 'volume', name, service: null, action: 'keep', cost: 'none', reason, bytes: null }];
  });
}
