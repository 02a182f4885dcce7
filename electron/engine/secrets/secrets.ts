import type { SecretsView } from '../../../shared/contract/secrets.ts';
import type { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { EngineOptions } from '../engine-types.ts';
import { hideInAll, telling } from '../environments/masking.ts';
import type { ReadSecrets } from '../environments/stack-loader.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import type { RunProcess } from '../platform/processes.ts';
import { loadGoldenFile } from '../stacks/golden-file/load.ts';
import type { Database } from '../storage/database.ts';
import { createKeyBook } from './key-book.ts';
import type { KeyStore } from './key-store.ts';
import { createSessionStore } from './session-store.ts';
import { systemKeyStores } from './strategies.ts';
import { unavailable } from './unavailable.ts';

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
  /** The project folder. Throws `input.not-found`. */
  readonly folderOf: (environmentId: string) => string;
  /** Reads the stack again, now that it has other variables. */
  readonly reload: (environmentId: string, signal: AbortSignal) => Promise<unknown>;
}

export interface Secrets {
  readonly api: Pick<EngineApi, 'secrets'>;
  /** For reading a stack. */
  readonly read: ReadSecrets;
  /** Which of these are kept. Asks to unlock where it has to. Throws `secrets.unavailable`. */
  known(environmentId: string, keys: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  store(environmentId: string, values: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Where values are kept, in words. */
  kept(signal: AbortSignal): Promise<{ readonly kept: SecretsView['kept']; readonly words: string }>;
  /** Takes every value that this life has in memory out of texts, wherever they stand in something. */
  readonly hide: <T>(shown: T) => T;
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
  /** What only memory has, until a key store appears. */
  const unkept = new Map<string, readonly [environmentId: string, key: string]>();
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
      if (!('missing' in found)) {
        await bringOver(found, signal);
        return found;
      }
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

  /** What was given before there was a key store goes there. */
  async function bringOver(store: KeyStore, signal: AbortSignal): Promise<void> {
    for (const [place, [environmentId, key]] of unkept) {
      const value = cached(environmentId).get(key);
      if (value === undefined) continue;
      try {
        await store.write(environmentId, key, value, signal);
      } catch {
        // It is still in memory.
        return;
      }
      book.add(environmentId, key);
      unkept.delete(place);
    }
  }

  /** Looks these up. Those that the key store should have, and has not, because it is another one now. */
  async function lookUp(environmentId: string, keys: readonly string[], mayUnlock: boolean, signal: AbortSignal) {
    const store = await keyStore(signal);
    const values = await store.read(environmentId, keys, { mayUnlock, signal });
    const memory = cached(environmentId);
    const given = new Set(book.list(environmentId));
    const lost: string[] = [];
    for (const key of keys) {
      const value = values.get(key);
      if (value !== undefined) memory.set(key, value);
      else if (unkept.has(placeOf(environmentId, key))) continue;
      else {
        memory.delete(key);
        if (!given.has(key)) continue;
        if (store.kept === 'session') lost.push(key);
        // Somebody took it out of the key store.
        else book.remove(environmentId, key);
      }
    }
    return lost;
  }

  const read: ReadSecrets = async (environmentId, keys, { mayUnlock, signal }) => {
    const memory = cached(environmentId);
    const missing = keys.filter((key) => !memory.has(key));
    if (missing.length > 0) {
      const ask = mayUnlock && clock.monotonic() - refusedAt > leaveAloneMs;
      const own = ask ? signal : AbortSignal.any([signal, AbortSignal.timeout(quietMs)]);
      let lost: readonly string[];
      try {
        lost = await lookUp(environmentId, missing, ask, own);
      } catch {
        signal.throwIfAborted();
        if (ask) refusedAt = clock.monotonic();
        const given = new Set(book.list(environmentId));
        lost = missing.filter((key) => given.has(key));
      }
      if (lost.length > 0) throw outOfReach(lost);
    }
    return Object.fromEntries(
      keys.flatMap((key) => {
        const value = memory.get(key);
        return value === undefined ? [] : [[key, value]];
      }),
    );
  };

  async function known(environmentId: string, keys: readonly string[], signal: AbortSignal) {
    const memory = cached(environmentId);
    const before = keys.filter((key) => memory.has(key)).length;
    await lookUp(environmentId, keys, true, signal);
    const there = keys.filter((key) => memory.has(key));
    if (there.length !== before) await deps.reload(environmentId, signal).catch(() => undefined);
    return new Set(there);
  }

  async function store(environmentId: string, values: Readonly<Record<string, string>>, signal: AbortSignal) {
    const keys = await keyStore(signal);
    for (const [key, value] of Object.entries(values)) {
      await keys.write(environmentId, key, value, signal);
      cached(environmentId).set(key, value);
      if (keys.kept === 'system') book.add(environmentId, key);
      else {
        unkept.set(placeOf(environmentId, key), [environmentId, key]);
        book.remove(environmentId, key);
      }
    }
    refusedAt = Number.NEGATIVE_INFINITY;
    await deps.reload(environmentId, signal).catch(() => undefined);
  }

  async function view(environmentId: string, signal: AbortSignal): Promise<SecretsView> {
    // A file that cannot be read now declares nothing; what is kept is listed all the same.
    const golden = await loadGoldenFile(deps.folderOf(environmentId), { files: deps.files, signal }).catch(
      () => undefined,
    );
    const declared = golden?.value.config?.secrets ?? [];
    const given = book.list(environmentId);
    const here = [...unkept.values()].filter(([id]) => id === environmentId).map(([, key]) => key);
    const keys = [...new Set([...declared, ...given, ...here])];
    const { kept, words } = await keyStore(signal);
    const values = await read(environmentId, keys, { mayUnlock: false, signal }).catch(() => undefined);
    signal.throwIfAborted();
    return {
      kept,
      words: values === undefined ? `${words}; it is locked, or does not have what was given before` : words,
      keys: keys.map((key) => ({
        key,
        known: values === undefined ? cached(environmentId).has(key) : Object.hasOwn(values, key),
        declared: declared.includes(key),
      })),
    };
  }

  return {
    read,
    known,
    store,
    kept: keyStore,
    hide: (shown) => hideInAll(shown, telling([...cache.values()].flatMap((values) => [...values.values()]))),
    api: {
      secrets: {
        list: ({ environmentId }, { signal }) => view(environmentId, signal),
        async set({ environmentId, key, value }, { signal }) {
          deps.folderOf(environmentId);
          await store(environmentId, { [key]: value }, signal);
          return view(environmentId, signal);
        },
        async remove({ environmentId, key }, { signal }) {
          deps.folderOf(environmentId);
          await (await keyStore(signal)).remove(environmentId, key, signal);
          book.remove(environmentId, key);
          cached(environmentId).delete(key);
          unkept.delete(placeOf(environmentId, key));
          await deps.reload(environmentId, signal).catch(() => undefined);
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

const placeOf = (environmentId: string, key: string): string => `${environmentId}\0${key}`;

function outOfReach(keys: readonly string[]): AppError {
  const one = keys.length === 1;
  return unavailable(
    `${keys.join(', ')} ${one ? 'was' : 'were'} given before, and cannot be read from the key store now.`,
    `Unlock the key store and try again, give ${one ? 'it' : 'them'} again under Secrets, or set ${one ? 'it' : 'them'} in the shell.`,
  );
}
