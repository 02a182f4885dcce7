import { constants } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';

/**
 * Copies the bytes of a file and puts them on disk. False: there is nothing to copy. Rejects with `EEXIST` when the
 * copy is there already.
 */
export async function copyNewFile(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}
