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
  get(environmentId: string, routine: string): KeptDraft | null;
  /** Null: there is nothing to keep any more. */
  keep(environmentId: string, routine: string, kept: KeptDraft | null): void;
  /** Names of the routines of an environment that have one. */
  names(environmentId: string): readonly string[];
}

const ofClient = new WeakMap<AppClient, Drafts>();

export function useDrafts(): Drafts {
  const client = useAppClient();
  const drafts = ofClient.get(client) ?? createDrafts();
  ofClient.set(client, drafts);
  return drafts;
}

function createDrafts(): Drafts {
  const all = new Map<string, Map<string, KeptDraft>>();
  return {
    get: (environmentId, routine) => all.get(environmentId)?.get(routine) ?? null,
    keep(environmentId, routine, kept) {
      const mine = all.get(environmentId) ?? new Map<string, KeptDraft>();
      all.set(environmentId, mine);
      if (kept === null) mine.delete(routine);
      else mine.set(routine, kept);
    },
    names: (environmentId) => [...(all.get(environmentId)?.keys() ?? [])],
  };
}
