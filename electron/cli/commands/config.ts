import { resolve } from 'node:path';
import { loadForConfig } from '../../engine/config.ts';
import type { CommandContext } from '../context.ts';
import { problemText, table, writeJson } from '../output.ts';

export interface ConfigOptions {
  readonly format: 'yaml' | 'json';
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly positions?: boolean;
}

/** `golden config`: the resolved model. Reads files only: no engine, no data folder, no lock. */
export async function runConfig(context: CommandContext, options: ConfigOptions): Promise<undefined> {
  const { terminal, folder } = context;
  const environment = Object.fromEntries(
    Object.entries(context.environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const result = await loadForConfig({
    folder: resolve(folder),
    environment,
    ...(options.file === undefined ? {} : { files: options.file.map((file) => resolve(folder, file)) }),
    ...(options.envFile === undefined ? {} : { envFiles: options.envFile.map((file) => resolve(folder, file)) }),
    ...(options.profile === undefined ? {} : { profiles: [...options.profile] }),
  });
  for (const warning of result.warnings) terminal.stderr.write(`${problemText(warning)}\n`);
  if (options.positions === true) {
    if (terminal.json) writeJson(terminal, result.positions);
    else terminal.stdout.write(table(Object.entries(result.positions)));
    return undefined;
  }
  terminal.stdout.write(result.print(terminal.json ? 'json' : options.format));
  return undefined;
}
