import { RPCLink } from '@orpc/client/websocket';
import { z } from 'zod';
import type { CallContext } from '../../shared/client.ts';
import type { Channel, Dial } from '../../shared/connection/channel.ts';

const sessionKey = 'goldenhour.session';
const sessionSchema = z.object({ token: z.string().min(32) });

/**
 * The browser's key to the engine. The link that was opened carries a token in its fragment, good for one exchange; what
 * comes back is kept for this tab and this origin only. Null when there is neither: the page was opened without its link.
 */
export async function takeBrowserSession(page: Window): Promise<string | null> {
  const offered = /^#token=([0-9a-f]{64})$/.exec(page.location.hash)?.[1];
  if (offered !== undefined) {
    page.history.replaceState(null, '', page.location.pathname);
    const answer = await page.fetch('/session', { method: 'POST', body: JSON.stringify({ token: offered }) });
    const session = answer.ok ? sessionSchema.safeParse(await answer.json()) : null;
    if (session?.success === true) {
      page.sessionStorage.setItem(sessionKey, session.data.token);
      return session.data.token;
    }
  }
  return page.sessionStorage.getItem(sessionKey);
}

/** The browser's door: a websocket to the server that gave us the page. A page can show its key only as a subprotocol. */
export function dialWebSocket(page: Location, session: string): Dial {
  return (signal) =>
    new Promise<Channel>((resolve, reject) => {
      const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
      const socket = new WebSocket(`${scheme}://${page.host}/rpc`, ['goldenhour', `token.${session}`]);
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
