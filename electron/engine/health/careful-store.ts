import type { HealthStore } from './health-store.ts';

/** A disk that is full says so with every write. */
const complainEveryMs = 60_000;

/**
 * A store whose writes never throw: a full disk must not end the watch, which is what tells of it. What could not be
 * written is lost, and said on the engine's own log.
 */
export function carefulStore(store: HealthStore, now: () => number): HealthStore {
  let complainedAt = Number.NEGATIVE_INFINITY;
  function quietly<A extends unknown[]>(write: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        write(...args);
      } catch (error) {
        if (Math.abs(now() - complainedAt) < complainEveryMs) return;
        complainedAt = now();
        console.error('health: what was seen could not be written down:', error);
      }
    };
  }
  return {
    ...store,
    saveIncident: quietly(store.saveIncident),
    note: quietly(store.note),
    span: quietly(store.span),
    alive: quietly(store.alive),
    close: quietly(store.close),
    remember: quietly(store.remember),
    prune: quietly(store.prune),
  };
}
