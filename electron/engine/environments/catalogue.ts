import { z } from 'zod';
import { type Loading, loadingSchema } from '../../../shared/contract/compose-projects.ts';
import type { Database } from '../storage/database.ts';

const rowSchema = z.object({
  id: z.string(),
  stack_name: z.string(),
  name: z.string(),
  folder: z.string(),
  added_at: z.string(),
  loading: z.string(),
});

export interface CatalogueRow {
  /** `shop/main` */
  readonly id: string;
  readonly stackName: string;
  readonly name: string;
  readonly folder: string;
  readonly addedAt: string;
  /** What has to be said to read the folder's project as it was added. */
  readonly loading: Loading;
}

/** The environments the user has added. */
export interface Catalogue {
  list(): CatalogueRow[];
  add(row: CatalogueRow): void;
  /** How it is loaded may change, and nothing else. */
  update(row: Pick<CatalogueRow, 'id' | 'loading'>): void;
  remove(id: string): void;
}

export function createCatalogue(database: Database): Catalogue {
  const select = database.prepare('SELECT * FROM environments ORDER BY stack_name, name');
  const insert = database.prepare(
    'INSERT INTO environments (id, stack_name, name, folder, added_at, loading) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = database.prepare('UPDATE environments SET loading = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM environments WHERE id = ?');
  return {
    list: () =>
      z
        .array(rowSchema)
        .parse(select.all())
        .map((row) => ({
          id: row.id,
          stackName: row.stack_name,
          name: row.name,
          folder: row.folder,
          addedAt: row.added_at,
          loading: loadingSchema.parse(JSON.parse(row.loading)),
        })),
    add: (row) =>
      void insert.run(row.id, row.stackName, row.name, row.folder, row.addedAt, JSON.stringify(row.loading)),
    update: (row) => void update.run(JSON.stringify(row.loading), row.id),
    remove: (id) => void remove.run(id),
  };
}
