import { execFile } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temp.ts';

const run = promisify(execFile);

export interface LoopFileSystem {
  /** The mount point. */
  readonly path: string;
  remove(): Promise<void>;
}

export interface LoopOptions {
  readonly type: 'xfs' | 'ext4';
  /** Size of the file system. XFS wants at least 300 MB. */
  readonly bytes: number;
}

async function asRoot(command: string, args: readonly string[]): Promise<void> {
  const root = process.getuid?.() === 0;
  await run(root ? command : 'sudo', root ? args : ['-n', command, ...args]);
}

/** A file system of its own on a sparse file, mounted. Linux, root or sudo. XFS comes with reflinks. */
export async function loopFileSystem(options: LoopOptions): Promise<LoopFileSystem> {
  const folder = await temporaryFolder('goldenhour-loop-');
  const file = join(folder.path, 'disk');
  const path = join(folder.path, 'mount');
  await mkdir(path);
  await writeFile(file, '');
  await truncate(file, options.bytes);
  const make = options.type === 'xfs' ? ['mkfs.xfs', '-q', '-m', 'reflink=1'] : ['mkfs.ext4', '-q', '-F', '-m', '0'];
  await asRoot(make[0] as string, [...make.slice(1), file]);
  await asRoot('mount', ['-o', 'loop', file, path]);
  return {
    path,
    remove: async () => {
      await asRoot('umount', [path]);
      await rm(file, { force: true });
      await folder.remove();
    },
  };
}
