import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Wire } from './wire.ts';

export const subprotocol = 'goldenhour';
/** Where both network doors accept websockets. */
export const rpcPath = '/rpc';
const maxPayload = 8 * 1024 * 1024;
const maxConnections = 64;

export interface WebSocketDoor {
  /** Takes over an upgrade request that has been admitted. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, connected: (wire: Wire) => void): void;
  close(): void;
}

export function createWebSocketDoor(): WebSocketDoor {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload,
    // The token is offered as a subprotocol too; it is never echoed.
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  return {
    accept(request, socket, head, connected) {
      if (server.clients.size >= maxConnections) {
        refuseUpgrade(socket, '503 Service Unavailable');
        return;
      }
      server.handleUpgrade(request, socket, head, (websocket) => connected(toWire(websocket)));
    },
    close() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}

function toWire(websocket: WebSocket): Wire {
  // A peer that breaks the protocol is closed by ws; without a listener its error would end the process.
  websocket.on('error', () => undefined);
  return {
    send: (frame) => websocket.send(frame, () => undefined),
    onFrame: (receive) => websocket.on('message', (data, isBinary) => receive(isBinary ? undefined : String(data))),
    onClose: (closed) => websocket.on('close', closed),
  };
}

/** The token of `Sec-WebSocket-Protocol: goldenhour, token.<hex>`: the one header a page can set on a websocket. */
export function offeredToken(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  return offered.find((part) => part.startsWith('token.'))?.slice('token.'.length);
}

/** Compares without telling, by its duration, how much was right. */
export function sameToken(given: string | undefined, expected: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

export function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
