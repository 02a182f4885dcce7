import { useEffect, useRef } from 'react';
import type { Impact, RepositoryView } from '../../shared/contract/git.ts';
import type { RoutineRun, RoutineTrend, RoutineView, TrustView } from '../../shared/contract/routines.ts';
import { useRefresh } from '../ui/use-refresh.ts';
import { type AppClient, useAppClient } from './app-client.ts';
import { type Query, useAppState, useQuery } from './hooks.ts';

const none: readonly never[] = [];

/** All runs that are under way, and the newest that ended of each routine. */
export const useRoutineRuns = (): readonly RoutineRun[] => useAppState((state) => state.routineRuns) ?? none;

/** The run that is under way on an environment, or on any when it is null; the newest first. */
export function useRunningRun(environmentId: string | null): RoutineRun | null {
  return (
    useRoutineRuns()
      .filter((one) => one.state === 'running' && (environmentId === null || one.environmentId === environmentId))
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0] ?? null
  );
}

/** A run by its id: from the state while it is there, else asked for once. */
export function useRun(runId: string): { readonly run: RoutineRun | null; readonly query: Query<RoutineRun> } {
  const live = useAppState((state) => state.routineRuns.find((one) => one.id === runId) ?? null);
  const query = useQuery(live === null ? `run ${runId}` : null, (api, options) => api.routines.get({ runId }, options));
  return { run: live ?? query.data, query };
}

/** Changes whenever something ended that routines, repositories or the day's summary may look different after. */
export function useDaySign(environmentId: string | null): string {
  return (
    useAppState((state) =>
      JSON.stringify([
        state.routineRuns.filter((one) => one.state === 'ended').map((one) => [one.id, one.endedAt]),
        state.operations.filter((one) => one.endedAt !== null && one.environmentId === environmentId).length,
      ]),
    ) ?? ''
  );
}

/** Going to and fro between two windows is no reason to ask each time, ms. */
const focusEveryMs = 10_000;

/** Asks again when the window gets the focus back: what was done elsewhere in the meantime shows. */
export function useFocusRefresh(refetch: () => void): void {
  const asked = useRef(Date.now());
  useEffect(() => {
    const again = (): void => {
      if (document.visibilityState !== 'visible' || Date.now() - asked.current < focusEveryMs) return;
      asked.current = Date.now();
      refetch();
    };
    window.addEventListener('focus', again);
    document.addEventListener('visibilitychange', again);
    return () => {
      window.removeEventListener('focus', again);
      document.removeEventListener('visibilitychange', again);
    };
  }, [refetch]);
}

/** The routines of an environment as they are written; nothing is measured. */
export function useRoutines(environmentId: string | null): Query<RoutineView[]> {
  const query = useQuery(environmentId === null ? null : `routines ${environmentId}`, (api, options) =>
    api.routines.list({ environmentId: environmentId ?? '' }, options),
  );
  useRefresh(useDaySign(environmentId), query.refetch);
  useFocusRefresh(query.refetch);
  return query;
}

/** What was measured this recently is shown again without measuring, ms. */
const measuredMs = 60_000;
const measured = new WeakMap<
  AppClient,
  Map<string, { readonly at: number; readonly sign: string; readonly view: RoutineView }>
>();

/** One routine with what each step would do now. It measures and asks git, so not with every look at the page. */
export function useRoutinePreview(environmentId: string | null, routine: string): Query<RoutineView> {
  const client = useAppClient();
  const sign = useDaySign(environmentId);
  const key = `preview ${environmentId} ${routine}`;
  const query = useQuery(environmentId === null ? null : key, async (api, options) => {
    const kept = measured.get(client) ?? new Map();
    measured.set(client, kept);
    const last = kept.get(key);
    if (last !== undefined && last.sign === sign && Date.now() - last.at < measuredMs) return last.view;
    const view = await api.routines.preview(
      { environmentId: environmentId ?? '', routine },
      { ...options, context: { deadlineMs: 120_000 } },
    );
    kept.set(key, { at: Date.now(), sign, view });
    return view;
  });
  useRefresh(sign, query.refetch);
  useFocusRefresh(query.refetch);
  return query;
}

export function useTrust(environmentId: string, routine: string): Query<TrustView> {
  return useQuery(`trust ${environmentId} ${routine}`, (api, options) =>
    api.routines.trust({ environmentId, routine }, options),
  );
}

/** Earlier runs of a routine, newest first. */
export function useRuns(environmentId: string, routine: string, limit: number): Query<RoutineRun[]> {
  const query = useQuery(`runs ${environmentId} ${routine} ${limit}`, (api, options) =>
    api.routines.runs({ environmentId, routine, limit }, options),
  );
  useRefresh(useDaySign(environmentId), query.refetch);
  return query;
}

export function useTrend(environmentId: string, routine: string): Query<RoutineTrend> {
  const query = useQuery(`trend ${environmentId} ${routine}`, (api, options) =>
    api.routines.trend({ environmentId, routine }, options),
  );
  useRefresh(useDaySign(environmentId), query.refetch);
  return query;
}

/** The repositories of an environment, as they were last read. Never waited for. */
export function useRepositories(environmentId: string | null): Query<RepositoryView[]> {
  const query = useQuery(environmentId === null ? null : `repositories ${environmentId}`, (api, options) =>
    api.git.repositories({ environmentId: environmentId ?? '' }, options),
  );
  useRefresh(useDaySign(environmentId), query.refetch);
  useFocusRefresh(query.refetch);
  return query;
}

/** What the changes in the working tree concern. */
export function useImpact(environmentId: string | null): Query<Impact> {
  const query = useQuery(environmentId === null ? null : `impact ${environmentId}`, (api, options) =>
    api.git.impact({ environmentId: environmentId ?? '' }, options),
  );
  useRefresh(useDaySign(environmentId), query.refetch);
  useFocusRefresh(query.refetch);
  return query;
}
