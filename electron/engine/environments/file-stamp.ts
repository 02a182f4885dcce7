import type { Files } from '../platform/files.ts';
import { goldenFileNames } from '../stacks/golden-file/load.ts';
import { composeNames } from '../system/folders.ts';

/** What may appear in a folder and then be read. */
const watchedNames = [
  ...composeNames,
  ...composeNames.map((name) => name.replace(/\.(ya?ml)$/, '.override.$1')),
  ...goldenFileNames,
  '.env',
];

/** A text that changes when any file a stack was read from changes, appears or goes. `paths` are absolute. */
export async function stampOf(folder: string, paths: readonly string[], files: Pick<Files, 'info'>): Promise<string> {
  const all = new Set([...watchedNames.map((name) => `${folder}/${name}`), ...paths]);
  const infos = await Promise.all([...all].map((path) => files.info(path).catch(() => undefined)));
  return infos.map((info) => (info === undefined ? '-' : `${info.bytes}:${info.modifiedAt.getTime()}`)).join(' ');
}
