import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../../shared/errors.ts';
import type { Stat } from './messages.ts';

/** A folder that BuildKit may ask for. Paths are relative to it, with forward slashes; '' is the folder itself. */
export interface FileTree {
  /** Names in byte order, as BuildKit wants them. None when it is no folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Undefined for what is not there and for what has no place in an image: sockets, devices. */
  describe(path: string): Promise<Stat | undefined>;
  read(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Go's bits for what a file is; the permissions are those of Unix. */
export const goModes = {
  folder: 2 ** 31,
  symlink: 2 ** 27,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  sticky: 2 ** 20,
} as const;

export function isFolder(stat: Stat): boolean {
  return stat.mode >= goModes.folder;
}

export function isSymlink(stat: Stat): boolean {
  return (stat.mode & goModes.symlink) !== 0;
}

/** A folder of this machine. Everything in it belongs to root in an image, as with `docker build`. */
export function diskTree(root: string, windows = process.platform === 'win32'): FileTree {
  const at = (path: string): string => (path === '' ? root : join(root, path));
  return {
    async list(folder) {
      try {
        const names = await readdir(at(folder));
        return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      } catch (error) {
        if (isGone(error)) return [];
        throw unreadable(at(folder), error);
      }
    },
    async describe(path) {
      try {
        const found = await lstat(at(path), { bigint: true });
        return await statOf(path, found, at(path), windows);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw unreadable(at(path), error);
      }
    },
    async *read(path, signal) {
      try {
        for await (const chunk of createReadStream(at(path), { signal, highWaterMark: 64 * 1024 })) {
          yield chunk as Buffer;
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw unreadable(at(path), error);
      }
    },
  };
}

async function statOf(path: string, found: BigIntStats, absolute: string, windows: boolean): Promise<Stat | undefined> {
  const permissions = Number(found.mode & 0o777n);
  const base = { path, uid: 0, gid: 0, size: 0n, modTime: found.mtimeNs, linkname: '' };
  if (found.isDirectory()) {
    const sticky = found.mode & 0o1000n ? goModes.sticky : 0;
    return { ...base, mode: goModes.folder + specialBits(found.mode) + sticky + (windows ? 0o755 : permissions) };
  }
  if (found.isSymbolicLink()) {
    const linkname = (await readlink(absolute)).replaceAll('\\', windows ? '/' : '\\');
    return { ...base, mode: goModes.symlink + 0o777, size: found.size, linkname };
  }
  if (!found.isFile()) return undefined;
  // Windows knows no permissions; what it calls 0666 may have to run.
  return { ...base, mode: specialBits(found.mode) + (windows ? 0o755 : permissions), size: found.size };
}

function specialBits(mode: bigint): number {
  return (mode & 0o4000n ? goModes.setuid : 0) + (mode & 0o2000n ? goModes.setgid : 0);
}

/** Files that are nowhere on disk, by name. Their time follows from their content, so that BuildKit sees a change. */
export function memoryTree(files: ReadonlyMap<string, string>): FileTree {
  const contents = new Map([...files].map(([name, text]) => [name, Buffer.from(text)]));
  return {
    list: async (folder) => (folder === '' ? [...contents.keys()].sort() : []),
    async describe(path) {
      const content = contents.get(path);
      if (content === undefined) return undefined;
      const modTime = BigInt(`0x${createHash('sha256').update(content).digest('hex').slice(0, 14)}`);
      return { path, mode: 0o644, uid: 0, gid: 0, size: BigInt(content.length), modTime, linkname: '' };
    },
    async *read(path) {
      const content = contents.get(path);
      if (content !== undefined && content.length > 0) yield content;
    },
  };
}

function isGone(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'docker.build-failed',
      message: `${path} of the build context cannot be read.`,
      remedy: 'Check its permissions, or leave it out with .dockerignore.',
      details: { path },
    },
    { cause },
  );
}
