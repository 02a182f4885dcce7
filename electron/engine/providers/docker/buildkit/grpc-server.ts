import { type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import { encodeText, frame, grpcCodes, isGrpcFailure, readFrames } from './grpc.ts';

/** One call of the other side. */
export interface ServerCall {
  /** Every value of a header, in order; they are joined nowhere, since values may hold commas. */
  header(name: string): readonly string[];
  readonly messages: AsyncIterable<Uint8Array>;
  /** Settles when there is room for more. */
  send(message: Uint8Array): Promise<void>;
  /** Aborted when the call or the connection ends. */
  readonly signal: AbortSignal;
}

/** Ends the call with its outcome: well, or with the failure it throws. */
export type ServerHandler = (call: ServerCall) => Promise<void>;

export interface GrpcServer {
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Answers gRPC calls that come over a connection we opened. `handlers` go by path: `/package.Service/Method`. */
export function serveGrpc(socket: Duplex, handlers: ReadonlyMap<string, ServerHandler>): GrpcServer {
  const session = performServerHandshake(socket);
  // Node takes what the socket already holds one tick later, and falls over a session that is gone by then.
  const begun = new Promise<void>((resolve) => setImmediate(resolve));
  const take = (
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    _flags: number,
    rawHeaders: readonly string[],
  ): void => void answer(stream, rawHeaders, handlers.get(String(headers[':path'])));
  // Node's typings leave out the last argument.
  session.on('stream', take as (stream: ServerHttp2Stream) => void);
  // What is wrong with the connection shows in the calls and in `closed`.
  session.on('error', () => undefined);
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    session.once('close', resolve);
    socket.once('close', resolve);
  });
  return {
    closed,
    close() {
      void begun.then(() => {
        session.destroy();
        socket.destroy();
      });
    },
  };
}

async function answer(
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  handler: ServerHandler | undefined,
): Promise<void> {
  const controller = new AbortController();
  stream.on('error', () => undefined);
  stream.once('close', () => controller.abort(new Error('the call ended')));
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  let ended = { code: 0, message: '' };
  try {
    if (handler === undefined) {
      stream.respond({ ...head, ...trailers(grpcCodes.unimplemented, 'not offered') }, { endStream: true });
      return;
    }
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers(ended.code, ended.message)));
    await handler({
      header: (name) => valuesOf(rawHeaders, name),
      messages: readFrames(stream),
      send: (message) => write(stream, frame(message), controller.signal),
      signal: controller.signal,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ended = { code: isGrpcFailure(error) ? error.grpcCode : grpcCodes.unknown, message };
  }
  if (!stream.destroyed) stream.end();
}

function trailers(code: number, message: string): Record<string, string> {
  return { 'grpc-status': String(code), ...(message === '' ? {} : { 'grpc-message': encodeText(message) }) };
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    // Headers come as single bytes; BuildKit puts UTF-8 into them.
    if (rawHeaders[index] === name) values.push(Buffer.from(rawHeaders[index + 1] ?? '', 'latin1').toString('utf8'));
  }
  return values;
}

function write(stream: ServerHttp2Stream, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted || stream.destroyed) {
      reject(signal.reason ?? new Error('the call ended'));
      return;
    }
    if (stream.write(bytes)) {
      resolve();
      return;
    }
    const onDrain = (): void => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    const onAbort = (): void => {
      stream.removeListener('drain', onDrain);
      reject(signal.reason);
    };
    stream.once('drain', onDrain);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
