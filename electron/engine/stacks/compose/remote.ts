import { sep } from 'node:path';
import type { Position } from '../../../../shared/domain/position.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { LoadContext } from './context.ts';
import { type GitReference, parseRemote } from './remote-reference.ts';

/** A repository as it was at one commit, in a folder of its own. */
export interface Checkout {
  /** Absolute. */
  readonly root: string;
  readonly commit: string;
}

/** Brings Compose files from elsewhere. */
export interface RemoteSources {
  /** The Compose file that a reference means, absolute. Throws an AppError that says why it cannot be had. */
  open(reference: GitReference, signal: AbortSignal | undefined): Promise<Checkout & { readonly file: string }>;
}

/** Something that a project was read from and that is not on this computer. */
export interface FetchedSource {
  /** The repository and what of it: `https://host/repository.git#main`. */
  readonly source: string;
  readonly commit: string;
  readonly root: string;
  /** Where it is asked for. */
  readonly position: Position;
}

/**
 * Fetches what a text names if it is a remote file. Undefined: it is a path. `failed`: it cannot be had, which is
 * recorded.
 */
export async function openRemote(
  context: LoadContext,
  text: string,
  position: Position,
): Promise<{ readonly file: string; readonly root: string } | 'failed' | undefined> {
  const parsed = parseRemote(text);
  if (parsed === undefined) return undefined;
  const refuse = (code: 'compose.unsupported' | AppError['code'], message: string, remedy: string, source?: string) => {
    context.problems.error({ code, message, remedy, position, ...(source === undefined ? {} : { source }) });
    return 'failed' as const;
  };
  if ('fault' in parsed) return refuse('compose.unsupported', `${parsed.fault}.`, parsed.remedy);
  const { git } = parsed;
  if (context.remote === undefined) {
    return refuse('compose.unsupported', `${git.source} is not on this computer.`, 'Copy the files into the project.');
  }
  try {
    const { file, root, commit } = await context.remote.open(git, context.signal);
    const known = context.fetched.some((each) => each.source === git.source && each.root === root);
    if (!known) context.fetched.push({ source: git.source, commit, root, position });
    return { file, root };
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return refuse(
      error.code,
      error.message,
      error.remedy,
      error.code === 'compose.not-allowed' ? git.source : undefined,
    );
  }
}

/** How a file is named to people: its path, or `repository@commit:path` when it was fetched. */
export function nameOf(context: Pick<LoadContext, 'fetched'>, path: string): string {
  const from = context.fetched.find(({ root }) => path.startsWith(`${root}${sep}`));
  if (from === undefined) return path;
  const repository = from.source.replace(/#.*$/s, '');
  return `${repository}@${from.commit.slice(0, 12)}:${path.slice(from.root.length + 1).replaceAll(sep, '/')}`;
}
