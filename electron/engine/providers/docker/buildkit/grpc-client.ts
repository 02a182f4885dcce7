import { connect } from 'node:http2';
import type { Duplex } from 'node:stream';
import { decodeText, frame, grpcCodes, grpcFailure, readFrames } from './grpc.ts';

export interface GrpcClient {
  /**
   * Calls a method and hands on every message of the answer. Throws a GrpcFailure for another status than `ok`, and the
   * signal's reason on abort, which cancels the call on the other side.
   */
  call(path: string, request: Uint8Array, onMessage: (message: Uint8Array) => void, signal: AbortSignal): Promise<void>;
  /** Settles when the other side answers: an engine may say nothing for long and still be there. */
  ping(): Promise<void>;
  /** Rejects when the connection ends before `close`. */
  readonly lost: Promise<never>;
  close(): void;
}

export function grpcClient(socket: Duplex): GrpcClient {
  const session = connect('http://docker', { createConnection: () => socket });
  // Node takes what the socket already holds one tick later, and falls over a session that is gone by then.
  const begun = new Promise<void>((resolve) => setImmediate(resolve));
  let closing = false;
  const lost = new Promise<never>((_resolve, reject) => {
    const gone = (cause?: unknown): void => {
      if (!closing) reject(Object.assign(new Error('socket hang up', { cause }), { code: 'ECONNRESET' }));
    };
    session.once('close', gone);
    session.once('error', gone);
    socket.once('error', gone);
    socket.once('close', gone);
  });
  session.on('error', () => undefined);
  socket.on('error', () => undefined);
  lost.catch(() => undefined);
  return {
    lost,
    async call(path, request, onMessage, signal) {
      signal.throwIfAborted();
      const stream = session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        'user-agent': 'golden-hour',
      });
      let said: Readonly<Record<string, unknown>> = {};
      stream.on('response', (headers) => {
        said = { ...headers, ...said };
      });
      stream.on('trailers', (headers) => {
        said = { ...said, ...headers };
      });
      stream.on('error', () => undefined);
      const onAbort = (): void => stream.close(8);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        stream.end(frame(request));
        const read = async (): Promise<void> => {
          for await (const message of readFrames(stream)) onMessage(message);
        };
        await Promise.race([read(), lost]);
        signal.throwIfAborted();
        throwUnlessOk(said);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
        if (!stream.closed) stream.close(8);
      }
    },
    ping: () =>
      new Promise((resolve, reject) => {
        if (session.destroyed || !session.ping((error) => (error ? reject(error) : resolve()))) {
          reject(new Error('the connection is closed'));
        }
      }),
    close() {
      closing = true;
      void begun.then(() => {
        session.destroy();
        socket.destroy();
      });
    },
  };
}

function throwUnlessOk(headers: Readonly<Record<string, unknown>>): void {
  const status = headers['grpc-status'];
  if (status === undefined) throw grpcFailure(grpcCodes.unavailable, 'the call ended without a status');
  if (String(status) === '0') return;
  const details = headers['grpc-status-details-bin'];
  throw grpcFailure(
    Number(status),
    decodeText(Buffer.from(String(headers['grpc-message'] ?? 'no reason given'), 'latin1').toString('utf8')),
    typeof details === 'string' ? Buffer.from(details, 'base64') : undefined,
  );
}

/** A call with one message for an answer. */
export async function unary(
  client: GrpcClient,
  path: string,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let answer: Uint8Array | undefined;
  const take = (message: Uint8Array): void => {
    answer ??= message;
  };
  await client.call(path, request, take, signal);
  return answer ?? new Uint8Array();
}
