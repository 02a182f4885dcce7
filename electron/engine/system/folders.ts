import { dirname, isAbsolute, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Files } from '../platform/files.ts';

const maxEntries = 500;
export const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const;

/** The Compose files of a folder that Compose itself would read, the main one first. Empty when there is none. */
export async function composeFilesIn(folder: string, files: Files): Promise<string[]> {
  const names = new Set(
    (await files.list(folder)).filter((entry) => entry.kind !== 'folder').map((entry) => entry.name),
  );
  const main = composeNames.find((name) => names.has(name));
  if (main === undefined) return [];
  const overrides = composeNames
    .map((name) => name.replace(/\.(ya?ml)$/, '.override.$1'))
    .filter((name) => names.has(name));
  return [main, ...overrides.slice(0, 1)].map((name) => join(folder, name));
}

/** Refuses what is not an existing folder, and resolves links so that one folder has one name. */
export async function realFolder(folder: string, files: Files): Promise<string> {
  const real = isAbsolute(folder) ? await files.real(folder) : undefined;
  const info = real === undefined ? undefined : await files.info(real);
  if (real === undefined || info === undefined) {
    throw new AppError({
      code: 'input.not-found',
      message: `There is no folder ${folder}.`,
      remedy: 'Check the path; it must be absolute.',
    });
  }
  if (info.kind !== 'folder') {
    throw new AppError({
      code: 'input.invalid',
      message: `${folder} is not a folder.`,
      remedy: 'Choose the folder that holds the Compose file.',
    });
  }
  return real;
}

export function createFolders(deps: { readonly files: Files; readonly home: string }): EngineApi['folders'] {
  return {
    async list(input) {
      const folder = await realFolder(input.folder ?? deps.home, deps.files);
      const all = (await deps.files.list(folder)).filter(
        (entry) => entry.kind === 'folder' && !entry.name.startsWith('.'),
      );
      const sorted = all.sort((a, b) => a.name.localeCompare(b.name)).slice(0, maxEntries);
      const entries = await Promise.all(
        sorted.map(async ({ name }) => {
          const path = join(folder, name);
          const found = await composeFilesIn(path, deps.files).catch(() => []);
          return { name, path, hasCompose: found.length > 0 };
        }),
      );
      const parent = dirname(folder);
      return { folder, parent: parent === folder ? null : parent, entries, truncated: all.length > maxEntries };
    },
  };
}
