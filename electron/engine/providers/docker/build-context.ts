import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { AppError } from '../../../../shared/errors.ts';
import { type IgnoreRules, parseIgnore } from './build-ignore.ts';

export interface ContextRequest {
  readonly folder: string;
  /** Path of the Dockerfile relative to the context, or null when it is given as text. */
  readonly dockerfile: string | null;
  /** Files that are not in the folder, by their path in the context. */
  readonly extra: ReadonlyMap<string, string>;
}

/** The rules that lie beside the Dockerfile if there are any, else those of `.dockerignore`. */
export async function ignoreRules(folder: string, beside: string | undefined): Promise<IgnoreRules> {
  const text = beside ?? (await readFile(join(folder, '.dockerignore'), 'utf8').catch(() => ''));
  return parseIgnore(text);
}

/** The build context as a tar, read while it is sent. An error of a file ends the stream with that error. */
export function packContext(request: ContextRequest, rules: IgnoreRules, signal: AbortSignal): Pack {
  const tar = pack();
  const work = async (): Promise<void> => {
    await addFolder(tar, request, rules, '', signal);
    for (const [name, text] of request.extra) await entry(tar, { name, mode: 0o644 }, Buffer.from(text));
    tar.finalize();
  };
  work().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return tar;
}

async function addFolder(
  tar: Pack,
  request: ContextRequest,
  rules: IgnoreRules,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const entries = await readdir(join(request.folder, folder), { withFileTypes: true });
  for (const found of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const name = folder === '' ? found.name : `${folder}/${found.name}`;
    // The builder itself reads these two, whatever the rules say.
    const needed = name === request.dockerfile || name === '.dockerignore';
    const ignored = !needed && rules.ignores(name);
    if (found.isDirectory()) {
      if (ignored && !rules.hasExceptions && !(request.dockerfile ?? '').startsWith(`${name}/`)) continue;
      if (!ignored) await addOne(tar, request.folder, name);
      await addFolder(tar, request, rules, name, signal);
    } else if (!ignored) await addOne(tar, request.folder, name);
  }
}

async function addOne(tar: Pack, root: string, name: string): Promise<void> {
  const path = join(root, name);
  const found = await lstat(path);
  const header = { name, mode: found.mode & 0o7777, mtime: found.mtime, uid: 0, gid: 0 };
  if (found.isDirectory()) return entry(tar, { ...header, type: 'directory' });
  if (found.isSymbolicLink()) return entry(tar, { ...header, type: 'symlink', linkname: await readlink(path) });
  // Sockets and devices have no place in an image.
  if (!found.isFile()) return;
  if (found.size === 0) return entry(tar, { ...header, type: 'file' }, Buffer.alloc(0));
  try {
    const sink = tar.entry({ ...header, type: 'file', size: found.size });
    // Exactly the announced size, should the file grow meanwhile.
    await pipeline(createReadStream(path, { end: found.size - 1 }), sink as unknown as NodeJS.WritableStream);
  } catch (cause) {
    throw new AppError(
      {
        code: 'docker.build-failed',
        message: `${path} of the build context cannot be read.`,
        remedy: 'Check its permissions, or leave it out with .dockerignore.',
        details: { path },
      },
      { cause },
    );
  }
}

function entry(tar: Pack, header: Parameters<Pack['entry']>[0], content?: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (content === undefined) tar.entry(header, done);
    else tar.entry(header, content, done);
  });
}
