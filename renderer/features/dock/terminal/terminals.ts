import { createContext, use } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { type AppError, toAppError } from '../../../../shared/errors.ts';
import type { AppClient } from '../../../client/app-client.ts';
import { followStream } from '../../../client/follow.ts';
import { copyText } from '../../../ui/copy-button.tsx';
import type { TerminalPlace } from '../../../ui/workbench.ts';
import { createTerminalSession, type TerminalSession } from './terminal-session.ts';

export interface TerminalsState {
  readonly views: readonly TerminalView[];
  readonly activeId: string | null;
  readonly opening: boolean;
  /** Takes the keyboard when it is shown; set by opening and choosing, not by arriving. */
  readonly focusId: string | null;
  readonly error: AppError | null;
}

/** The terminals of this window: what the engine runs, and the screens we keep for them. */
export interface Terminals {
  readonly store: StoreApi<TerminalsState>;
  /** Opens a shell and makes it the active one. Resolves with its id, or null when it failed (see `error`). */
  open(place: TerminalPlace): Promise<string | null>;
  close(id: string): Promise<void>;
  select(id: string): void;
  /** The terminal that was to take the keyboard has it. */
  focused(): void;
  clearError(): void;
  /** Its screen, made when it is first looked at. */
  session(view: TerminalView): TerminalSession;
  dispose(): void;
}

export function createTerminals(client: AppClient): Terminals {
  const sessions = new Map<string, TerminalSession>();
  const store = createStore<TerminalsState>(() => ({
    views: [],
    activeId: null,
    opening: false,
    focusId: null,
    error: null,
  }));

  const put = (views: readonly TerminalView[]): void =>
    store.setState((state) => ({
      views,
      activeId: views.some((view) => view.id === state.activeId) ? state.activeId : (views.at(-1)?.id ?? null),
    }));

  /** After a reload or a reconnection: the engine knows which terminals there are. */
  const refresh = async (): Promise<void> => {
    const listed = await client.call((api, options) => api.terminal.list(undefined, options));
    const known = new Set(listed.map((view) => view.id));
    // A terminal whose end was not seen yet stays until somebody closes it; its screen says what happened.
    const kept = store.getState().views.filter((view) => !known.has(view.id) && sessions.has(view.id));
    put([...listed, ...kept]);
  };
  let session = client.store.getState().session;
  const onSession = (): void => {
    if (session !== null) void refresh().catch(() => undefined);
  };
  onSession();
  const unsubscribe = client.store.subscribe((state) => {
    if (state.session === session) return;
    session = state.session;
    onSession();
  });

  return {
    store,
    async open(place) {
      store.setState({ opening: true, error: null });
      try {
        const view = await client.call((api, options) =>
          'service' in place ? api.terminal.open(place, options) : api.terminal.openHost(place, options),
        );
        store.setState((state) => ({
          views: [...state.views, view],
          activeId: view.id,
          focusId: view.id,
          opening: false,
        }));
        return view.id;
      } catch (error) {
        store.setState({ opening: false, error: toAppError(error) });
        return null;
      }
    },
    async close(id) {
      const session = sessions.get(id);
      sessions.delete(id);
      put(store.getState().views.filter((view) => view.id !== id));
      session?.dispose();
      try {
        await client.call((api, options) => api.terminal.close({ terminalId: id }, options));
      } catch (thrown) {
        const error = toAppError(thrown);
        // Gone is what we wanted.
        if (error.code !== 'terminal.not-found') store.setState({ error });
      }
    },
    select: (id) => store.setState({ activeId: id, focusId: id }),
    focused: () => store.setState({ focusId: null }),
    clearError: () => store.setState({ error: null }),
    session(view) {
      const known = sessions.get(view.id);
      if (known !== undefined) return known;
      const made = createTerminalSession(view, {
        stream: ({ terminalId, ...stream }) =>
          followStream(client, {
            ...stream,
            open: (api, flow, options) => api.terminal.attach({ flow, terminalId }, options),
          }),
        input: (terminalId, data) => client.call((api, options) => api.terminal.input({ terminalId, data }, options)),
        resize: (terminalId, columns, rows) =>
          client.call((api, options) => api.terminal.resize({ terminalId, columns, rows }, options)),
        copy: (text) => void copyText(text).catch(() => undefined),
      });
      sessions.set(view.id, made);
      return made;
    },
    dispose() {
      unsubscribe();
      for (const one of sessions.values()) one.dispose();
      sessions.clear();
    },
  };
}

const TerminalsContext = createContext<Terminals | null>(null);
export const TerminalsProvider = TerminalsContext.Provider;

export function useTerminals(): Terminals {
  const terminals = use(TerminalsContext);
  if (terminals === null) throw new Error('useTerminals needs a DockProvider above it.');
  return terminals;
}
