import { createContext, use } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TerminalView } from '../../../../shared/contract/streams.ts';
import { type AppError, toAppError } from '../../../../shared/errors.ts';
import type { AppClient } from '../../../client/app-client.ts';
import { followStream } from '../../../client/follow.ts';
import { copyText } from '../../../ui/copy-button.tsx';
import type { TerminalPlace } from '../../../ui/workbench.ts';
import type { TerminalSession } from './session-types.ts';
import { createTerminalSession } from './terminal-session.ts';

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
  /** Ends it, after asking when something runs in it. */
  close(id: string): Promise<void>;
  /** Ends it and what runs in it. */
  end(id: string): Promise<void>;
  /** Null: it goes by its place again. */
  rename(id: string, name: string | null): Promise<void>;
  /** One to the left (-1) or to the right (1) among the tabs. */
  move(id: string, by: -1 | 1): Promise<void>;
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
    for (const view of listed) if (view.state === 'waiting') sessions.get(view.id)?.lost();
  };
  let session = client.store.getState().session;
  const onSession = (): void => {
    if (session !== null) void refresh().catch(() => undefined);
  };
  onSession();
  let reader = client.state()?.settings.terminalScreenReader === true;
  const unsubscribe = client.store.subscribe((state) => {
    const wanted = client.state()?.settings.terminalScreenReader === true;
    if (wanted !== reader) {
      reader = wanted;
      for (const one of sessions.values()) one.screenReader(reader);
    }
    if (state.session === session) return;
    session = state.session;
    onSession();
  });

  const replace = (view: TerminalView): void =>
    store.setState((state) => ({ views: state.views.map((one) => (one.id === view.id ? view : one)) }));
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      store.setState({ error: toAppError(error) });
    }
  };

  const actions: Terminals = {
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
      if (session !== undefined && (session.state.status === 'live' || session.state.status === 'attaching')) {
        const programs = await client
          .call((api, options) => api.terminal.activity({ terminalId: id }, options), { deadlineMs: 4000 })
          .then(
            (activity) => activity.programs,
            () => null,
          );
        if (programs === null || programs.length > 0) {
          store.setState({ activeId: id });
          session.ask({ kind: 'close', programs: programs ?? [] });
          return;
        }
      }
      await actions.end(id);
    },
    rename: (id, name) =>
      attempt(async () => {
        const renamed = await client.call((api, options) => api.terminal.rename({ terminalId: id, name }, options));
        replace(renamed);
      }),
    move: (id, by) =>
      attempt(async () => {
        const views = [...store.getState().views];
        const from = views.findIndex((view) => view.id === id);
        const view = views[from];
        const to = from + by;
        if (view === undefined || to < 0 || to >= views.length) return;
        views.splice(from, 1);
        views.splice(to, 0, view);
        store.setState({ views });
        const terminalIds = views.map((one) => one.id);
        await client.call((api, options) => api.terminal.arrange({ terminalIds }, options));
      }),
    async end(id) {
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
        restore: async (terminalId, columns, rows) => {
          const restored = await client.call((api, options) =>
            api.terminal.restore({ terminalId, columns, rows }, options),
          );
          replace(restored);
          return restored;
        },
        resize: (terminalId, columns, rows) =>
          client.call((api, options) => api.terminal.resize({ terminalId, columns, rows }, options)),
        copy: (text) => void copyText(text).catch(() => undefined),
      });
      made.screenReader(reader);
      sessions.set(view.id, made);
      return made;
    },
    dispose() {
      unsubscribe();
      for (const one of sessions.values()) one.dispose();
      sessions.clear();
    },
  };
  return actions;
}

const TerminalsContext = createContext<Terminals | null>(null);
export const TerminalsProvider = TerminalsContext.Provider;

export function useTerminals(): Terminals {
  const terminals = use(TerminalsContext);
  if (terminals === null) throw new Error('useTerminals needs a DockProvider above it.');
  return terminals;
}
