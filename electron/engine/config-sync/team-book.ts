import { z } from 'zod';
import type { Database } from '../storage/database.ts';

/** Hashes of the team's files as they were written last, by path below the project folder. */
export interface TeamBook {
  hashOf(environmentId: string, path: string): string | null;
  note(environmentId: string, path: string, hash: string): void;
}

export function createTeamBook(database: Database): TeamBook {
  const select = database.prepare('SELECT hash FROM team_files WHERE environment_id = ? AND path = ?');
  const insert = database.prepare(
    'INSERT INTO team_files (environment_id, path, hash) VALUES (?, ?, ?) ON CONFLICT (environment_id, path) DO UPDATE SET hash = excluded.hash',
  );
  const row = z.object({ hash: z.string() }).optional();
  return {
    hashOf: (environmentId, path) => row.parse(select.get(environmentId, path) ?? undefined)?.hash ?? null,
    note: (environmentId, path, hash) => void insert.run(environmentId, path, hash),
  };
}
