import { resolve } from 'node:path';
import type { EngineClient } from '../../shared/client.ts';
import { AppError } from '../../shared/errors.ts';
import type { Terminal } from './output.ts';

/** The options before and after every command. */
export interface GlobalOptions {
  readonly directory: string;
  readonly json: boolean;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What every command is: data in, exit code or nothing out. */
export type Run = (context: CommandContext) => Promise<number | undefined>;

/** Runs with an engine and lets go of it whatever happens. */
export async function withEngine<T>(context: CommandContext, work: (client: EngineClient) => Promise<T>): Promise<T> {
  const { openSession } = await import('./session.ts');
  const session = await openSession(context.environment);
  try {
    return await work(session.client);
  } finally {
    await session.close();
  }
}

/**
 * The environment of the current folder or the nearest parent. With `add`, a folder with a Compose file that is not
 * known yet is added, as `up` should need no step before it.
 */
export async function environmentOf(client: EngineClient, context: CommandContext, add = false): Promise<string> {
  const folder = resolve(context.folder);
  const { folder: real } = await client.folders.list({ folder });
  const known = (await client.environments.list()).filter(
    (each) => real === each.folder || real.startsWith(`${each.folder}/`),
  );
  const nearest = known.sort((a, b) => b.folder.length - a.folder.length)[0];
  if (nearest !== undefined) return nearest.id;
  if (add) return (await client.stacks.add({ folder: real })).environmentId;
  throw new AppError({
    code: 'input.not-found',
    message: `No stack was added for ${real}.`,
    remedy: 'Run `golden up` there, add the folder in the window, or name another one with -C.',
  });
}
