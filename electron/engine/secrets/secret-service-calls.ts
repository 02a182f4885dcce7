import { z } from 'zod';
import type { BusCall, BusSignal, SessionBus } from '../platform/session-bus.ts';
import { unavailable } from './unavailable.ts';

/** The calls of the freedesktop.org Secret Service API 0.2 that a key store needs. */

export const serviceName = 'org.freedesktop.secrets';
const servicePath = '/org/freedesktop/secrets';
const promptInterface = 'org.freedesktop.Secret.Prompt';
/** For the bus: the signal that ends a prompt. */
export const promptRule = `type='signal',interface='${promptInterface}',member='Completed'`;

const path = z.string().startsWith('/');
const paths = z.array(path);
const secretSchema = z.tuple([path, z.unknown(), z.union([z.instanceof(Uint8Array), z.array(z.number())]), z.string()]);
const none = '/';

export type Attributes = Readonly<Record<string, string>>;

export interface SecretService {
  /** Throws when no service answers. */
  openSession(): Promise<void>;
  search(attributes: Attributes): Promise<{ readonly unlocked: readonly string[]; readonly locked: readonly string[] }>;
  /** Asks the user where that is needed. False: it was dismissed. */
  unlock(objects: readonly string[], signal: AbortSignal): Promise<boolean>;
  /** Values of unlocked items, by item. */
  secrets(items: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The collection for new items; made where there is none. Null: the user did not want one. */
  defaultCollection(signal: AbortSignal): Promise<string | null>;
  /** Replaces an item with the same attributes. False: a prompt was dismissed. */
  create(
    collection: string,
    label: string,
    attributes: Attributes,
    value: string,
    signal: AbortSignal,
  ): Promise<boolean>;
  delete(item: string, signal: AbortSignal): Promise<boolean>;
  /** To be handed every signal of the bus. */
  signal(signal: BusSignal): void;
}

export function secretService(bus: Pick<SessionBus, 'call'>): SecretService {
  let session = none;
  /** Prompts that are open, with what their end settles. */
  const prompts = new Map<string, (dismissed: boolean) => void>();

  /** Messages of the library and of the service may repeat what they were given, so none is passed on. */
  async function call(at: string, face: string, member: string, signature = '', body: readonly unknown[] = []) {
    const message: BusCall = {
      destination: serviceName,
      path: at,
      interface: `org.freedesktop.Secret.${face}`,
      member,
    };
    try {
      return await bus.call(signature === '' ? message : { ...message, signature, body });
    } catch {
      throw unavailable(
        `The system's key store did not answer as it should (${member}).`,
        'Check that it runs and can be unlocked, and try again.',
      );
    }
  }

  async function prompted(prompt: string, signal: AbortSignal): Promise<boolean> {
    if (prompt === none) return true;
    const ended = new Promise<boolean>((resolve, reject) => {
      prompts.set(prompt, resolve);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      signal.throwIfAborted();
      await call(prompt, 'Prompt', 'Prompt', 's', ['']);
      return !(await ended);
    } catch (error) {
      ended.catch(() => undefined);
      if (signal.aborted) await call(prompt, 'Prompt', 'Dismiss').catch(() => undefined);
      throw error;
    } finally {
      prompts.delete(prompt);
    }
  }

  const dictionary = (attributes: Attributes): readonly (readonly [string, string])[] => Object.entries(attributes);

  return {
    async openSession() {
      // The bus is this user's own and does not leave the machine.
      const [, opened] = await call(servicePath, 'Service', 'OpenSession', 'sv', ['plain', ['s', '']]);
      session = understood(path, opened);
    },
    async search(attributes) {
      const found = await call(servicePath, 'Service', 'SearchItems', 'a{ss}', [dictionary(attributes)]);
      const [unlocked, locked] = understood(z.tuple([paths, paths]), [found[0] ?? [], found[1] ?? []]);
      return { unlocked, locked };
    },
    async unlock(objects, signal) {
      const [, prompt] = await call(servicePath, 'Service', 'Unlock', 'ao', [objects]);
      return prompted(understood(path, prompt), signal);
    },
    async secrets(items) {
      if (items.length === 0) return new Map();
      const [found] = await call(servicePath, 'Service', 'GetSecrets', 'aoo', [items, session]);
      const entries = understood(z.array(z.tuple([path, secretSchema])), found);
      return new Map(entries.map(([item, [, , value]]) => [item, Buffer.from(value).toString('utf8')]));
    },
    async defaultCollection(signal) {
      const [found] = await call(servicePath, 'Service', 'ReadAlias', 's', ['default']);
      if (typeof found === 'string' && found !== none) return found;
      const label = ['org.freedesktop.Secret.Collection.Label', ['s', 'Login']];
      const [made, prompt] = await call(servicePath, 'Service', 'CreateCollection', 'a{sv}s', [[label], 'default']);
      if (!(await prompted(understood(path, prompt), signal))) return null;
      if (made !== none) return understood(path, made);
      const [now] = await call(servicePath, 'Service', 'ReadAlias', 's', ['default']);
      return typeof now === 'string' && now !== none ? now : null;
    },
    async create(collection, label, attributes, value, signal) {
      const properties = [
        ['org.freedesktop.Secret.Item.Label', ['s', label]],
        ['org.freedesktop.Secret.Item.Attributes', ['a{ss}', dictionary(attributes)]],
      ];
      const secret = [session, Buffer.alloc(0), Buffer.from(value, 'utf8'), 'text/plain; charset=utf8'];
      const body = [properties, secret, true];
      const [, prompt] = await call(collection, 'Collection', 'CreateItem', 'a{sv}(oayays)b', body);
      return prompted(understood(path, prompt), signal);
    },
    async delete(item, signal) {
      const [prompt] = await call(item, 'Item', 'Delete');
      return prompted(understood(path, prompt), signal);
    },
    signal(signal) {
      if (signal.interface !== promptInterface || signal.member !== 'Completed') return;
      prompts.get(signal.path)?.(signal.body[0] === true);
    },
  };
}

function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw unavailable('The key store answered in a way that is not understood.', 'Try again.');
}
