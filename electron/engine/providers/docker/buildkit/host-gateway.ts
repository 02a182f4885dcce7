import { z } from 'zod';
import type { BuildOptions } from '../build-options.ts';
import type { DockerClient } from '../client.ts';
import { type GrpcClient, unary } from './grpc-client.ts';
import { workersAnswer } from './messages.ts';

const label = 'org.mobyproject.buildkit.worker.moby.host-gateway-ip';
const bridgeSchema = z.object({ IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })) }) });

/** The address behind `host-gateway`, if it is asked for: as the engine says, else that of its default network. */
export async function hostGatewayOf(
  client: DockerClient,
  control: GrpcClient,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!options.extraHosts.some(({ address }) => address === 'host-gateway')) return undefined;
  const answer = await unary(control, '/moby.buildkit.v1.Control/ListWorkers', new Uint8Array(), signal);
  for (const { labels } of workersAnswer.decode(answer).records) {
    const said = labels[label];
    if (said !== undefined && said !== '') return said;
  }
  const bridge = await client
    .call('describe network bridge', { signal }, (docker) => docker.getNetwork('bridge').inspect())
    .catch(() => undefined);
  const parsed = bridgeSchema.safeParse(bridge);
  return parsed.success ? parsed.data.IPAM.Config.find(({ Gateway }) => Gateway !== undefined)?.Gateway : undefined;
}
