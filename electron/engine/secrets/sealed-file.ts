import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../platform/files.ts';
import type { KeyStore, KeyStoreStrategy } from './key-store.ts';
import { unavailable } from './unavailable.ts';

/** The desktop's own encryption, whose key the system's key store has. */
export interface Sealing {
  /** Base64; null: the system has no key store that would keep the key. */
  seal(value: string): Promise<string | null>;
  unseal(sealed: string): Promise<string | null>;
}

const fileSchema = z.record(z.string(), z.record(z.string(), z.string()));

export interface SealedFileDeps {
  readonly files: Files;
  readonly dataFolder: string;
  /** Absent: the engine does not run under the desktop. */
  readonly sealing: Sealing | undefined;
}

/** Values encrypted by the desktop, in a file of the data folder: Windows, and desktops with a key store of their own. */
export function sealedFile({ files, dataFolder, sealing }: SealedFileDeps): KeyStoreStrategy {
  const path = join(dataFolder, 'secrets.sealed.json');
  let last: Promise<unknown> = Promise.resolve();

  async function readAll(): Promise<z.infer<typeof fileSchema>> {
    if ((await files.info(path)) === undefined) return {};
    try {
      return fileSchema.parse(JSON.parse(await files.readText(path)));
    } catch {
      // Nothing of it goes into a message.
      throw unavailable(`${path} cannot be read.`, 'Move it away; the secrets are asked for again.');
    }
  }

  /** One change after the other. */
  function change(work: (all: z.infer<typeof fileSchema>) => void): Promise<void> {
    const next = last.then(async () => {
      const all = await readAll();
      work(all);
      await files.writeText(path, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
    });
    last = next.catch(() => undefined);
    return next;
  }

  function storeOf(own: Sealing): KeyStore {
    return {
      kept: 'system',
      words: 'In a file that only your account can decrypt: the system keeps its key',
      async read(environmentId, keys) {
        const sealed = (await readAll())[environmentId] ?? {};
        const values = new Map<string, string>();
        for (const key of keys) {
          const text = sealed[key];
          const value = text === undefined ? null : await own.unseal(text).catch(() => null);
          if (value !== null) values.set(key, value);
        }
        return values;
      },
      async write(environmentId, key, value) {
        const sealed = await own.seal(value).catch(() => null);
        if (sealed === null)
          throw unavailable(`${key} could not be encrypted.`, 'Start Golden Hour again, and try again.');
        await change((all) => {
          all[environmentId] = { ...all[environmentId], [key]: sealed };
        });
      },
      async remove(environmentId, key) {
        await change((all) => {
          const { [key]: _gone, ...rest } = all[environmentId] ?? {};
          all[environmentId] = rest;
        });
      },
    };
  }

  return {
    async open() {
      if (sealing === undefined) return { missing: 'the engine runs without the window' };
      const works = await sealing.seal('').catch(() => null);
      return works === null ? { missing: 'the desktop has none' } : storeOf(sealing);
    },
  };
}
