import { rm } from 'node:fs/promises';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** A socket in front of the real engine, to lose it without harm to anyone else. Needs no privileges. */
export interface EngineProxy {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Listens; again after `stop`. */
  start(): Promise<void>;
  /** Nobody listens any more, and what was open is cut. */
  stop(): Promise<void>;
  /** Accepts and never answers, as an engine that hangs. */
  freeze(): void;
  thaw(): void;
  /** Bytes that went to the engine since the start. */
  sent(): number;
}

/** @param socketPath where to listen; nothing is there until `start`. */
export function engineProxy(socketPath: string, engine = '/var/run/docker.sock'): EngineProxy {
  let server: Server | undefined;
  let frozen = false;
  let sent = 0;
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // The other half is gone; its own close ends this one.
    socket.on('error', () => socket.destroy());
    if (frozen) socket.pause();
  };
  return {
    host: `unix://${socketPath}`,
    async start() {
      if (server !== undefined) return;
      await rm(socketPath, { force: true });
      server = createServer({ allowHalfOpen: true }, (client) => {
        const upstream = dial({ path: engine, allowHalfOpen: true });
        keep(client);
        keep(upstream);
        const couple = (from: Socket, to: Socket): void => {
          from.on('data', (chunk) => {
            if (!to.write(chunk)) from.pause();
          });
          to.on('drain', () => {
            if (!frozen) from.resume();
          });
          from.on('end', () => to.end());
          from.on('close', () => to.destroy());
        };
        client.on('data', (chunk) => {
          sent += chunk.length;
        });
        couple(client, upstream);
        couple(upstream, client);
        if (frozen) for (const socket of [client, upstream]) socket.pause();
      });
      const listening = server;
      await new Promise<void>((resolve, reject) => {
        listening.once('error', reject);
        listening.listen(socketPath, resolve);
      });
    },
    async stop() {
      const closing = server;
      server = undefined;
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())));
      await rm(socketPath, { force: true });
    },
    freeze() {
      frozen = true;
      for (const socket of open) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of open) socket.resume();
    },
    sent: () => sent,
  };
}
