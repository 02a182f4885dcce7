import { z } from 'zod';
import type { HealthStore } from './health-store.ts';

const key = 'pauses';
const schema = z.record(z.string(), z.number());
/** In place of an environment: all of them. */
const everywhere = '*';

/** Until when nobody watches what, ms since the epoch. Survives the end of the engine; what has ended ends by itself. */
export interface Pauses {
  /** Environment null: all. Until null: no longer. */
  set(environmentId: string | null, until: number | null, at: number, known: readonly string[]): void;
  /** Null: it is watched. */
  until(environmentId: string, at: number): number | null;
  /** Forgets what has ended; true: something had. */
  end(at: number): boolean;
  forget(environmentId: string): void;
  list(): Record<string, number>;
}

export function createPauses(store: Pick<HealthStore, 'recall' | 'remember'>, at: number): Pauses {
  const paused = new Map<string, number>(Object.entries(schema.safeParse(store.recall(key)).data ?? {}));
  const save = (): void => store.remember(key, Object.fromEntries(paused), true);

  function end(now: number): boolean {
    const over = [...paused].filter(([, until]) => until <= now);
    for (const [id] of over) paused.delete(id);
    if (over.length > 0) save();
    return over.length > 0;
  }

  end(at);
  return {
    set(environmentId, until, now, known) {
      const ends = until !== null && until > now ? until : null;
      const all = paused.get(everywhere);
      if (environmentId === null) {
        if (ends === null) paused.clear();
        else paused.set(everywhere, ends);
      } else if (ends !== null) {
        paused.set(environmentId, ends);
      } else {
        paused.delete(environmentId);
        // One of all is watched again: the others are paused one by one.
        if (all !== undefined) {
          paused.delete(everywhere);
          for (const id of known)
            if (id !== environmentId) paused.set(id, Math.max(all, paused.get(id) ?? Number.NEGATIVE_INFINITY));
        }
      }
      save();
    },
    until(environmentId, now) {
      const until = Math.max(
        paused.get(environmentId) ?? Number.NEGATIVE_INFINITY,
        paused.get(everywhere) ?? Number.NEGATIVE_INFINITY,
      );
      return until > now ? until : null;
    },
    end,
    forget(environmentId) {
      if (paused.delete(environmentId)) save();
    },
    list: () => Object.fromEntries(paused),
  };
}
