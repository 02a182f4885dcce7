import { z } from 'zod';
import type { Database } from '../storage/database.ts';

const seenSchema = z.object({
  /** Keys of templates, by env file. */
  templates: z.record(z.string(), z.array(z.string())).default({}),
  /** What the step `changes` saw last; absent: it never ran. */
  files: z
    .object({
      /** Hashes of golden.yml and the Compose files, by path. */
      hashes: z.record(z.string(), z.string()),
      migrations: z.array(z.string()),
    })
    .optional(),
});
export type SeenFiles = NonNullable<z.infer<typeof seenSchema>['files']>;

/** What was seen of an environment's files, so that news can be told from what was there. */
export interface SeenBook {
  templateOf(environmentId: string, env: string): readonly string[];
  noteTemplate(environmentId: string, env: string, keys: readonly string[]): void;
  files(environmentId: string): SeenFiles | undefined;
  noteFiles(environmentId: string, files: SeenFiles): void;
}

export function createSeenBook(database: Database): SeenBook {
  const select = database.prepare('SELECT body FROM seen_files WHERE environment_id = ?');
  const insert = database.prepare(
    'INSERT INTO seen_files (environment_id, body) VALUES (?, ?) ON CONFLICT (environment_id) DO UPDATE SET body = excluded.body',
  );
  const rowSchema = z.object({ body: z.string() }).optional();

  function read(environmentId: string): z.infer<typeof seenSchema> {
    const row = rowSchema.parse(select.get(environmentId) ?? undefined);
    const parsed = seenSchema.safeParse(row === undefined ? {} : JSON.parse(row.body));
    return parsed.success ? parsed.data : { templates: {} };
  }
  const write = (environmentId: string, seen: z.infer<typeof seenSchema>): void =>
    void insert.run(environmentId, JSON.stringify(seen));

  return {
    templateOf: (environmentId, env) => read(environmentId).templates[env] ?? [],
    noteTemplate(environmentId, env, keys) {
      const seen = read(environmentId);
      write(environmentId, { ...seen, templates: { ...seen.templates, [env]: [...keys] } });
    },
    files: (environmentId) => read(environmentId).files,
    noteFiles(environmentId, files) {
      write(environmentId, { ...read(environmentId), files });
    },
  };
}
