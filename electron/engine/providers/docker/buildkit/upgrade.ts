import type { Duplex } from 'node:stream';
import type { DockerClient } from '../client.ts';

interface DialOptions {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly statusCodes: Readonly<Record<number, boolean>>;
  readonly hijack?: boolean;
  readonly isStream?: boolean;
  readonly file?: Buffer;
  readonly abortSignal: AbortSignal;
}

/** dockerode's own way to the engine, which its typings leave out. */
interface Modem {
  dial(options: DialOptions, callback: (error: Error | null, result: unknown) => void): void;
}

function dial(docker: { readonly modem: unknown }, options: DialOptions): Promise<unknown> {
  return new Promise((resolve, reject) => {
    (docker.modem as Modem).dial(options, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/** Turns a request into a connection that carries HTTP/2: `/grpc` to talk to BuildKit, `/session` to be talked to. */
export async function upgradeToHttp2(
  client: DockerClient,
  path: '/grpc' | '/session',
  headers: Readonly<Record<string, string | readonly string[]>>,
  signal: AbortSignal,
): Promise<Duplex> {
  const socket = await client.call('open a connection to BuildKit', { signal }, (docker, abortSignal) =>
    dial(docker, {
      path,
      method: 'POST',
      headers: { ...headers, Upgrade: 'h2c' },
      // An empty body of known length: the end of a chunked one would be read as part of what follows.
      file: Buffer.alloc(0),
      hijack: true,
      statusCodes: { 101: true },
      abortSignal,
    }),
  );
  return socket as Duplex;
}

/** The headers of the engine's answer to a ping, in lower case. */
export async function pingHeaders(
  client: DockerClient,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await client.call('answer a ping', { signal }, (docker, abortSignal) =>
    dial(docker, {
      path: '/_ping',
      method: 'GET',
      headers: {},
      isStream: true,
      statusCodes: { 200: true },
      abortSignal,
    }),
  );
  const response = answer as NodeJS.ReadableStream & { readonly headers: Readonly<Record<string, unknown>> };
  response.resume();
  return response.headers;
}
