import { chmod, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';

export interface FileInfo {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** Who may read and write it, as `chmod` takes it. */
  readonly mode?: number;
}

/** The file system, as a port. Paths are absolute. Missing files are values, not exceptions, where a caller expects them. */
export interface Files {
  /** Whole file as UTF-8. Rejects with the system's error (`code: 'ENOENT'`…). */
  readText(path: string, signal?: AbortSignal): Promise<string>;
  readBytes(path: string, signal?: AbortSignal): Promise<Buffer>;
  /** Writes beside and renames, so that readers see the old text or the new one. */
  writeText(path: string, text: string, options?: { readonly mode?: number }): Promise<void>;
  /** The same for bytes; the file gets exactly this mode. */
  writeBytes(path: string, bytes: Uint8Array, options: { readonly mode: number }): Promise<void>;
  info(path: string): Promise<FileInfo | undefined>;
  list(path: string): Promise<readonly { readonly name: string; readonly kind: FileInfo['kind'] }[]>;
  /** Resolves links; undefined when there is nothing. */
  real(path: string): Promise<string | undefined>;
  makeFolder(path: string, options?: { readonly mode?: number }): Promise<void>;
  /** Renames; rejects when something is there already that cannot be replaced. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): FileInfo['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
}

function missing(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

export const systemFiles: Files = {
  readText: (path, signal) => readFile(path, { encoding: 'utf8', ...(signal === undefined ? {} : { signal }) }),
  readBytes: (path, signal) => readFile(path, signal === undefined ? {} : { signal }),
  async writeText(path, text, options) {
    const beside = `${path}.${process.pid}.new`;
    await writeFile(beside, text, { encoding: 'utf8', flush: true, mode: options?.mode ?? 0o644 });
    // The process's mask would take away what is wanted.
    if (options?.mode !== undefined) await chmod(beside, options.mode);
    await rename(beside, path);
  },
  async writeBytes(path, bytes, { mode }) {
    const beside = `${path}.${process.pid}.new`;
    await writeFile(beside, bytes, { flush: true, mode: 0o600 });
    // What a new file gets depends on the process.
    await chmod(beside, mode);
    await rename(beside, path);
  },
  async info(path) {
    const found = await stat(path).catch(missing);
    return found === undefined
      ? undefined
      : { kind: kindOf(found), bytes: found.size, modifiedAt: found.mtime, mode: found.mode & 0o777 };
  },
  async list(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  },
  real: (path) => realpath(path).catch(missing),
  async makeFolder(path, options) {
    await mkdir(path, { recursive: true, mode: options?.mode ?? 0o755 });
  },
  move: (from, to) => rename(from, to),
  async remove(path) {
    await rm(path, { recursive: true, force: true });
  },
};
