import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire in front of a registry that can be cut. Needs no privileges. */
export interface RegistryProxy {
  /** `127.0.0.1:40123`, for image names. */
  readonly host: string;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Bytes that came from the registry so far. */
  readonly passed: () => number;
  /** Cuts every connection after this many more bytes from the registry in all, `times` in turn; then lets all through. */
  cutAfter(bytes: number, times?: number): void;
  /** Bytes per second that it lets through in all; null for as many as come. */
  limit(bytesPerSecond: number | null): void;
  close(): Promise<void>;
}

export async function registryProxy(port: number, address = '127.0.0.1'): Promise<RegistryProxy> {
  const sockets = new Set<Socket>();
  let passed = 0;
  let budget = Number.POSITIVE_INFINITY;
  let again = { bytes: 0, times: 0 };
  let perSecond: number | null = null;

  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const cut = (): void => {
    budget = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
    if (again.times <= 0) return;
    again = { ...again, times: again.times - 1 };
    budget = again.bytes;
  };
  const server = createServer((client) => {
    const upstream = connect(port, address);
    keep(client);
    keep(upstream);
    client.pipe(upstream);
    upstream.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      budget -= chunk.length;
      if (budget <= 0) {
        cut();
        return;
      }
      const room = client.write(chunk);
      if (perSecond !== null) {
        upstream.pause();
        setTimeout(() => upstream.resume(), (chunk.length * 1000 * sockets.size) / 2 / perSecond);
      } else if (!room) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => sockets.size / 2,
    passed: () => passed,
    cutAfter(bytes, times = 1) {
      budget = bytes;
      again = { bytes, times: times - 1 };
    },
    limit(bytesPerSecond) {
      perSecond = bytesPerSecond;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
