import { join } from 'node:path';
import { z } from 'zod';
import { copyNewFile } from '../platform/copy-file.ts';
import type { Files } from '../platform/files.ts';
import { newId } from '../platform/random.ts';

const recordSchema = z.object({
  /** Top of the repository. */
  folder: z.string(),
  kind: z.enum(['branch', 'current']),
  /** Whole name of the branch the commit went to. */
  ref: z.string(),
  /** Where that branch was; null: it was not there. */
  before: z.string().nullable(),
  after: z.string(),
  /** Of the commit. */
  tree: z.string(),
  /** Files that were left out, as bytes. They are no part of what is compared. */
  leftOut: z.array(z.string()),
  /** The index was kept beside, and had something in it. */
  index: z.boolean(),
});
export type UndoRecord = z.infer<typeof recordSchema>;

/** What it takes to take work-in-progress commits back, on disk before they are made. */
export interface UndoBook {
  /** Gives the token. Keeps a copy of the repository's index with it when `gitFolder` is given. */
  write(record: Omit<UndoRecord, 'index'>, gitFolder: string | undefined): Promise<string>;
  read(token: string): Promise<UndoRecord | undefined>;
  /** The copy of the index. */
  indexOf(token: string): string;
  remove(token: string): Promise<void>;
}

const keptMs = 30 * 24 * 3_600_000;
const tokenPattern = /^[0-9a-z]{16}$/;

export function createUndoBook(files: Files, folder: string): UndoBook {
  const place = (token: string): string => join(folder, `${token}.json`);
  const indexOf = (token: string): string => join(folder, `${token}.index`);

  async function removeOld(): Promise<void> {
    for (const { name } of await files.list(folder).catch(() => [])) {
      const path = join(folder, name);
      const info = await files.info(path);
      if (info !== undefined && Date.now() - info.modifiedAt.getTime() > keptMs) await files.remove(path);
    }
  }

  return {
    indexOf,
    async write(record, gitFolder) {
      await files.makeFolder(folder, { mode: 0o700 });
      await removeOld();
      const token = newId();
      const index = gitFolder !== undefined && (await copyNewFile(join(gitFolder, 'index'), indexOf(token)));
      await files.writeText(place(token), JSON.stringify({ ...record, index } satisfies UndoRecord), { mode: 0o600 });
      return token;
    },
    async read(token) {
      if (!tokenPattern.test(token) || (await files.info(place(token))) === undefined) return undefined;
      return recordSchema.parse(JSON.parse(await files.readText(place(token))));
    },
    async remove(token) {
      await files.remove(place(token));
      await files.remove(indexOf(token));
    },
  };
}
