import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { ComposeFiles } from './context.ts';

/** The names that Compose looks for, best first. */
export const composeFileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const;
export const overrideFileNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

/** The Compose files of exactly this folder: the best one and its override. Empty: there is none. */
export async function discoverFiles(folder: string, files: ComposeFiles): Promise<readonly string[]> {
  const first = async (names: readonly string[]): Promise<string | undefined> => {
    for (const name of names) {
      const path = join(folder, name);
      if ((await files.info(path))?.kind === 'file') return path;
    }
    return undefined;
  };
  const main = await first(composeFileNames);
  if (main === undefined) return [];
  const override = await first(overrideFileNames);
  return override === undefined ? [main] : [main, override];
}

/** Like `discoverFiles`, going up through the parents until one has a Compose file. For the command line. */
export async function discoverUpwards(folder: string, files: ComposeFiles): Promise<readonly string[]> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await discoverFiles(at, files);
    if (found.length > 0 || dirname(at) === at) return found;
  }
}

/** The files that `COMPOSE_FILE` names, absolute. */
export function filesOfVariable(value: string, separator: string | undefined, folder: string): readonly string[] {
  return value.split(separator === undefined || separator === '' ? delimiter : separator).map((path) => {
    return isAbsolute(path) ? path : join(folder, path);
  });
}

export function noComposeFile(folder: string): AppError {
  return new AppError({
    code: 'stack.no-compose-file',
    message: `There is no Compose file in ${folder}.`,
    remedy: `Add one of ${composeFileNames.join(', ')}, or choose another folder.`,
    details: { folder },
  });
}
