import { connect, type Socket } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Opens a TCP connection. Rejects with the system's error (`ECONNREFUSED`…), or the signal's reason. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<Socket>;

export const dial: Dial = ({ host, port }, signal) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const socket = connect({ host, port, noDelay: true });
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', (error) => {
      signal.removeEventListener('abort', abort);
      reject(error);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
      // Errors from here on belong to whoever reads.
      resolve(socket);
    });
  });
