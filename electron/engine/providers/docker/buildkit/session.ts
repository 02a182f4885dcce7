import { createHash, randomUUID } from 'node:crypto';
import type { DockerClient } from '../client.ts';
import { type GrpcServer, type ServerHandler, serveGrpc } from './grpc-server.ts';
import { healthService } from './services.ts';
import { upgradeToHttp2 } from './upgrade.ts';

export interface Session extends GrpcServer {
  readonly id: string;
}

/**
 * Opens a session: a connection over which the engine calls us, for files, secrets, credentials.
 *
 * `folder` decides which files of earlier builds the engine compares ours with.
 */
export async function openSession(
  client: DockerClient,
  folder: string,
  services: ReadonlyMap<string, ServerHandler>,
  signal: AbortSignal,
): Promise<Session> {
  const id = randomUUID();
  const handlers = new Map([...services, ['/grpc.health.v1.Health/Check', healthService]]);
  const socket = await upgradeToHttp2(
    client,
    '/session',
    {
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'golden-hour',
      'X-Docker-Expose-Session-Sharedkey': createHash('sha256').update(`golden-hour\0${folder}`).digest('hex'),
      'X-Docker-Expose-Session-Grpc-Method': [...handlers.keys()],
    },
    signal,
  );
  return { id, ...serveGrpc(socket, handlers) };
}
