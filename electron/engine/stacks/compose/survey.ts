import { createContext } from './context.ts';
import type { LoadInput, LoadOptions } from './load.ts';
import { servicesOf } from './model.ts';
import { get, isList, stringOf } from './node.ts';
import { isEnabled } from './profiles.ts';
import { findProject } from './project-environment.ts';
import { readProject } from './read-project.ts';

export interface Survey {
  readonly name: string;
  /** The Compose files, absolute, the base first. */
  readonly files: readonly string[];
  /** The folder that relative paths start from, absolute. */
  readonly folder: string;
  /** Every service, enabled or not, with its profiles. */
  readonly services: ReadonlyMap<string, { readonly profiles: readonly string[]; readonly enabled: boolean }>;
}

/**
 * A first look at a project: its name, its files and which profiles its services have, without asking whether it could
 * run. Throws as `loadProject` does when the files cannot be read.
 */
export async function surveyProject(input: LoadInput, options: LoadOptions): Promise<Survey> {
  const context = createContext(input.environment, options);
  const found = await findProject(context, input);
  const root = await readProject(context, {
    files: found.files.map((path) => ({ path })),
    folder: found.folder,
    environment: found.environment,
    chain: [],
  });
  context.problems.throwIfAny();
  return {
    name: found.name,
    files: found.files,
    folder: found.folder,
    services: new Map(
      [...(servicesOf(root)?.entries ?? [])].map(([name, { value }]) => {
        const profiles = get(value, 'profiles');
        return [
          name,
          {
            profiles: isList(profiles) ? profiles.items.map((item) => stringOf(item) ?? '') : [],
            enabled: isEnabled(value, found.profiles),
          },
        ];
      }),
    ),
  };
}
