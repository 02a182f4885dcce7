import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';

const ownerSchema = z.object({ pid: z.number().int(), startedAt: z.string() });

export interface DataLock {
  release(): void;
}

/**
 * One engine owns a data folder at a time. The lock is an exclusive transaction on a file of its own, so the operating
 * system releases it whatever way the process ends, and no left-over file can ever be mistaken for a living owner.
 * Throws `engine.locked` with the owner's pid. Runs once at start-up, hence synchronous.
 */
export function lockDataFolder(folder: string, now: Date): DataLock {
  const ownerFile = join(folder, 'engine.owner.json');
  const database = new DatabaseSync(join(folder, 'engine.lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
  } catch (cause) {
    database.close();
    const owner = readOwner(ownerFile);
    throw new AppError(
      {
        code: 'engine.locked',
        message: `Another Golden Hour${owner === undefined ? '' : ` (process ${owner.pid}, since ${owner.startedAt})`} is using ${folder}.`,
        remedy:
          'Use that one, or quit it first. To run a second one beside it, set GOLDEN_HOUR_HOME to another folder.',
        details: owner === undefined ? { folder } : { folder, ...owner },
      },
      { cause },
    );
  }
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, startedAt: now.toISOString() }), { mode: 0o600 });
  return {
    release: () => {
      database.exec('ROLLBACK');
      database.close();
    },
  };
}

function readOwner(file: string): z.infer<typeof ownerSchema> | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
