import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/support/memory-files.ts';
import type { Call } from '../api.ts';
import { createJournal } from '../operations/journal.ts';
import { systemClock } from '../platform/clock.ts';
import { closeDatabase, type Database, openDatabase } from '../storage/database.ts';
import type { KeyStore, KeyStoreStrategy } from './key-store.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { unavailable } from './unavailable.ts';

const signal = new AbortController().signal;
const call: Call = { actor: { door: 'cli', user: 'sam' }, signal };
const environmentId = 'shop/main';
const quiet = { mayUnlock: false, signal };
const waiting = { mayUnlock: true, signal };

let database: Database;
/** What the system's key store holds, and how it behaves. */
let held: Map<string, string>;
let state: 'there' | 'locked' | 'dismissed' | 'away';
let reads: string[][];
let reloads: number;
let time: number;

const system: KeyStore = {
  kept: 'system',
  words: 'In the key store',
  async read(_id, keys, { mayUnlock }) {
    reads.push([...keys]);
    const lockedItem = keys.some((key) => held.has(key));
    if (lockedItem && (state === 'dismissed' || (state === 'locked' && !mayUnlock)))
      throw unavailable('Locked.', 'Unlock it.');
    if (state === 'locked' && lockedItem) state = 'there';
    return new Map(keys.flatMap((key) => (held.has(key) ? [[key, held.get(key) ?? '']] : [])));
  },
  async write(_id, key, value) {
    held.set(key, value);
  },
  async remove(_id, key) {
    held.delete(key);
  },
};
const strategy: KeyStoreStrategy = { open: async () => (state === 'away' ? { missing: 'it is away' } : system) };

beforeEach(() => {
  database = openDatabase(':memory:');
  held = new Map();
  state = 'there';
  reads = [];
  reloads = 0;
  time = 0;
});
afterEach(() => closeDatabase(database));

/** A life of the engine. */
function life(): Secrets {
  return createSecrets({
    options: { environment: {}, dataFolder: '/data', keyStores: [strategy] },
    files: memoryFiles({ [join('/shop', 'golden.yml')]: 'version: 1\nconfig: { secrets: [DB_PASSWORD] }\n' }),
    run: async () => {
      throw new Error('not in this test');
    },
    database,
    clock: { ...systemClock, monotonic: () => time },
    folderOf: () => '/shop',
    reload: async () => {
      reloads += 1;
    },
  });
}

describe('secrets', () => {
  it('are listed by name, and no answer has a value in it', async () => {
    const secrets = life();
    const empty = await secrets.api.secrets.list({ environmentId }, call);
    expect(empty).toEqual({
      kept: 'system',
      words: 'In the key store',
      keys: [{ key: 'DB_PASSWORD', known: false, declared: true }],
    });
    const answers = [
      await secrets.api.secrets.set({ environmentId, key: 'DB_PASSWORD', value: 'correct horse' }, call),
      await secrets.api.secrets.set({ environmentId, key: 'EXTRA', value: 'battery staple' }, call),
      await secrets.api.secrets.list({ environmentId }, call),
    ];
    expect(answers.at(-1)?.keys).toEqual([
      { key: 'DB_PASSWORD', known: true, declared: true },
      { key: 'EXTRA', known: true, declared: false },
    ]);
    expect(JSON.stringify(answers)).not.toMatch(/horse|staple/);
    const removed = await secrets.api.secrets.remove({ environmentId, key: 'EXTRA' }, call);
    expect(removed.keys.map(({ key }) => key)).toEqual(['DB_PASSWORD']);
    expect(reloads).toBe(3);
  });

  it('are nowhere in the database', async () => {
    const secrets = life();
    await secrets.store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    state = 'away';
    time += 60_000;
    const other = life();
    await other.store(environmentId, { OTHER: 'battery staple' }, signal);
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    const all = tables.map(({ name }) => database.prepare(`SELECT * FROM ${name}`).all());
    expect(JSON.stringify(all)).toContain('DB_PASSWORD');
    expect(JSON.stringify(all)).not.toMatch(/horse|staple/);
  });

  it('are taken out of what operations write down', async () => {
    const secrets = life();
    const journal = createJournal(database, (words) => secrets.hide(words));
    await secrets.store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    const at = '2026-01-01T00:00:00.000Z';
    const row = { id: 'a', kind: 'stack.up', environment_id: null, title: 'Start', input: '{}', created_at: at };
    journal.insert(row);
    journal.log('a', null, 'login with correct horse', at);
    const error = {
      code: 'internal',
      message: 'not correct horse',
      remedy: 'x',
      details: { said: ['correct horse'] },
    } as const;
    journal.end('a', { state: 'failed', at, error, summary: null, undoable: false });
    expect(journal.readLog('a')).toMatchObject([{ text: 'login with ***' }]);
    expect(JSON.stringify([journal.row('a'), journal.readLog('a')])).not.toContain('horse');
  });

  it('are read once for a stack that is read often', async () => {
    await life().store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    const secrets = life();
    for (let i = 0; i < 3; i += 1) {
      expect(await secrets.read(environmentId, ['DB_PASSWORD'], quiet)).toEqual({ DB_PASSWORD: 'correct horse' });
    }
    expect(reads).toEqual([['DB_PASSWORD']]);
  });

  it('that were given and are locked now stop the reading, until somebody unlocks', async () => {
    await life().store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    state = 'locked';
    const secrets = life();
    await expect(secrets.read(environmentId, ['DB_PASSWORD', 'NEVER'], quiet)).rejects.toMatchObject({
      code: 'secrets.unavailable',
    });
    expect(await secrets.read(environmentId, ['NEVER'], quiet)).toEqual({});
    expect(await secrets.read(environmentId, ['DB_PASSWORD'], waiting)).toEqual({ DB_PASSWORD: 'correct horse' });
    expect(await secrets.read(environmentId, ['DB_PASSWORD'], quiet)).toEqual({ DB_PASSWORD: 'correct horse' });
  });

  it('do not ask again for ten minutes after somebody dismissed it', async () => {
    await life().store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    state = 'dismissed';
    const secrets = life();
    const read = () => secrets.read(environmentId, ['DB_PASSWORD'], waiting);
    await expect(read()).rejects.toMatchObject({ code: 'secrets.unavailable' });
    // It would be unlocked if it were asked.
    state = 'locked';
    await expect(read()).rejects.toMatchObject({ code: 'secrets.unavailable' });
    time += 11 * 60_000;
    expect(await read()).toEqual({ DB_PASSWORD: 'correct horse' });
  });

  it('that somebody took out of the key store are simply not there', async () => {
    await life().store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    held.clear();
    const secrets = life();
    expect(await secrets.read(environmentId, ['DB_PASSWORD'], quiet)).toEqual({});
    expect(await secrets.known(environmentId, ['DB_PASSWORD'], signal)).toEqual(new Set());
  });

  it('are kept in memory where there is no key store, which is said, and go there when one appears', async () => {
    state = 'away';
    const secrets = life();
    const view = await secrets.api.secrets.set({ environmentId, key: 'DB_PASSWORD', value: 'correct horse' }, call);
    expect(view).toMatchObject({ kept: 'session', keys: [{ key: 'DB_PASSWORD', known: true }] });
    expect(view.words).toContain('until Golden Hour ends');
    expect(view.words).toContain('it is away');
    state = 'there';
    time += 60_000;
    expect(await secrets.api.secrets.list({ environmentId }, call)).toMatchObject({
      kept: 'system',
      keys: [{ key: 'DB_PASSWORD', known: true }],
    });
    expect(held.get('DB_PASSWORD')).toBe('correct horse');
  });

  it('that a key store has which is gone can be given again', async () => {
    await life().store(environmentId, { DB_PASSWORD: 'correct horse' }, signal);
    state = 'away';
    const secrets = life();
    await expect(secrets.read(environmentId, ['DB_PASSWORD'], waiting)).rejects.toThrow(/cannot be read/);
    await secrets.store(environmentId, { DB_PASSWORD: 'given again' }, signal);
    expect(await secrets.read(environmentId, ['DB_PASSWORD'], waiting)).toEqual({ DB_PASSWORD: 'given again' });
  });
});
