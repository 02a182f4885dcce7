import { RPCLink } from '@orpc/client/websocket';
import type { CallContext } from '../../shared/client.ts';
import type { Channel, Dial } from './channel.ts';

/** The browser's door: a websocket to the server that gave us the page. The session cookie of the page is the key. */
export function dialWebSocket(page: Location): Dial {
  return (signal) =>
    new Promise<Channel>((resolve, reject) => {
      const socket = new WebSocket(`${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/rpc`, 'goldenhour');
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
}
