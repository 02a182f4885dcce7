import { createContext, use } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type CallContext, disconnected, type EngineClient } from '../../shared/client.ts';
import type { Known } from '../../shared/connection/app-state.ts';
import type { Dial } from '../../shared/connection/channel.ts';
import { type ConnectionTimes, keepConnected, type Session } from '../../shared/connection/connection.ts';
import { watchState } from '../../shared/connection/watch-state.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Hello } from '../../shared/contract/system.ts';
import type { AppError } from '../../shared/errors.ts';

export interface ConnectionView {
  /** `silent`: the wire is open but nobody answers. `lost`: being dialled again. */
  readonly state: 'connecting' | 'connected' | 'silent' | 'lost';
  /** ISO time. */
  readonly since: string;
}

/** What the window knows. The last snapshot stays when the connection goes. */
export interface ClientState {
  readonly connection: ConnectionView;
  readonly session: Session | null;
  readonly hello: Hello | null;
  readonly known: Known | null;
  /** Somebody answered at the last attempt, and said why there is no engine. */
  readonly refused: AppError | null;
  /** The engine has been away for longer than a restart takes: what is known is the past. */
  readonly detached: boolean;
  /** When the last event or sign of life came, ISO time. */
  readonly heardAt: string | null;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Null: as long as it takes. */
  readonly deadlineMs?: number | null | undefined;
}

/** Options in the form the client takes them; hand them on as the second argument. */
export interface WireOptions {
  readonly signal?: AbortSignal;
  readonly context: CallContext;
}

export interface AppClient {
  readonly store: StoreApi<ClientState>;
  /**
   * One call to the engine: `call((api, o) => api.environments.stop({ environmentId }, o))`.
   * Rejects with an AppError, at once when there is no connection.
   */
  call<T>(run: (api: EngineClient, options: WireOptions) => Promise<T>, options?: CallOptions): Promise<T>;
  /** The current snapshot, or null before the first. */
  state(): AppState | null;
  close(): void;
}

const graceMs = 600;

/** The window's one connection and the one store it feeds. */
export function createAppClient(options: {
  readonly dial: Dial;
  readonly now: () => Date;
  readonly times?: ConnectionTimes;
}): AppClient {
  const end = new AbortController();
  const at = (): string => options.now().toISOString();
  const store = createStore<ClientState>(() => ({
    connection: { state: 'connecting', since: at() },
    session: null,
    hello: null,
    known: null,
    refused: null,
    detached: false,
    heardAt: null,
  }));
  const turn = (state: ConnectionView['state']): ConnectionView => ({ state, since: at() });
  let away: ReturnType<typeof setTimeout> | null = null;
  const settle = (connected: boolean): void => {
    if (away !== null) clearTimeout(away);
    // A restart of the engine takes a third of a second: not worth greying everything for.
    away = connected ? null : setTimeout(() => store.setState({ detached: true }), graceMs);
    if (connected) store.setState({ detached: false });
  };

  void keepConnected(
    options.dial,
    {
      onSession: (session) => {
        settle(true);
        store.setState({ session, hello: session.hello, refused: null, connection: turn('connected'), heardAt: at() });
        void watchState(
          session,
          () => store.getState().known,
          (known) => store.setState({ known, heardAt: at() }),
        );
      },
      onLost: () => {
        settle(false);
        store.setState({ session: null, connection: turn('lost') });
      },
      onRefused: (refused) => store.setState({ refused }),
      onSilent: (silent) => {
        settle(!silent);
        store.setState({ connection: turn(silent ? 'silent' : 'connected') });
      },
    },
    end.signal,
    options.times,
  );

  return {
    store,
    async call(run, callOptions = {}) {
      const session = store.getState().session;
      if (session === null) throw disconnected();
      const { signal, deadlineMs } = callOptions;
      return await run(session.client, {
        ...(signal === undefined ? {} : { signal }),
        context: deadlineMs === undefined ? {} : { deadlineMs },
      });
    },
    state: () => store.getState().known?.state ?? null,
    close: () => {
      end.abort();
      if (away !== null) clearTimeout(away);
    },
  };
}

const AppClientContext = createContext<AppClient | null>(null);
export const AppClientProvider = AppClientContext.Provider;

export function useAppClient(): AppClient {
  const client = use(AppClientContext);
  if (client === null) throw new Error('useAppClient needs an AppClientProvider above it.');
  return client;
}
