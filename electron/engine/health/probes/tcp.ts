import type { Socket } from 'node:net';
import { ProbeFailure } from './failure.ts';

/** How long a connection must hold. Docker's port proxy accepts everything and hangs up when nothing listens behind it. */
const holdMs = 150;

/** Resolves when the connection holds, or the peer says something; fails when the peer hangs up at once. */
export async function probeTcp(socket: Socket, signal: AbortSignal): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => settle(), holdMs);
    const onAbort = (): void => settle(signal.reason);
    const onError = (error: Error): void => settle(error);
    const onClose = (): void => settle(new ProbeFailure('It hangs up at once: nothing listens in the container.'));
    const onData = (): void => settle();
    function settle(error?: unknown): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.off('close', onClose).off('end', onClose).off('data', onData);
      if (error === undefined) resolve();
      else reject(error);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    // Stays on: whatever comes after we decided is of no interest, but must not be thrown.
    socket.on('error', onError);
    socket.on('close', onClose).on('end', onClose).on('data', onData);
  });
  return 'Takes connections.';
}
