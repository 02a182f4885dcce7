import { homedir } from 'node:os';
import type { Problem } from '../../shared/domain/problem.ts';
import { positionsOf } from './environments/positions.ts';
import { systemFiles } from './platform/files.ts';
import { type LoadInput, loadProject } from './stacks/compose/load.ts';
import { type PrintFormat, printProject } from './stacks/compose/print.ts';

export interface ConfigResult {
  /** JSON pointer → `file:line:column`. */
  readonly positions: Readonly<Record<string, string>>;
  readonly warnings: readonly Problem[];
  print(format: PrintFormat): string;
}

/** The resolved model of a folder, for `golden config`: files only, no engine. */
export async function loadForConfig(input: LoadInput): Promise<ConfigResult> {
  const environment = { HOME: homedir(), ...input.environment };
  const loaded = await loadProject({ ...input, environment }, { files: systemFiles });
  return {
    positions: positionsOf(loaded.project, loaded.positionOf),
    warnings: loaded.problems,
    print: (format) => printProject(loaded.project, format),
  };
}
