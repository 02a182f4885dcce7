import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyStore, KeyStoreStrategy } from '../../electron/engine/secrets/key-store.ts';

const signal = AbortSignal.timeout(60_000);
const quiet = { mayUnlock: false, signal };

/** What every key store does, whoever keeps the values. `again`: the same one, as the next life of the engine finds it. */
export function keyStoreContract(
  name: string,
  strategy: () => KeyStoreStrategy,
  options: { readonly persists: boolean; readonly runs?: number },
): void {
  describe(name, () => {
    let store: KeyStore;
    const open = async (): Promise<KeyStore> => {
      const found = await strategy().open(signal);
      if ('missing' in found) throw new Error(found.missing);
      return found;
    };
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close?.());

    it('has nothing of what was never given', async () => {
      expect(await store.read('shop/main', ['A', 'B'], quiet)).toEqual(new Map());
      await store.remove('shop/main', 'A', signal);
    });

    it('keeps environments and keys apart, replaces, and forgets', async () => {
      await store.write('shop/main', 'A', 'one', signal);
      await store.write('shop/main', 'B', 'two', signal);
      await store.write('shop/copy', 'A', 'three', signal);
      await store.write('shop/main', 'B', 'four', signal);
      expect(await store.read('shop/main', ['A', 'B', 'C'], quiet)).toEqual(
        new Map([
          ['A', 'one'],
          ['B', 'four'],
        ]),
      );
      await store.remove('shop/main', 'A', signal);
      expect(await store.read('shop/main', ['A'], quiet)).toEqual(new Map());
      expect(await store.read('shop/copy', ['A'], quiet)).toEqual(new Map([['A', 'three']]));
    });

    it('gives back any text as it was', async () => {
      const text = fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.constantFrom('', '"', '\n', "a'b\\", 'ü€😀'),
      );
      await fc.assert(
        fc.asyncProperty(text, async (value) => {
          await store.write('text/main', 'ANY', value, signal);
          expect((await store.read('text/main', ['ANY'], quiet)).get('ANY')).toBe(value);
        }),
        { numRuns: options.runs ?? 50 },
      );
    });

    it(options.persists ? 'has it in the next life, too' : 'has forgotten it in the next life', async () => {
      await store.write('shop/main', 'LATER', 'still here', signal);
      const again = await open();
      const found = await again.read('shop/main', ['LATER'], quiet);
      expect(found.get('LATER')).toBe(options.persists ? 'still here' : undefined);
      again.close?.();
    });
  });
}
