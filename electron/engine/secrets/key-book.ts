import { z } from 'zod';
import type { Database } from '../storage/database.ts';

/** Which secrets were given for an environment: names only, as key stores are bad at listing. */
export interface KeyBook {
  list(environmentId: string): readonly string[];
  add(environmentId: string, key: string): void;
  remove(environmentId: string, key: string): void;
}

export function createKeyBook(database: Database): KeyBook {
  const select = database.prepare('SELECT key FROM secret_keys WHERE environment_id = ? ORDER BY key');
  const insert = database.prepare('INSERT OR IGNORE INTO secret_keys (environment_id, key) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM secret_keys WHERE environment_id = ? AND key = ?');
  const rows = z.array(z.object({ key: z.string() }));
  return {
    list: (environmentId) => rows.parse(select.all(environmentId)).map(({ key }) => key),
    add: (environmentId, key) => void insert.run(environmentId, key),
    remove: (environmentId, key) => void remove.run(environmentId, key),
  };
}
