import { busListens, busSocket, keepSessionBus, type SessionBus } from '../platform/session-bus.ts';
import type { KeyStore, KeyStoreStrategy, ReadOptions } from './key-store.ts';
import { type Attributes, promptRule, type SecretService, secretService } from './secret-service-calls.ts';
import { unavailable } from './unavailable.ts';

/** A bus on this machine answers at once, or there is none. */
const connectMs = 2_000;
/** How long the user may take over the key store's own window. */
const promptMs = 60_000;

export interface SecretServiceDeps {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The Secret Service of Linux desktops (GNOME Keyring, KWallet, KeePassXC) over the session bus. */
export function linuxSecretService({ platform, environment }: SecretServiceDeps): KeyStoreStrategy {
  return {
    async open(signal) {
      if (platform === 'win32' || platform === 'darwin') return { missing: 'this is not Linux' };
      const socket = busSocket(environment);
      if (socket === null) return { missing: 'there is no session bus' };
      // What keeps a connection tries again and again; where nobody listens that is known at once.
      if (!(await busListens(socket))) return { missing: 'no session bus is running' };
      const bus = await connected(socket, signal);
      if (bus === undefined) return { missing: 'the session bus does not answer' };
      const store = storeOn(bus);
      try {
        await store.service.openSession();
        return store.keys;
      } catch {
        bus.close();
        return { missing: 'no Secret Service answers on the session bus' };
      }
    },
  };
}

interface Connected extends SessionBus {
  /** Set once: called when the bus is there again after it was away. */
  onUp: () => void;
  onSignal: Parameters<typeof keepSessionBus>[2]['onSignal'];
}

function connected(socket: string, signal: AbortSignal): Promise<Connected | undefined> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (work: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      work();
    };
    const giveUp = (): void => {
      bus.close();
      resolve(undefined);
    };
    const onAbort = (): void =>
      settle(() => {
        bus.close();
        reject(signal.reason);
      });
    const timer = setTimeout(() => settle(giveUp), connectMs);
    signal.addEventListener('abort', onAbort, { once: true });
    const bus: Connected = {
      onUp: () => undefined,
      onSignal: () => undefined,
      ...keepSessionBus(socket, [promptRule], {
        onUp: () => (settled ? bus.onUp() : settle(() => resolve(bus))),
        onDown: () => undefined,
        onSignal: (each) => bus.onSignal(each),
      }),
    };
  });
}

function storeOn(bus: Connected): { readonly service: SecretService; readonly keys: KeyStore } {
  const service = secretService(bus);
  bus.onSignal = service.signal;
  // A bus that came back knows no session of before.
  bus.onUp = () => void service.openSession().catch(() => undefined);

  async function unlocked(objects: readonly string[], signal: AbortSignal): Promise<void> {
    if (objects.length === 0) return;
    const done = await within(signal, (own) => service.unlock(objects, own));
    if (!done) throw stayedLocked();
  }

  /** Items of an environment's key; normally one. */
  async function itemsOf(environmentId: string, key: string, options: ReadOptions): Promise<readonly string[]> {
    const found = await service.search(attributesOf(environmentId, key));
    if (found.locked.length === 0) return found.unlocked;
    if (!options.mayUnlock) throw stayedLocked();
    await unlocked(found.locked, options.signal);
    return [...found.unlocked, ...found.locked];
  }

  const keys: KeyStore = {
    kept: 'system',
    words: 'In the key store of your desktop (Secret Service)',
    async read(environmentId, names, options) {
      const places = new Map<string, string>();
      for (const key of names) {
        options.signal.throwIfAborted();
        const [item] = await itemsOf(environmentId, key, options);
        if (item !== undefined) places.set(item, key);
      }
      const secrets = await service.secrets([...places.keys()]);
      return new Map([...secrets].map(([item, value]) => [places.get(item) ?? item, value]));
    },
    async write(environmentId, key, value, signal) {
      const collection = await within(signal, (own) => service.defaultCollection(own));
      if (collection === null) throw stayedLocked();
      await unlocked([collection], signal);
      const label = `Golden Hour: ${key} of ${environmentId}`;
      const done = await within(signal, (own) =>
        service.create(collection, label, attributesOf(environmentId, key), value, own),
      );
      if (!done) throw stayedLocked();
    },
    async remove(environmentId, key, signal) {
      for (const item of await itemsOf(environmentId, key, { mayUnlock: true, signal })) {
        if (!(await within(signal, (own) => service.delete(item, own)))) throw stayedLocked();
      }
    },
    close: () => bus.close(),
  };
  return { service, keys };
}

function attributesOf(environmentId: string, key: string): Attributes {
  return { application: 'golden-hour', environment: environmentId, key };
}

/** With a deadline, as a window of the key store may stay open for ever. */
async function within<T>(signal: AbortSignal, work: (own: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(promptMs);
  try {
    return await work(AbortSignal.any([signal, deadline]));
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) throw stayedLocked();
    throw error;
  }
}

const stayedLocked = () =>
  unavailable('The key store is locked.', "Unlock it in the window of your system's key store, and try again.");
