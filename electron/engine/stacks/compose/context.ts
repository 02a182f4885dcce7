import type { Position } from '../../../../shared/domain/position.ts';
import type { Files } from '../../platform/files.ts';
import type { EnvVariable } from './dotenv.ts';
import type { MapNode } from './node.ts';
import type { Origins } from './origins.ts';
import { maxBytes, type ParsedDocument, parseYaml } from './parse.ts';
import { createProblems, type Problems } from './problems.ts';
import type { FetchedSource, RemoteSources } from './remote.ts';

/** The part of the file system that a loader needs. */
export type ComposeFiles = Pick<Files, 'readText' | 'info'>;

/** Variables by name. Those of the shell have no place of their own. */
export type Environment = ReadonlyMap<string, EnvVariable>;

export interface LoadContext {
  readonly files: ComposeFiles;
  readonly signal: AbortSignal | undefined;
  readonly problems: Problems;
  /** Every file that was read, absolute, in order of first reading. */
  readonly filesRead: Set<string>;
  /** The user's home, for paths that start with a tilde. */
  readonly home: string | undefined;
  /** Services of files that others extend, parsed once for each set of variables. */
  readonly bases: WeakMap<Environment, Map<string, Promise<ExtendsBase | undefined>>>;
  /** How values with variables came about. */
  readonly origins: Origins;
  /** Faultless files that were parsed for the project's name, by path, until they are read for good. */
  readonly peeked: Map<string, { readonly text: string; readonly documents: readonly ParsedDocument[] }>;
  /** Absent: nothing is fetched. */
  readonly remote: RemoteSources | undefined;
  /** What was fetched so far. */
  readonly fetched: FetchedSource[];
}

export function createContext(
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly files: ComposeFiles; readonly signal?: AbortSignal; readonly remote?: RemoteSources },
): LoadContext {
  return {
    files: options.files,
    signal: options.signal,
    problems: createProblems(),
    filesRead: new Set(),
    home: environment['HOME'] ?? environment['USERPROFILE'],
    bases: new WeakMap(),
    origins: new WeakMap(),
    peeked: new Map(),
    remote: options.remote,
    fetched: [],
  };
}

export interface ExtendsBase {
  readonly services: MapNode;
  readonly cleared: readonly (readonly string[])[];
}

export const shellPosition: Position = { file: '<environment>', line: 1, column: 1 };
/** Where variables stand whose values a key store keeps. */
export const secretPosition: Position = { file: '<key store>', line: 1, column: 1 };
/** Where variables stand that Compose sets itself. */
export const ownPosition: Position = { file: '<project>', line: 1, column: 1 };

export function lookupIn(environment: Environment): (name: string) => string | undefined {
  return (name) => environment.get(name)?.value;
}

/** Parses a Compose file for good. What was parsed for its name already is not parsed again. */
export function parseFile(context: LoadContext, text: string, path: string, shown: string): readonly ParsedDocument[] {
  const peeked = context.peeked.get(path);
  // For the first use only: every other gets nodes and positions of its own.
  context.peeked.delete(path);
  return peeked?.text === text ? peeked.documents : parseYaml(text, shown, context.problems);
}

/** Reads a file that something at `from` asked for. Undefined: it cannot be read, which is recorded. */
export async function readText(
  context: LoadContext,
  path: string,
  from: Position | undefined,
  what: string,
): Promise<string | undefined> {
  context.signal?.throwIfAborted();
  const missing = (message: string, remedy: string): undefined => {
    context.problems.error({ code: 'compose.file-missing', message, remedy, position: from });
    return undefined;
  };
  const info = await context.files.info(path);
  if (info === undefined) return missing(`The ${what} ${path} does not exist.`, 'Create it, or correct the path.');
  if (info.kind !== 'file') return missing(`${path} is not a file.`, `Name a file as ${what}.`);
  if (info.bytes > maxBytes) {
    return missing(
      `The ${what} ${path} has ${Math.round(info.bytes / 1024 / 1024)} MB.`,
      `A ${what} may have ${maxBytes / 1024 / 1024} MB at most.`,
    );
  }
  try {
    const text = await context.files.readText(path, context.signal);
    context.filesRead.add(path);
    return text;
  } catch (error) {
    context.signal?.throwIfAborted();
    const code = (error as { code?: unknown }).code;
    const reason = code === 'EACCES' || code === 'EPERM' ? 'you may not read it' : String(code ?? error);
    return missing(`The ${what} ${path} cannot be read: ${reason}.`, 'Check its owner and permissions.');
  }
}

/** Lets others have their turn between stages: with files of some megabytes each takes a good part of a second. */
export async function breathe({ signal }: Pick<LoadContext, 'signal'>): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
