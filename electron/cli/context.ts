import { dirname, resolve } from 'node:path';
import type { EngineClient } from '../../shared/client.ts';
import type { Loading } from '../../shared/contract/compose-projects.ts';
import type { Invocation } from '../../shared/contract/invocation.ts';
import { AppError } from '../../shared/errors.ts';
import type { Terminal } from './output.ts';
import type { Session } from './session.ts';

/** The options before and after every command. */
export interface GlobalOptions {
  readonly directory: string | undefined;
  readonly json: boolean;
  readonly file: readonly string[] | undefined;
  readonly envFile: readonly string[] | undefined;
  readonly profile: readonly string[] | undefined;
  readonly projectName: string | undefined;
}

export interface CommandContext {
  readonly terminal: Terminal;
  readonly folder: string;
  /** The folder was given, not just where we are. */
  readonly folderNamed: boolean;
  /** Which files make the stack, as far as the command says; paths absolute. */
  readonly loading: Loading;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the built program lies; the built page lies beside it. Only the entry knows: chunks lie elsewhere. */
  readonly programFolder?: string;
}

/** From the options of a command to what it works with. */
export function contextOf(
  terminal: Terminal,
  options: GlobalOptions,
  environment: CommandContext['environment'],
): CommandContext {
  const { file, envFile, profile, projectName } = options;
  const folder = options.directory ?? process.cwd();
  const absolute = (paths: readonly string[]): string[] =>
    paths.map((path) => (isRemote(path) ? path : resolve(folder, path)));
  return {
    terminal,
    folder,
    folderNamed: options.directory !== undefined,
    loading: {
      ...(file === undefined ? {} : { files: absolute(file) }),
      ...(envFile === undefined ? {} : { envFiles: absolute(envFile) }),
      ...(profile === undefined ? {} : { profiles: [...profile] }),
      ...(projectName === undefined || projectName === '' ? {} : { projectName }),
    },
    environment,
  };
}

/** In a repository: no path of this computer. */
function isRemote(file: string): boolean {
  return /^(?:[a-z][a-z0-9+]*:\/\/|github\.com\/|[\w-]+@[\w.-]+:)/.test(file);
}

/** What every command is: data in, exit code or nothing out. */
export type Run = (context: CommandContext) => Promise<number | undefined>;

/** Runs with an engine and lets go of it whatever happens. */
export async function withEngine<T>(
  context: CommandContext,
  work: (client: EngineClient, session: Session) => Promise<T>,
): Promise<T> {
  const { openSession } = await import('./session.ts');
  const session = await openSession(context.environment);
  try {
    if (session.remote) await sayOtherEngine(context, session.client);
    return await work(session.client, session);
  } finally {
    await session.close();
  }
}

async function sayOtherEngine({ environment, terminal }: CommandContext, client: EngineClient): Promise<void> {
  const { namesEngine, otherEngine } = await import('./other-engine.ts');
  if (!namesEngine(environment)) return;
  const line = otherEngine(environment, await client.engines.list());
  if (line !== null) terminal.stderr.write(`${line}\n`);
}

/** What a command sends so that the engine, which may run elsewhere, reads the files as this shell would. */
export function invocationOf(context: CommandContext): { invocation: Invocation } {
  const { projectName: _name, ...loading } = context.loading;
  return {
    invocation: {
      environment: definedOnly(context.environment),
      ...(Object.keys(loading).length === 0 ? {} : { loading }),
    },
  };
}

export function definedOnly(environment: CommandContext['environment']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/**
 * The environment of the current folder or the nearest parent; with a project name the one that has it, and with files
 * the one of their folder. With `add`, one that is not known yet is added, as `up` should need no step before it.
 */
export async function environmentOf(client: EngineClient, context: CommandContext, add = false): Promise<string> {
  const { loading } = context;
  const name = loading.projectName ?? (context.environment['COMPOSE_PROJECT_NAME'] || undefined);
  // As for Compose the first file's folder is the project's, unless one is named.
  const base = loading.files?.[0];
  const wanted = resolve(base === undefined || context.folderNamed || isRemote(base) ? context.folder : dirname(base));
  const { folder } = await client.folders.list({ folder: wanted });
  const known = (await client.environments.list()).filter(
    (each) =>
      (name === undefined || each.projectName === name) &&
      (folder === each.folder || (base === undefined && folder.startsWith(`${each.folder}/`))),
  );
  const nearest = known.sort((a, b) => b.folder.length - a.folder.length)[0];
  if (nearest !== undefined) return nearest.id;
  if (add) {
    const named = name === undefined ? loading : { ...loading, projectName: name };
    const added = await client.stacks.add({
      folder,
      environment: definedOnly(context.environment),
      ...(Object.keys(named).length === 0 ? {} : { loading: named }),
    });
    return added.environmentId;
  }
  throw new AppError({
    code: 'input.not-found',
    message: name === undefined ? `No stack was added for ${folder}.` : `No stack ${name} was added for ${folder}.`,
    remedy: 'Run `golden up` there, add the folder in the window, or name another one with -C.',
  });
}
