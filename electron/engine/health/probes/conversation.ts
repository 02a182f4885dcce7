import type { Socket } from 'node:net';
import { ProbeFailure } from './failure.ts';

/** No reply that we ask for is longer; a peer that sends more is not what it was taken for. */
const replyLimit = 64 * 1024;

/** A bounded exchange of bytes with one peer. Everything fails with the reason of the signal once that is aborted. */
export interface Conversation {
  send(bytes: Uint8Array | string): void;
  /** Exactly so many bytes. */
  take(count: number): Promise<Buffer>;
  /** Up to and without the next line feed (and carriage return). */
  line(): Promise<string>;
  close(): void;
}

export function converse(socket: Socket, signal: AbortSignal): Conversation {
  let received: Buffer = Buffer.alloc(0);
  let ended: unknown;
  let wake: (() => void) | undefined;
  const stop = (reason: unknown): void => {
    ended ??= reason;
    wake?.();
  };
  const onAbort = (): void => {
    stop(signal.reason);
    socket.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (received.length > replyLimit) {
      stop(new ProbeFailure('It sent far more than an answer.'));
      socket.destroy();
    }
    wake?.();
  });
  socket.on('error', stop);
  socket.on('close', () => stop(new ProbeFailure('It closed the connection without an answer.')));

  async function until(length: () => number): Promise<Buffer> {
    for (;;) {
      const wanted = length();
      if (wanted >= 0 && received.length >= wanted) {
        const taken = received.subarray(0, wanted);
        received = received.subarray(wanted);
        return taken;
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    send(bytes) {
      socket.write(bytes);
    },
    take: (count) => until(() => count),
    async line() {
      const bytes = await until(() => received.indexOf(0x0a) + 1 || -1);
      return bytes.toString('utf8').replace(/\r?\n$/, '');
    },
    close() {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
    },
  };
}
