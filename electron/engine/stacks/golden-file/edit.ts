import { dirname, join } from 'node:path';
import { goldenFileSchema } from '../../../../shared/domain/golden-file.ts';
import type { Files } from '../../platform/files.ts';
import { lineDiff } from '../line-diff.ts';
import { goldenFileNames, type LoadedGoldenFile, parseGoldenFile } from './load.ts';

export interface GoldenFileEdit {
  /** Absolute. */
  readonly file: string;
  /** Empty: there is no such file. */
  readonly before: string;
  readonly after: string;
  /** Unified, without the names of files. */
  readonly diff: string;
  /** What the file would be. */
  readonly loaded: LoadedGoldenFile;
}

/** A copy of the schema beside golden.yml, for editors: see `golden schema`. */
export const schemaFileName = 'golden.schema.json';
export const schemaLine = `# yaml-language-server: $schema=./${schemaFileName}`;

/**
 * What a folder's golden.yml would become; a folder without the file gets one. Throws `golden-file.invalid` when the
 * file, or what it would be, cannot be read; what is wrong with parts that stand apart is in `loaded.problems`.
 */
export async function editGoldenFile(
  files: Files,
  folder: string,
  change: (text: string) => string,
): Promise<GoldenFileEdit> {
  const file = (await goldenFileIn(files, folder)) ?? join(folder, goldenFileNames[0]);
  const before = (await files.info(file)) === undefined ? '' : await files.readText(file);
  if (before !== '') parseGoldenFile(before, file);
  const after = change(before === '' ? await freshText(files, folder) : before);
  return { file, before, after, diff: lineDiff(before, after), loaded: parseGoldenFile(after, file) };
}

async function freshText(files: Files, folder: string): Promise<string> {
  const line = (await files.info(join(folder, schemaFileName))) === undefined ? '' : `${schemaLine}\n`;
  return `${line}version: ${goldenFileSchema.shape.version.value}\n`;
}

export async function goldenFileIn(files: Pick<Files, 'info'>, folder: string): Promise<string | undefined> {
  for (const name of goldenFileNames) {
    if ((await files.info(join(folder, name))) !== undefined) return join(folder, name);
  }
  return undefined;
}

/** Writes a file of the user's: where links lead, and with the same people allowed to read it as before. */
export async function writeBack(
  files: Files,
  { file, before, after }: Pick<GoldenFileEdit, 'file' | 'before' | 'after'>,
): Promise<void> {
  if (before === after) return;
  const real = (await files.real(file)) ?? file;
  const mode = (await files.info(real))?.mode;
  await files.makeFolder(dirname(real));
  await files.writeText(real, after, mode === undefined ? {} : { mode });
}
