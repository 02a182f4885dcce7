import type { Actor } from '../engine/api.ts';
import type { ServeWire } from './wire.ts';

/** The part of Electron's `MessagePortMain` (and of Node's `MessagePort`) that this door needs. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
}

/** Serves one window over one port. The main process has checked whose window it is. */
export function serveMessagePort(port: PortLike, serve: ServeWire, actor: Actor): void {
  serve(
    {
      send: (frame) => port.postMessage(frame),
      onFrame: (receive) => port.on('message', (message) => receive(message.data)),
      onClose: (closed) => port.on('close', closed),
    },
    actor,
  );
  port.start();
}
