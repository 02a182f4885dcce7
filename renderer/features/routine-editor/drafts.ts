import { useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Routine } from '../../../shared/domain/routine-file.ts';
import { type AppClient, useAppClient } from '../../client/app-client.ts';
import type { Draft } from './draft.ts';

export interface KeptDraft {
  /** What it was made from; null: a new routine. */
  readonly base: Routine | null;
  readonly draft: Draft;
}

/** Drafts that were not saved, so that going elsewhere loses nothing. For as long as the window is open. */
export interface Drafts {
  get(routine: string): KeptDraft | null;
  /** Null: there is nothing to keep any more. */
  keep(routine: string, kept: KeptDraft | null): void;
}

type All = ReadonlyMap<string, KeptDraft>;
const ofClient = new WeakMap<AppClient, StoreApi<All>>();

function useDraftStore(): StoreApi<All> {
  const client = useAppClient();
  const store = ofClient.get(client) ?? createStore<All>(() => new Map());
  ofClient.set(client, store);
  return store;
}

// Neither has a line break in its name.
const keyOf = (environmentId: string, routine: string): string => `${environmentId}\n${routine}`;

export function useDrafts(environmentId: string): Drafts {
  const store = useDraftStore();
  return useMemo(
    () => ({
      get: (routine) => store.getState().get(keyOf(environmentId, routine)) ?? null,
      keep(routine, kept) {
        const key = keyOf(environmentId, routine);
        if ((store.getState().get(key) ?? null) === kept) return;
        const next = new Map(store.getState());
        if (kept === null) next.delete(key);
        else next.set(key, kept);
        store.setState(next, true);
      },
    }),
    [store, environmentId],
  );
}

/** Names of the routines of an environment that are not saved. */
export function useDraftNames(environmentId: string): readonly string[] {
  const all = useStore(useDraftStore());
  return [...all.keys()]
    .map((key) => key.split('\n'))
    .filter(([id]) => id === environmentId)
    .map(([, routine = '']) => routine);
}
