import { createHash } from 'node:crypto';
import type { Database } from '../storage/database.ts';

/** Commands that the user allowed to run on this machine, word by word. Another text, or another folder, is asked anew. */
export interface TrustedCommands {
  allowed(environmentId: string, folder: string, command: readonly string[]): boolean;
  allow(environmentId: string, folder: string, command: readonly string[], at: Date): void;
  withdraw(environmentId: string, folder: string, command: readonly string[]): void;
}

export function createTrustedCommands(database: Database): TrustedCommands {
  const find = database.prepare('SELECT 1 AS one FROM trusted_commands WHERE environment_id = ? AND hash = ?');
  const add = database.prepare('INSERT OR REPLACE INTO trusted_commands VALUES (?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM trusted_commands WHERE environment_id = ? AND hash = ?');
  return {
    allowed: (environmentId, folder, command) => find.get(environmentId, hashOf(folder, command)) !== undefined,
    allow: (environmentId, folder, command, at) =>
      void add.run(environmentId, hashOf(folder, command), JSON.stringify(command), at.toISOString()),
    withdraw: (environmentId, folder, command) => void remove.run(environmentId, hashOf(folder, command)),
  };
}

function hashOf(folder: string, command: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([folder, ...command]))
    .digest('hex');
}
