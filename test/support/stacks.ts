import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectDocker, removeProject, uniqueProjectName } from './docker.ts';
import { freePort } from './ports.ts';
import { temporaryFolder } from './temp.ts';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures', 'stacks');

export interface StackCopy {
  /** The project folder; its name is the project name. */
  readonly folder: string;
  readonly projectName: string;
  /** Host ports by variable, such as `SHOP_WEB_PORT`. */
  readonly ports: Readonly<Record<string, number>>;
  /** Removes what the engine holds of the project, then the folder. */
  remove(): Promise<void>;
}

export interface StackCopyOptions {
  /** Written to `.env` beside the ports. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Files written over the copy, by path relative to the project folder. */
  readonly files?: Readonly<Record<string, string>>;
}

/**
 * A private copy of test/fixtures/stacks/NAME: a folder with a unique name (hence project name) and an `.env` that
 * gives every `${…_PORT:-…}` of the Compose file a free port.
 */
export async function copyStack(name: string, options: StackCopyOptions = {}): Promise<StackCopy> {
  const parent = await temporaryFolder();
  const projectName = uniqueProjectName(name);
  const folder = join(parent.path, projectName);
  await cp(join(fixtures, name), folder, { recursive: true });
  for (const [path, text] of Object.entries(options.files ?? {})) await writeFile(join(folder, path), text);
  const text = await readFile(join(folder, 'compose.yaml'), 'utf8');
  const ports: Record<string, number> = {};
  for (const match of text.matchAll(/\$\{([A-Z0-9_]+_PORT):?-\d+\}/g)) {
    const variable = match[1];
    if (variable !== undefined) ports[variable] ??= await freePort();
  }
  const lines = Object.entries({ ...ports, ...options.variables }).map(([key, value]) => `${key}=${value}`);
  await writeFile(join(folder, '.env'), `${lines.join('\n')}\n`);
  return {
    folder,
    projectName,
    ports,
    remove: async () => {
      await removeProject(connectDocker(), projectName);
      await parent.remove();
    },
  };
}
