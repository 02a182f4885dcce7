import { createContext, use } from 'react';
import { z } from 'zod';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { formatRoute, home, parseRoute, type Route } from './routes.ts';

export interface DockState {
  readonly open: boolean;
  readonly tab: 'logs' | 'terminal';
  /** Pixels. */
  readonly height: number;
  /** What the log view shows; no services means all of them. */
  readonly logs: { readonly environmentId: string; readonly services: readonly string[] | null } | null;
  /** A terminal somebody asked for; each request has its own number. */
  readonly terminalRequest: { readonly id: number; readonly place: TerminalPlace } | null;
  /** Counts how often the keyboard was to go to the terminal that is shown. */
  readonly terminalFocus: number;
}

/** Where a terminal opens: in a service's container, or on this machine in a folder of the stack (absent: its own). */
export type TerminalPlace =
  | { readonly environmentId: string; readonly service: string }
  | { readonly environmentId: string | null; readonly folder?: string };

/** Where the window is: the page, the environment it is about, and what is open around it. */
export interface WorkbenchState {
  readonly route: Route;
  /** The environment that pages without one of their own speak about. */
  readonly environmentId: string | null;
  readonly dock: DockState;
  readonly paletteOpen: boolean;
  readonly keysOpen: boolean;
}

export interface WorkbenchActions {
  navigate(route: Route): void;
  selectEnvironment(environmentId: string | null): void;
  openLogs(environmentId: string, services?: readonly string[]): void;
  /** Opens a terminal there, in the dock, and gives it the keyboard. */
  openTerminal(place: TerminalPlace): void;
  /** Shows the terminals and gives the active one the keyboard. */
  showTerminals(): void;
  setDockOpen(open: boolean): void;
  setDockTab(tab: DockState['tab']): void;
  setDockHeight(height: number): void;
  setPaletteOpen(open: boolean): void;
  setKeysOpen(open: boolean): void;
}

export interface Workbench {
  readonly store: StoreApi<WorkbenchState>;
  readonly actions: WorkbenchActions;
}

/** What is remembered from one start to the next. */
const placeSchema = z.object({
  hash: z.string().max(2000),
  environmentId: z.string().nullable(),
  dock: z.object({ open: z.boolean(), tab: z.enum(['logs', 'terminal']), height: z.number().min(80).max(2000) }),
});
const placeKey = 'goldenhour.place';

export interface PlaceStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

function recall(places: PlaceStore): z.infer<typeof placeSchema> | null {
  try {
    const parsed = placeSchema.safeParse(JSON.parse(places.getItem(placeKey) ?? 'null'));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** @param hash the address the window was opened with; it wins over the remembered place. */
export function createWorkbench(places: PlaceStore, hash = ''): Workbench {
  const last = recall(places);
  const route = hash.length > 1 ? parseRoute(hash) : last === null ? home : parseRoute(last.hash);
  const store = createStore<WorkbenchState>(() => ({
    route,
    environmentId: route.page === 'stack' ? route.environmentId : (last?.environmentId ?? null),
    dock: {
      open: last?.dock.open ?? false,
      tab: last?.dock.tab ?? 'logs',
      height: last?.dock.height ?? 220,
      logs: null,
      terminalRequest: null,
      terminalFocus: 0,
    },
    paletteOpen: false,
    keysOpen: false,
  }));
  store.subscribe((state) => {
    const { open, tab, height } = state.dock;
    const place = { hash: formatRoute(state.route), environmentId: state.environmentId, dock: { open, tab, height } };
    try {
      places.setItem(placeKey, JSON.stringify(place));
    } catch {
      // Storage that is full or forbidden costs the memory of the place, nothing else.
    }
  });
  const setDock = (change: Partial<DockState>): void =>
    store.setState((state) => ({ dock: { ...state.dock, ...change } }));
  let requests = 0;

  const actions: WorkbenchActions = {
    navigate: (next) =>
      store.setState(next.page === 'stack' ? { route: next, environmentId: next.environmentId } : { route: next }),
    selectEnvironment: (environmentId) => store.setState({ environmentId }),
    openLogs: (environmentId, services) =>
      setDock({ open: true, tab: 'logs', logs: { environmentId, services: services ?? null } }),
    openTerminal: (place) => {
      requests += 1;
      setDock({ open: true, tab: 'terminal', terminalRequest: { id: requests, place } });
    },
    showTerminals: () =>
      setDock({ open: true, tab: 'terminal', terminalFocus: store.getState().dock.terminalFocus + 1 }),
    setDockOpen: (open) => setDock({ open }),
    setDockTab: (tab) => setDock({ open: true, tab }),
    setDockHeight: (height) => setDock({ height: Math.round(Math.min(1200, Math.max(120, height))) }),
    setPaletteOpen: (paletteOpen) => store.setState({ paletteOpen }),
    setKeysOpen: (keysOpen) => store.setState({ keysOpen }),
  };
  return { store, actions };
}

const WorkbenchContext = createContext<Workbench | null>(null);
export const WorkbenchProvider = WorkbenchContext.Provider;

function useBench(): Workbench {
  const bench = use(WorkbenchContext);
  if (bench === null) throw new Error('useWorkbench needs a WorkbenchProvider above it.');
  return bench;
}

export function useWorkbench<T>(select: (state: WorkbenchState) => T): T {
  return useStore(useBench().store, select);
}
export function useWorkbenchActions(): WorkbenchActions {
  return useBench().actions;
}
