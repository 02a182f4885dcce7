import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { EngineView } from '../../shared/contract/engines.ts';
import type { EnvironmentView } from '../../shared/contract/environments.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { AppState } from '../../shared/contract/streams.ts';
import type { Hello } from '../../shared/contract/system.ts';
import { type AppError, toAppError } from '../../shared/errors.ts';
import { type AppClient, type ConnectionView, useAppClient, type WireOptions } from './app-client.ts';

/** A part of the engine's state; null before the first snapshot. Compared shallowly. */
export function useAppState<T>(select: (state: AppState) => T): T | null {
  const { store } = useAppClient();
  return useStore(
    store,
    useShallow((client) =>
      client.known === null ? null : select(client.detached ? asPast(client.known.state) : client.known.state),
    ),
  );
}

/** While the engine itself is away, every environment is as it was last seen. */
const pasts = new WeakMap<AppState, AppState>();
function asPast(state: AppState): AppState {
  const known = pasts.get(state);
  if (known !== undefined) return known;
  const past = { ...state, environments: state.environments.map((one) => ({ ...one, stale: true })) };
  pasts.set(state, past);
  return past;
}

/** Why there is no engine, when somebody said so. */
export function useRefusal(): AppError | null {
  return useStore(useAppClient().store, (client) => client.refused);
}
/** The engine has been away for longer than a restart takes. */
export function useDetached(): boolean {
  return useStore(useAppClient().store, (client) => client.detached);
}

const none: readonly never[] = [];
export const useEnvironments = (): readonly EnvironmentView[] => useAppState((state) => state.environments) ?? none;
export const useEnvironment = (id: string | null): EnvironmentView | null =>
  useAppState((state) => state.environments.find((one) => one.id === id) ?? null);
export const useOperations = (): readonly OperationView[] => useAppState((state) => state.operations) ?? none;
export const useEngines = (): readonly EngineView[] => useAppState((state) => state.engines) ?? none;

export function useConnection(): ConnectionView {
  return useStore(useAppClient().store, (client) => client.connection);
}
export function useHello(): Hello | null {
  return useStore(useAppClient().store, (client) => client.hello);
}
/** When the engine was last heard, ISO time. */
export function useHeardAt(): string | null {
  return useStore(useAppClient().store, (client) => client.heardAt);
}

export interface Action {
  readonly busy: boolean;
  readonly error: AppError | null;
  /** Runs unless it is running already. Resolves with the result, or undefined when it failed (see `error`). */
  run<T>(work: (client: AppClient) => Promise<T>): Promise<T | undefined>;
  clear(): void;
}

/** State of one button's work: busy from the click on, and the error if it failed. */
export function useAction(): Action {
  const client = useAppClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const running = useRef(false);
  const run = useCallback(
    async <T>(work: (client: AppClient) => Promise<T>): Promise<T | undefined> => {
      if (running.current) return undefined;
      running.current = true;
      setBusy(true);
      setError(null);
      try {
        return await work(client);
      } catch (thrown) {
        setError(toAppError(thrown));
        return undefined;
      } finally {
        running.current = false;
        setBusy(false);
      }
    },
    [client],
  );
  const clear = useCallback(() => setError(null), []);
  return { busy, error, run, clear };
}

export interface Query<T> {
  readonly data: T | null;
  readonly error: AppError | null;
  readonly loading: boolean;
  refetch(): void;
}

/**
 * Loads something once per key, and again on `refetch` and after a reconnection. Null as key: not now. The last data of
 * the same key stays while it is being loaded again.
 */
export function useQuery<T>(
  key: string | null,
  run: (
    api: NonNullable<ReturnType<AppClient['store']['getState']>['session']>['client'],
    options: WireOptions,
  ) => Promise<T>,
): Query<T> {
  const client = useAppClient();
  const session = useStore(client.store, (state) => state.session);
  const [round, setRound] = useState(0);
  const [result, setResult] = useState<{
    key: string | null;
    data: T | null;
    error: AppError | null;
    loading: boolean;
  }>({
    key: null,
    data: null,
    error: null,
    loading: false,
  });
  const latest = useRef(run);
  latest.current = run;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` and `session` start it again on purpose
  useEffect(() => {
    if (key === null || session === null) return;
    const stop = new AbortController();
    setResult((last) => ({ key, data: last.key === key ? last.data : null, error: null, loading: true }));
    client
      .call((api, options) => latest.current(api, options), { signal: stop.signal })
      .then(
        (data) => {
          if (!stop.signal.aborted) setResult({ key, data, error: null, loading: false });
        },
        (error: unknown) => {
          if (stop.signal.aborted) return;
          setResult((last) => ({ ...last, key, error: toAppError(error), loading: false }));
        },
      );
    return () => stop.abort();
  }, [client, key, session, round]);

  const refetch = useCallback(() => setRound((n) => n + 1), []);
  const current = result.key === key;
  return {
    data: current ? result.data : null,
    error: current ? result.error : null,
    loading: key !== null && (!current || result.loading),
    refetch,
  };
}
