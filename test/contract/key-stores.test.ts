import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../../electron/engine/platform/files.ts';
import type { RunProcess } from '../../electron/engine/platform/processes.ts';
import { macosKeychain } from '../../electron/engine/secrets/macos-keychain.ts';
import { sealedFile } from '../../electron/engine/secrets/sealed-file.ts';
import { linuxSecretService } from '../../electron/engine/secrets/secret-service.ts';
import { createSessionStore } from '../../electron/engine/secrets/session-store.ts';
import { keyRingMissing, openKeyRing, type TestKeyRing } from '../support/key-ring.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temp.ts';
import { keyStoreContract } from './key-store-contract.ts';

const signal = AbortSignal.timeout(60_000);

keyStoreContract('memory', () => ({ open: async () => createSessionStore([]) }), { persists: false });

describe('sealed by the desktop', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());
  const turned = (value: string, by: number): string =>
    Buffer.from(Buffer.from(value, by > 0 ? 'utf8' : 'base64').map((byte) => (byte + by) & 255)).toString(
      by > 0 ? 'base64' : 'utf8',
    );
  const sealing = {
    seal: async (value: string) => turned(value, 1),
    unseal: async (sealed: string) => turned(sealed, -1),
  };
  const strategy = () => sealedFile({ files: systemFiles, dataFolder: folder.path, sealing });

  keyStoreContract('in a file', strategy, { persists: true });

  it('has no value in the file', async () => {
    const store = await strategy().open(signal);
    if ('missing' in store) throw new Error(store.missing);
    await store.write('shop/main', 'PASSWORD', 'correct horse', signal);
    const path = join(folder.path, 'secrets.sealed.json');
    expect(await readFile(path, 'utf8')).not.toContain('correct horse');
    expect((await systemFiles.info(path))?.mode).toBe(0o600);
  });

  it('is not to be had where the desktop has no key store', async () => {
    const none = { seal: async () => null, unseal: async () => null };
    const found = await sealedFile({ files: systemFiles, dataFolder: folder.path, sealing: none }).open(signal);
    expect(found).toHaveProperty('missing');
  });
});

/** As `security` answers; its arguments and input are looked at, not what macOS does with them. */
function fakeSecurity(items: Map<string, string>, seen: string[]): RunProcess {
  const result = (exitCode: number, stdout = '') => ({ exitCode, signal: null, stdout, stderr: '', truncated: false });
  const option = (words: readonly string[], name: string): string => words[words.indexOf(name) + 1] ?? '';
  return async (_command, args, { input }) => {
    seen.push(args.join(' '));
    if (args[0] === 'default-keychain') return result(0, '"/Users/sam/Library/Keychains/login.keychain-db"\n');
    if (args[0] === '-i') {
      const words = [...(input ?? '').matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
        (match) => match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '',
      );
      if ((input ?? '').length > 4096) return result(0);
      items.set(`${option(words, '-s')}\0${option(words, '-a')}`, option(words, '-w'));
      return result(0);
    }
    const place = `${option(args, '-s')}\0${option(args, '-a')}`;
    const found = items.get(place);
    if (found === undefined) return result(44);
    if (args[0] === 'delete-generic-password') items.delete(place);
    return result(0, `${found}\n`);
  };
}

describe('the keychain’s command', () => {
  const items = new Map<string, string>();
  const seen: string[] = [];
  const strategy = () => macosKeychain({ platform: 'darwin', run: fakeSecurity(items, seen) });
  keyStoreContract('of macOS', strategy, { persists: true });

  it('gets no value among its arguments, and refuses one that its lines cannot hold', async () => {
    const store = await strategy().open(signal);
    if ('missing' in store) throw new Error(store.missing);
    seen.length = 0;
    await store.write('shop/main', 'PASSWORD', 'correct horse', signal);
    expect(seen.join('\n')).not.toContain('correct horse');
    expect(seen.join('\n')).not.toContain(Buffer.from('correct horse').toString('base64'));
    await expect(store.write('shop/main', 'LONG', 'x'.repeat(5000), signal)).rejects.toMatchObject({
      code: 'secrets.unavailable',
    });
  });
});

const missing = await keyRingMissing();
describe.skipIf(missing !== null)('GNOME Keyring', () => {
  let ring: TestKeyRing;
  beforeAll(async () => {
    ring = await openKeyRing();
  });
  afterAll(() => ring?.close());
  const strategy = () => linuxSecretService({ platform: 'linux', environment: ring.environment });

  keyStoreContract('over the Secret Service', strategy, { persists: true, runs: 15 });

  it('shows others which environment and variable it is about, and no value', async () => {
    const store = await strategy().open(signal);
    if ('missing' in store) throw new Error(store.missing);
    await store.write('shop/main', 'PASSWORD', 'correct horse', signal);
    const shown = await ring.attributes();
    expect(shown).toContain('PASSWORD');
    expect(shown).not.toContain('correct horse');
    store.close?.();
  });

  it('gives nothing while it is locked, and says so, whether it may ask or not', async () => {
    const store = await strategy().open(signal);
    if ('missing' in store) throw new Error(store.missing);
    await store.write('shop/main', 'PASSWORD', 'correct horse', signal);
    await ring.lock();
    const unasked = store.read('shop/main', ['PASSWORD'], { mayUnlock: false, signal });
    await expect(unasked).rejects.toMatchObject({ code: 'secrets.unavailable' });
    expect(await store.read('shop/main', ['NEVER_GIVEN'], { mayUnlock: false, signal })).toEqual(new Map());
    // Nobody sits there, and without a display its window cannot open.
    const asked = store.read('shop/main', ['PASSWORD'], { mayUnlock: true, signal });
    await expect(asked).rejects.toMatchObject({ code: 'secrets.unavailable' });
    await expect(store.write('shop/main', 'PASSWORD', 'battery staple', signal)).rejects.not.toThrow(/battery staple/);
    store.close?.();
  });

  it('is not to be had without a bus', async () => {
    const none = await linuxSecretService({ platform: 'linux', environment: {} }).open(signal);
    expect(none).toEqual({ missing: 'there is no session bus' });
    const stale = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    const gone = await linuxSecretService({ platform: 'linux', environment: stale }).open(signal);
    expect(gone).toEqual({ missing: 'no session bus is running' });
  });
});
