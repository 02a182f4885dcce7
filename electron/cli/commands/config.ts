import { resolve } from 'node:path';
import { loadForConfig } from '../../engine/config.ts';
import { type CommandContext, definedOnly } from '../context.ts';
import { problemText, table, writeJson } from '../output.ts';

export interface ConfigOptions {
  readonly format: 'yaml' | 'json';
  readonly positions?: boolean;
}

/** `golden config`: the resolved model. Reads files only: no engine, no data folder, no lock. */
export async function runConfig(context: CommandContext, options: ConfigOptions): Promise<undefined> {
  const { terminal, folder } = context;
  const environment = definedOnly(context.environment);
  const result = await loadForConfig({ folder: resolve(folder), environment, ...context.loading });
  for (const warning of result.warnings) terminal.stderr.write(`${problemText(warning)}\n`);
  if (options.positions === true) {
    const positions = result.positions();
    if (terminal.json) writeJson(terminal, positions);
    else terminal.stdout.write(table(Object.entries(positions)));
    return undefined;
  }
  terminal.stdout.write(result.print(terminal.json ? 'json' : options.format));
  return undefined;
}
