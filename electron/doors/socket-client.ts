import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { RPCLink } from '@orpc/client/websocket';
import WebSocket from 'ws';
import { type CallContext, createEngineClient, disconnected, type EngineClient } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import { socketPlace } from './socket-path.ts';
import { rpcPath, subprotocol } from './websocket.ts';

/** A connection to an engine that runs in another process. */
export interface RunningEngine {
  readonly client: EngineClient;
  /** Aborted when the connection is gone; every call then fails with `engine.disconnected`. */
  readonly closed: AbortSignal;
  close(): Promise<void>;
}

const connectDeadlineMs = 3000;

/**
 * Connects to the engine of a data folder. Undefined when none is running there. Rejects with `engine.disconnected` when
 * one is there but does not let us in or does not answer within three seconds.
 */
export async function connectSocket(options: {
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}): Promise<RunningEngine | undefined> {
  const place = socketPlace(options.dataFolder, options.environment);
  const token = await readFile(place.tokenFile, 'utf8').catch(() => undefined);
  if (token === undefined) return undefined;
  const websocket = await open(place.path, token.trim(), options.signal);
  if (websocket === undefined) return undefined;
  const closed = new AbortController();
  websocket.on('close', () => closed.abort(disconnected()));
  websocket.on('error', () => undefined);
  const link = new RPCLink<CallContext>({ websocket: quiet(websocket) });
  return {
    client: createEngineClient({ link, closed: closed.signal }),
    closed: closed.signal,
    close: () =>
      new Promise((resolve) => {
        if (websocket.readyState === WebSocket.CLOSED) return resolve();
        websocket.once('close', () => resolve());
        // ws waits up to 30 s for a peer that does not say goodbye.
        setTimeout(() => websocket.terminate(), 500).unref();
        websocket.close();
      }),
  };
}

/**
 * For oRPC's link, which throws where nobody can catch it when a call is given up on a socket that is closing. Calls on
 * a closed socket end by our own signal.
 */
function quiet(websocket: WebSocket): globalThis.WebSocket {
  const socket = {
    readyState: WebSocket.OPEN,
    send: (data: string) => {
      if (websocket.readyState === WebSocket.OPEN) websocket.send(data, () => undefined);
    },
    addEventListener: websocket.addEventListener.bind(websocket),
    removeEventListener: websocket.removeEventListener.bind(websocket),
  };
  return socket as unknown as globalThis.WebSocket;
}

function open(path: string, token: string, signal: AbortSignal | undefined): Promise<WebSocket | undefined> {
  return new Promise((resolve, reject) => {
    const websocket = new WebSocket(`ws://localhost${rpcPath}`, [subprotocol, `token.${token}`], {
      createConnection: () => connect({ path }),
      handshakeTimeout: connectDeadlineMs,
      maxPayload: 64 * 1024 * 1024,
    });
    const onAbort = (): void => {
      websocket.terminate();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    websocket.once('open', () => {
      signal?.removeEventListener('abort', onAbort);
      resolve(websocket);
    });
    websocket.once('error', (error: NodeJS.ErrnoException) => {
      signal?.removeEventListener('abort', onAbort);
      // A socket file or token that an engine left behind when it was killed.
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(notLetIn(path, error));
    });
  });
}

function notLetIn(path: string, error: Error): AppError {
  return new AppError(
    {
      code: 'engine.disconnected',
      message: `The running engine did not accept a connection at ${path}: ${error.message}`,
      remedy: 'Try again. If it comes back, quit Golden Hour and start it again.',
    },
    { cause: error },
  );
}
