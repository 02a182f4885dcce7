import { RPCLink } from '@orpc/client/websocket';
import type { CallContext } from '../../shared/client.ts';
import type { Channel, Dial } from './channel.ts';
import { sessionToken } from './session-token.ts';

/** The browser's door: a websocket to the server that gave us the page. The session token is the key. */
export function dialWebSocket(page: Window): Dial {
  return async (signal) => {
    const token = await sessionToken(page, signal);
    return await new Promise<Channel>((resolve, reject) => {
      // A subprotocol is the one header that a page can set on a websocket.
      const socket = new WebSocket(`ws://${page.location.host}/rpc`, [
        'goldenhour',
        ...(token === null ? [] : [`token.${token}`]),
      ]);
      const closed = new Set<() => void>();
      let ours = false;
      const onAbort = (): void => {
        ours = true;
        socket.close();
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      socket.addEventListener('close', () => {
        signal.removeEventListener('abort', onAbort);
        reject(new Error('The connection was closed.'));
        if (ours) return;
        for (const listener of closed) listener();
      });
      socket.addEventListener('open', () => {
        signal.removeEventListener('abort', onAbort);
        resolve({
          link: new RPCLink<CallContext>({ websocket: socket }),
          onClose: (listener) => closed.add(listener),
          close: () => {
            ours = true;
            socket.close();
          },
        });
      });
    });
  };
}
