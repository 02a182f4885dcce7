import { RPCLink } from '@orpc/client/message-port';
import { z } from 'zod';
import type { CallContext } from '../../shared/client.ts';
import type { Channel, Dial } from '../../shared/connection/channel.ts';

const portMessageSchema = z.object({ type: z.literal('goldenhour:port') });

/** Asks the preload script for a port to the engine. Asking, rather than being given one, leaves no race at load. */
export function dialMessagePort(page: Window): Dial {
  return async (signal) => {
    const port = await askForPort(page, signal);
    const closed = new Set<() => void>();
    let open = true;
    port.addEventListener('close', () => {
      if (!open) return;
      open = false;
      for (const listener of closed) listener();
    });
    const link = new RPCLink<CallContext>({ port });
    port.start();
    return {
      link,
      onClose: (listener) => closed.add(listener),
      close: () => {
        open = false;
        port.close();
      },
    } satisfies Channel;
  };
}

function askForPort(page: Window, signal: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      page.removeEventListener('message', onMessage);
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      stop();
      reject(signal.reason);
    };
    const onMessage = (event: MessageEvent): void => {
      if (event.source !== page || event.origin !== page.location.origin) return;
      const port = event.ports[0];
      if (port === undefined || !portMessageSchema.safeParse(event.data).success) return;
      stop();
      resolve(port);
    };
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    page.addEventListener('message', onMessage);
    page.postMessage({ type: 'goldenhour:connect' }, page.location.origin);
  });
}
