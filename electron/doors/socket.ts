import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { Actor } from '../engine/api.ts';
import { socketPlace } from './socket-path.ts';
import { createWebSocketDoor, offeredToken, refuseUpgrade, rpcPath, sameToken } from './websocket.ts';
import type { ServeWire } from './wire.ts';

export interface SocketDoorOptions {
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly serve: ServeWire;
  readonly actor: Actor;
}

export interface SocketDoor {
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Listens for the command line: a websocket on a unix socket (0600, in a folder of ours) or a named pipe. The caller
 * shows the token of a 0600 file. Whoever calls this holds the data folder's lock, so a socket that is there is stale.
 */
export async function serveSocket(options: SocketDoorOptions): Promise<SocketDoor> {
  const place = socketPlace(options.dataFolder, options.environment);
  await mkdir(dirname(place.tokenFile), { recursive: true, mode: 0o700 });
  if (place.folder !== null) await makePrivate(place.folder);
  const token = randomBytes(32).toString('hex');
  await rm(place.tokenFile, { force: true });
  await writeFile(place.tokenFile, token, { mode: 0o600, flag: 'wx' });
  if (place.folder !== null) await rm(place.path, { force: true });

  const door = createWebSocketDoor();
  const server = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('This socket speaks websocket only.');
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== rpcPath) refuseUpgrade(socket, '404 Not Found');
    else if (!sameToken(offeredToken(request), token)) refuseUpgrade(socket, '401 Unauthorized');
    else door.accept(request, socket, head, (wire) => options.serve(wire, options.actor));
  });
  await listen(server, place.path);
  if (place.folder !== null) await chmod(place.path, 0o600);
  return {
    path: place.path,
    async close() {
      door.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(place.tokenFile, { force: true });
      if (place.folder !== null) await rm(place.path, { force: true });
    },
  };
}

async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await stat(folder);
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    throw new AppError({
      code: 'engine.locked',
      message: `${folder} belongs to another user.`,
      remedy: 'Remove that folder, or set GOLDEN_HOUR_HOME to a folder of your own.',
    });
  }
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      resolve();
    });
  });
}
