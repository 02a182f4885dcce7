import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import WebSocket from 'ws';
import { serveHttp } from '../../electron/doors/http.ts';
import { createInProcessClient } from '../../electron/doors/in-process.ts';
import { serveMessagePort } from '../../electron/doors/message-port.ts';
import type { EngineRouter } from '../../electron/doors/router.ts';
import { serveSocket } from '../../electron/doors/socket.ts';
import { connectSocket } from '../../electron/doors/socket-client.ts';
import { createServeWire } from '../../electron/doors/wire.ts';
import type { Actor } from '../../electron/engine/api.ts';
import { type CallContext, createEngineClient, disconnected, type EngineClient } from '../../shared/client.ts';

export interface OpenDoor {
  readonly client: EngineClient;
  /** Cuts the connection from the server's side; undefined where there is none to cut. */
  readonly cut: (() => void) | undefined;
  close(): Promise<void>;
}

export interface DoorKind {
  readonly name: string;
  readonly actor: Actor;
  open(router: EngineRouter): Promise<OpenDoor>;
}

const actor = (door: Actor['door']): Actor => ({ door, user: 'kim' });

/** Every way to reach the engine, opened for real, with a client on the other end. */
export const doorKinds: readonly DoorKind[] = [
  {
    name: 'in process',
    actor: actor('cli'),
    async open(router) {
      return { client: createInProcessClient(router, this.actor), cut: undefined, close: async () => undefined };
    },
  },
  {
    name: 'message port',
    actor: actor('window'),
    async open(router) {
      const { port1, port2 } = new MessageChannel();
      serveMessagePort(
        {
          postMessage: (message) => port1.postMessage(message),
          on: (event, listener: (message: { data: unknown }) => void) =>
            event === 'message'
              ? port1.on('message', (data: unknown) => listener({ data }))
              : port1.on('close', () => listener({ data: undefined })),
          start: () => port1.start(),
        },
        createServeWire(router),
        this.actor,
      );
      const closed = new AbortController();
      port2.on('close', () => closed.abort(disconnected()));
      const link = new PortLink<CallContext>({ port: port2 as unknown as MessagePort });
      port2.start();
      return {
        client: createEngineClient({ link, closed: closed.signal }),
        cut: () => port1.close(),
        close: async () => port2.close(),
      };
    },
  },
  {
    name: 'http',
    actor: actor('browser'),
    async open(router) {
      const door = await serveHttp({ pageFolder: tmpdir(), serve: createServeWire(router), actor: this.actor });
      const token = await exchange(door.origin, door.newLink());
      const websocket = new WebSocket(`${door.origin.replace('http', 'ws')}/rpc`, ['goldenhour', `token.${token}`]);
      const closed = new AbortController();
      websocket.on('close', () => closed.abort(disconnected()));
      const link = new WebSocketLink<CallContext>({ websocket: websocket as unknown as globalThis.WebSocket });
      return {
        client: createEngineClient({ link, closed: closed.signal }),
        cut: () => void door.close(),
        async close() {
          websocket.terminate();
          await door.close();
        },
      };
    },
  },
  {
    name: 'socket',
    actor: actor('socket'),
    async open(router) {
      const dataFolder = await mkdtemp(join(tmpdir(), 'doors-'));
      const door = await serveSocket({
        dataFolder,
        environment: {},
        serve: createServeWire(router),
        actor: this.actor,
      });
      const engine = await connectSocket({ dataFolder, environment: {} });
      if (engine === undefined) throw new Error('The socket door is not there.');
      return {
        client: engine.client,
        cut: () => void door.close(),
        async close() {
          await engine.close();
          await door.close();
          await rm(dataFolder, { recursive: true, force: true });
        },
      };
    },
  },
];

/** What the page does with the link it was opened by. */
export async function exchange(origin: string, link: string): Promise<string> {
  const token = new URL(link).hash.replace('#token=', '');
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { origin },
    body: JSON.stringify({ token }),
  });
  if (!answer.ok) throw new Error(`The link was refused: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}
