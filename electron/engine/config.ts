import { homedir } from 'node:os';
import type { Problem } from '../../shared/domain/problem.ts';
import { positionsOf } from './environments/positions.ts';
import { systemClock } from './platform/clock.ts';
import { systemFiles } from './platform/files.ts';
import { runProcess } from './platform/processes.ts';
import { type LoadInput, loadProject } from './stacks/compose/load.ts';
import { type PrintFormat, printProject } from './stacks/compose/print.ts';
import { composeCacheFolder } from './stacks/remote/cache-folder.ts';
import { createGitSources } from './stacks/remote/git-sources.ts';

export interface ConfigResult {
  /** JSON pointer → `file:line:column`. */
  positions(): Readonly<Record<string, string>>;
  readonly warnings: readonly Problem[];
  print(format: PrintFormat): string;
}

/** The resolved model of a folder, for `golden config`: files only, no engine. */
export async function loadForConfig(input: LoadInput): Promise<ConfigResult> {
  const environment = { HOME: homedir(), ...input.environment };
  const remote = createGitSources({
    files: systemFiles,
    clock: systemClock,
    run: runProcess,
    environment,
    cacheFolder: composeCacheFolder(environment, homedir(), process.platform),
    // Whoever asks for it by hand means it, as with docker compose config; nothing of it is run.
    allowed: () => true,
  });
  const loaded = await loadProject({ ...input, environment }, { files: systemFiles, remote });
  return {
    positions: () => positionsOf(loaded.project, loaded.positionOf),
    warnings: loaded.problems,
    print: (format) => printProject(loaded.project, format),
  };
}
