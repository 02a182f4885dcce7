import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDatabase, openDatabase } from './database.ts';
import { lockDataFolder } from './lock.ts';
import { createSettingsStore } from './settings.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden hour $(touch x) '));
});
afterEach(() => rm(folder, { recursive: true }));

describe('data lock', () => {
  it('lets one in, names it to the next, and lets the next in after it', () => {
    const lock = lockDataFolder(folder, new Date());
    expect(() => lockDataFolder(folder, new Date())).toThrowError(
      expect.objectContaining({ code: 'engine.locked', details: expect.objectContaining({ pid: process.pid }) }),
    );
    lock.release();
    lockDataFolder(folder, new Date()).release();
  });
});

describe('settings', () => {
  it('survive, one bad value at a time', () => {
    const path = join(folder, 'db');
    const first = openDatabase(path);
    const seen: unknown[] = [];
    const store = createSettingsStore(first, (settings) => seen.push(settings));
    store.set({ theme: 'dark', undoHours: 48 });
    expect(() => store.set({ undoHours: 1 })).toThrow();
    first.prepare("UPDATE settings SET value = '3' WHERE key = 'undoHours'").run();
    closeDatabase(first);
    const second = openDatabase(path);
    expect(createSettingsStore(second, () => undefined).get()).toMatchObject({ theme: 'dark', undoHours: 24 });
    expect(seen).toHaveLength(1);
    closeDatabase(second);
  });
});
