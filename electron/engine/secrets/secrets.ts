import type { SecretsView } from '../../../shared/contract/secrets.ts';
import type { EngineApi } from '../api.ts';
import type { EngineOptions } from '../engine-types.ts';
import type { LoadedStack, ReadSecrets } from '../environments/stack-loader.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { Database } from '../storage/database.ts';
import { createKeyBook } from './key-book.ts';
import type { KeyStore } from './key-store.ts';
import { createSessionStore } from './session-store.ts';
import { systemKeyStores } from './strategies.ts';

/** What a stack's files are read with must not hang on a key store. */
const quietMs = 3_000;
/** A key store that appears later (the session bus of a desktop that just starts) is found after this long. */
const lookAgainMs = 30_000;
/** Who dismissed the key store's window is not asked again so soon, but by what is about secrets. */
const leaveAloneMs = 10 * 60_000;

export interface SecretsDeps {
  readonly options: Pick<EngineOptions, 'environment' | 'dataFolder' | 'desktop' | 'keyStores'>;
  readonly files: Files;
  readonly run: RunProcess;
  readonly database: Database;
  readonly clock: Clock;
  /** The stack as its files declare it now. */
  readonly load: (environmentId: string, signal: AbortSignal) => Promise<LoadedStack>;
}

export interface Secrets {
  readonly api: Pick<EngineApi, 'secrets'>;
  /** For reading a stack: what can be had, at once where nobody waits. */
  readonly read: ReadSecrets;
  /** Which of these are kept. Asks to unlock where it has to. Throws `secrets.unavailable`. */
  known(environmentId: string, keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  store(environmentId: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Where values are kept, in words. */
  kept(signal: AbortSignal): Promise<{ readonly kept: SecretsView['kept']; readonly words: string }>;
  close(): void;
}

/** Secrets of environments: the first key store that works, and what was read of it in memory. */
export function createSecrets(deps: SecretsDeps): Secrets {
  const { clock } = deps;
  const strategies = deps.options.keyStores ?? systemKeyStores(deps);
  const book = createKeyBook(deps.database);
  /** What this life read or was given. A stack is read often, a key store should be asked once. */
  const cache = new Map<string, Map<string, string>>();
  let current: { readonly store: Promise<KeyStore>; readonly at: number; system: boolean } | undefined;
  let refusedAt = Number.NEGATIVE_INFINITY;

  function keyStore(signal: AbortSignal): Promise<KeyStore> {
    const now = clock.monotonic();
    if (current !== undefined && (current.system || now - current.at < lookAgainMs)) return current.store;
    const before = current?.store;
    const mine = { store: open(before, signal), at: now, system: false };
    current = mine;
    mine.store.then(
      (store) => {
        mine.system = store.kept === 'system';
      },
      () => {
        if (current === mine) current = undefined;
      },
    );
    return mine.store;
  }

  async function open(before: Promise<KeyStore> | undefined, signal: AbortSignal): Promise<KeyStore> {
    const reasons: string[] = [];
    for (const strategy of strategies) {
      const found = await strategy.open(signal);
      if (!('missing' in found)) return found;
      reasons.push(found.missing);
    }
    // What is in memory must not be lost to a second look.
    return (await before) ?? createSessionStore(reasons);
  }

  const cached = (environmentId: string): Map<string, string> => {
    const found = cache.get(environmentId) ?? new Map<string, string>();
    cache.set(environmentId, found);
    return found;
  };

  async function fetch(environmentId: string, keys: readonly string[], mayUnlock: boolean, signal: AbortSignal) {
    const store = await keyStore(signal);
    const values = await store.read(environmentId, keys, { mayUnlock, signal });
    const memory = cached(environmentId);
    for (const key of keys) {
      const value = values.get(key);
      if (value !== undefined) memory.set(key, value);
      else if (mayUnlock) memory.delete(key);
    }
    return memory;
  }

  const read: ReadSecrets = async (environmentId, keys, { mayUnlock, signal }) => {
    const memory = cached(environmentId);
    const missing = keys.filter((key) => !memory.has(key));
    if (missing.length > 0) {
      const ask = mayUnlock && clock.monotonic() - refusedAt > leaveAloneMs;
      const own = ask ? signal : AbortSignal.any([signal, AbortSignal.timeout(quietMs)]);
      try {
        await fetch(environmentId, missing, ask, own);
      } catch {
        signal.throwIfAborted();
        // The stack is read without them, and says which variables are not set.
        if (ask) refusedAt = clock.monotonic();
      }
    }
    return Object.fromEntries(
      keys.flatMap((key) => {
        const value = memory.get(key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  };

  async function known(environmentId: string, keys: readonly string[], signal: AbortSignal) {
    const memory = await fetch(environmentId, keys, true, signal);
    return new Set(keys.filter((key) => memory.has(key)));
  }

  async function store(environmentId: string, values: Readonly<Record<string, string>>, signal: AbortSignal) {
    const keys = await keyStore(signal);
    for (const [key, value] of Object.entries(values)) {
      await keys.write(environmentId, key, value, signal);
      book.add(environmentId, key);
      cached(environmentId).set(key, value);
    }
    refusedAt = Number.NEGATIVE_INFINITY;
  }

  async function view(environmentId: string, signal: AbortSignal): Promise<SecretsView> {
    // A file that cannot be read now declares nothing; what is kept is listed all the same.
    const loaded = await deps.load(environmentId, signal).catch(() => undefined);
    const declared = loaded?.declared?.config?.secrets ?? [];
    const keys = [...new Set([...declared, ...book.list(environmentId)])];
    const values = await read(environmentId, keys, { mayUnlock: false, signal });
    const { kept, words } = await keyStore(signal);
    return {
      kept,
      words,
      keys: keys.map((key) => ({ key, known: Object.hasOwn(values, key), declared: declared.includes(key) })),
    };
  }

  return {
    read,
    known,
    store,
    kept: keyStore,
    api: {
      secrets: {
        list: ({ environmentId }, { signal }) => view(environmentId, signal),
        async set({ environmentId, key, value }, { signal }) {
          await store(environmentId, { [key]: value }, signal);
          return view(environmentId, signal);
        },
        async remove({ environmentId, key }, { signal }) {
          await (await keyStore(signal)).remove(environmentId, key, signal);
          book.remove(environmentId, key);
          cached(environmentId).delete(key);
          return view(environmentId, signal);
        },
      },
    },
    close() {
      cache.clear();
      void current?.store.then((keys) => keys.close?.()).catch(() => undefined);
    },
  };
}
