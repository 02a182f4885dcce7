import { RPCLink } from '@orpc/client/message-port';
import type { MessagePortMain } from 'electron';
import { type CallContext, disconnected, type EngineClient } from '../../shared/client.ts';
import type { Known } from '../../shared/connection/app-state.ts';
import type { Channel } from '../../shared/connection/channel.ts';
import { keepConnected, type Session } from '../../shared/connection/connection.ts';
import { watchState } from '../../shared/connection/watch-state.ts';

export interface EngineClientOptions {
  /** A port to the engine's process. Throws while there is none. */
  dial(): MessagePortMain;
  /** The engine's state is another, or (null) the engine is away. */
  onState(known: Known | null): void;
  /** A connection was made, also after the engine was started again. */
  onSession(): void;
}

/** Tray and notifications as a client of the engine like any other. */
export interface DesktopEngine {
  /** What was last known, also while the engine is away. */
  last(): Known | null;
  connected(): boolean;
  /** Rejects with `engine.disconnected` while the engine is away. */
  call<T>(run: (client: EngineClient) => Promise<T>): Promise<T>;
  close(): void;
}

/**
 * Timers that are set while Chromium delivers a message do not wake Node's loop, and without a window on the screen
 * nothing else may. One that always runs keeps the others from oversleeping.
 */
const wakeMs = 500;

export function followEngine(options: EngineClientOptions): DesktopEngine {
  const stop = new AbortController();
  const wake = setInterval(() => undefined, wakeMs);
  let known: Known | null = null;
  let session: Session | null = null;
  void keepConnected(
    async () => channelOf(options.dial()),
    {
      onSession(next) {
        session = next;
        options.onSession();
        void watchState(
          next,
          () => known,
          (value) => {
            known = value;
            if (!stop.signal.aborted) options.onState(value);
          },
        );
      },
      onLost() {
        session = null;
        if (!stop.signal.aborted) options.onState(null);
      },
      // The window tells why.
      onRefused: () => undefined,
      onSilent: () => undefined,
    },
    stop.signal,
  );
  return {
    last: () => known,
    connected: () => session !== null,
    async call(run) {
      if (session === null) throw disconnected();
      return run(session.client);
    },
    close() {
      clearInterval(wake);
      stop.abort();
    },
  };
}

function channelOf(port: MessagePortMain): Channel {
  const listeners: (() => void)[] = [];
  let open = true;
  port.on('close', () => {
    if (!open) return;
    open = false;
    for (const listener of listeners) listener();
  });
  const link = new RPCLink<CallContext>({ port: port as never });
  port.start();
  return {
    link,
    onClose: (listener) => listeners.push(listener),
    close() {
      open = false;
      port.close();
    },
  };
}
