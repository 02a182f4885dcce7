import { join } from 'node:path';
import type { Files } from '../platform/files.ts';
import { locateRepository } from './locate.ts';

/**
 * The branch checked out in a folder or the nearest parent, read from git's own files: that is quick, and asked often.
 * Null without a repository; a short commit id when detached.
 */
export async function currentBranch(folder: string, files: Files): Promise<string | null> {
  const place = await locateRepository(folder, files);
  if (place === undefined) return null;
  const head = join(place.gitFolder, 'HEAD');
  if ((await files.info(head).catch(() => undefined))?.kind !== 'file') return null;
  const text = await files.readText(head).catch(() => '');
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(text)?.[1];
  return branch ?? /^[0-9a-f]{40,64}$/m.exec(text)?.[0].slice(0, 10) ?? null;
}
