import { defaultSettings, type Settings, settingsSchema } from '../../../shared/contract/settings.ts';
import type { Database } from './database.ts';

export interface SettingsStore {
  get(): Settings;
  /** Returns the whole after the change. */
  set(change: Partial<Settings>): Settings;
}

/** Settings as rows of JSON. A value that no longer parses counts as unset, one key at a time. */
export function createSettingsStore(database: Database, onChange: (settings: Settings) => void): SettingsStore {
  const insert = database.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  let current = read(database);
  return {
    get: () => current,
    set(change) {
      const next = settingsSchema.parse({ ...current, ...change });
      for (const key of Object.keys(change)) insert.run(key, JSON.stringify(next[key as keyof Settings]));
      current = next;
      onChange(next);
      return next;
    },
  };
}

function read(database: Database): Settings {
  const rows = database.prepare('SELECT key, value FROM settings').all() as { key: string; value: string }[];
  let settings = defaultSettings;
  for (const { key, value } of rows) {
    try {
      const parsed = settingsSchema.safeParse({ ...settings, [key]: JSON.parse(value) });
      if (parsed.success) settings = parsed.data;
    } catch {
      // Not JSON: written by nobody we know; the default stands.
    }
  }
  return settings;
}
