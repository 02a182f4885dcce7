import type { DockerClient } from './client.ts';
import { type Existing, removeContainer } from './containers.ts';
import { fileVolumes } from './secrets.ts';
import { removeVolume } from './volumes.ts';

/** Removes a container and the secrets that were copied beside it. Other anonymous volumes stay unless asked for. */
export async function discardContainer(
  client: DockerClient,
  { info }: Pick<Existing, 'info'>,
  options: { readonly volumes: boolean },
  signal: AbortSignal,
): Promise<void> {
  await removeContainer(client, info.id, info.name, options, signal);
  for (const volume of fileVolumes(info)) await removeVolume(client, volume, signal);
}
