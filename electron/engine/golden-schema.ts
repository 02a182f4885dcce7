import { join } from 'node:path';
import { systemFiles } from './platform/files.ts';
import { goldenFileIn, schemaFileName, schemaLine, writeBack } from './stacks/golden-file/edit.ts';
import { publishedSchemaText } from './stacks/golden-file/published-schema.ts';

export { publishedSchemaText };

/**
 * Puts the schema beside a folder's golden.yml and has its first line name it, which editors go by. Returns the files
 * that were written.
 */
export async function writeSchema(folder: string): Promise<string[]> {
  const files = systemFiles;
  const written = [join(folder, schemaFileName)];
  await files.writeText(join(folder, schemaFileName), publishedSchemaText());
  const file = await goldenFileIn(files, folder);
  if (file === undefined) return written;
  const before = await files.readText(file);
  if (/^# yaml-language-server:/m.test(before)) return written;
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  await writeBack(files, { file, before, after: `${schemaLine}${newline}${before.replace(/^\uFEFF/, '')}` });
  return [...written, file];
}
