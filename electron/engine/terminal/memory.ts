import { z } from 'zod';
import type { Database } from '../storage/database.ts';
import { type Place, placeSchema } from './place.ts';

export interface RememberedTerminal {
  readonly id: string;
  readonly place: Place;
  readonly title: string;
  readonly name: string | null;
  readonly openedAt: string;
}

/** Which terminals are open, for the next life of the engine. */
export interface TerminalMemory {
  /** In the order of their tabs. */
  list(): RememberedTerminal[];
  /** Takes the whole order; what is not in it is forgotten. */
  keep(terminals: readonly RememberedTerminal[]): void;
}

/** More are not remembered. */
const most = 32;

const rowSchema = z.object({
  id: z.string(),
  place: z.string(),
  title: z.string(),
  name: z.string().nullable(),
  opened_at: z.string(),
});

export function createTerminalMemory(database: Database): TerminalMemory {
  const select = database.prepare('SELECT * FROM terminals ORDER BY position');
  const insert = database.prepare(
    'INSERT INTO terminals (id, position, place, title, name, opened_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    list: () =>
      select.all().flatMap((row): RememberedTerminal[] => {
        try {
          const { opened_at: openedAt, place, ...same } = rowSchema.parse(row);
          return [{ ...same, openedAt, place: placeSchema.parse(JSON.parse(place)) }];
        } catch {
          // Of a version that knew other places: nothing to go back to.
          return [];
        }
      }),
    keep(terminals) {
      database.exec('BEGIN IMMEDIATE');
      try {
        database.exec('DELETE FROM terminals');
        for (const [position, one] of terminals.slice(0, most).entries()) {
          insert.run(one.id, position, JSON.stringify(one.place), one.title, one.name, one.openedAt);
        }
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
