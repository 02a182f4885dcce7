import { createHash } from 'node:crypto';
import type { EnvironmentTarget } from '../providers/provider.ts';

/**
 * Where things are in the store, relative to its root:
 *
 *     images/<id>/manifest.json            one golden image; `.partial-<id>` while it is made
 *     images/<id>/volumes/<volume>/        its data, one folder per volume
 *     images/<id>/index/<volume>.*         names, attributes and hashes of every file in it
 *     env/<environment>/current            one symlink to the current generation: the only thing a restore changes
 *     env/<environment>/gen-<id>/<volume>  symlinks to `../data/<volume>-<id>`
 *     env/<environment>/data/<volume>-<id> the data itself
 *     work/<operation>/                    lists and marks while an operation runs
 *     trash/                               on its way out
 *
 * All links are relative, so that they hold on the engine's host and in the helper container.
 */
export const storeRoot = '/store';

/** Where the worker container of a capture or restore sees a volume that is not in the store. */
export const plainRoot = '/plain';

/** A file name that is the same on every file system: the text itself where that is safe, else a hash of it. */
export function fileKey(text: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,120}$/.test(text)) return text;
  return `x${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

/** The engine tells environments apart by their Compose project name, and so does the store. */
export function environmentKey(target: Pick<EnvironmentTarget, 'projectName'>): string {
  return fileKey(target.projectName);
}

export const environmentFolder = (key: string): string => `env/${key}`;
export const generationFolder = (key: string, generation: string): string => `env/${key}/gen-${generation}`;
export const dataFolder = (key: string, data: string): string => `env/${key}/data/${data}`;
export const imageFolder = (id: string): string => `images/${id}`;
export const partialFolder = (id: string): string => `images/.partial-${id}`;
/** Where data of plain volumes lies until it is taken into the current generation. */
export const adoptedFolder = (operationId: string): string => `work/${operationId}-adopted`;
/** The name of the folder that a moved volume's data has in its generation. */
export const adoptedData = (volumeFileKey: string, operationId: string): string => `${volumeFileKey}-${operationId}`;
export const workFolder = (operationId: string): string => `work/${operationId}`;

/** The path the Docker volume is bound to. `hostPath` is the store's root on the engine's host. */
export function volumeDevice(hostPath: string, key: string, volumeKey: string): string {
  return `${hostPath}/${environmentFolder(key)}/current/${fileKey(volumeKey)}`;
}
