import type { KeyStore } from './key-store.ts';

/** Memory of this life of the engine, where there is no key store. `reasons`: why not, in words. */
export function createSessionStore(reasons: readonly string[]): KeyStore {
  const values = new Map<string, string>();
  const place = (environmentId: string, key: string): string => `${environmentId}\0${key}`;
  const why = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return {
    kept: 'session',
    words: `In memory until Golden Hour ends, as no key store can be used here${why}`,
    async read(environmentId, keys) {
      return new Map(
        keys.flatMap((key) => {
          const value = values.get(place(environmentId, key));
          return value === undefined ? [] : [[key, value] as const];
        }),
      );
    },
    async write(environmentId, key, value) {
      values.set(place(environmentId, key), value);
    },
    async remove(environmentId, key) {
      values.delete(place(environmentId, key));
    },
  };
}
