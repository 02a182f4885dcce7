import { z } from 'zod';
import type { DockerClient } from './client.ts';

const infoSchema = z.object({ Name: z.string(), DockerRootDir: z.string(), OperatingSystem: z.string().catch('') });

/** Where the engine keeps its data, when it runs on this very machine and not in one of its own; else null. */
export async function readDataRoot(
  client: DockerClient,
  hostname: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (!client.endpoint.startsWith('unix://')) return null;
  const json: unknown = await client.call('describe itself', { signal }, (docker, abortSignal) =>
    (docker.info as (options: { abortSignal: AbortSignal }) => Promise<unknown>)({ abortSignal }),
  );
  const parsed = infoSchema.safeParse(json);
  if (!parsed.success || parsed.data.Name !== hostname || /docker desktop/i.test(parsed.data.OperatingSystem))
    return null;
  return parsed.data.DockerRootDir.startsWith('/') ? parsed.data.DockerRootDir : null;
}
