import { resolve } from 'node:path';
import { publishedSchemaText, writeSchema } from '../../engine/golden-schema.ts';
import type { CommandContext } from '../context.ts';
import { writeJson } from '../output.ts';

/** `golden schema`: the JSON schema of golden.yml, for editors. Needs no engine. */
export async function runSchema(context: CommandContext, options: { readonly write: boolean }): Promise<undefined> {
  const { terminal, folder } = context;
  if (!options.write) {
    terminal.stdout.write(publishedSchemaText());
    return undefined;
  }
  const files = await writeSchema(resolve(folder));
  if (terminal.json) writeJson(terminal, { files });
  else terminal.stdout.write(files.map((file) => `${file}\n`).join(''));
  return undefined;
}
