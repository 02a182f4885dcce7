import { newId } from '../platform/random.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type Golden, storedEnvironment } from './context.ts';
import { plainPath } from './copier.ts';
import type { Worker } from './helper.ts';
import { dataFolder, environmentKey, imageFolder } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { measureChanges } from './scripts/changes.ts';
import type { StoreContent, StoredEnvironment } from './store.ts';
import { type DataVolume, surveyVolumes } from './volumes.ts';

/** How the data of now differs from the last image of it. */
export interface DataChange {
  /** What lies in files that are new or changed. A large file with one changed byte counts whole. */
  readonly bytes: number;
  readonly files: number;
  /** Files of the image that are no more. */
  readonly gone: number;
  /** What it is compared with; null: there is no image of it yet, and everything counts. */
  readonly since: { readonly id: string; readonly name: string; readonly createdAt: string } | null;
}

/** Where the data of now came from. */
export interface DataOrigin {
  /** When it was put there, ISO 8601. */
  readonly at: string;
  /** The image it was restored from; null: it was first filled then. */
  readonly imageId: string | null;
}

/**
 * Compares the files with those of the newest image since the data was put there, else with the image it came from. Names,
 * times and sizes decide, not contents: it takes about as long as listing the files. Undefined: there is no data.
 */
export async function measureChange(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<DataChange | undefined> {
  const ready = await golden.helper.exists(signal);
  const hostPath = ready ? (await golden.helper.ensure(signal)).hostPath : '';
  const stored = ready ? await storedEnvironment(golden, target, signal) : undefined;
  const { volumes } = await surveyVolumes(target, stored, hostPath, golden.docker, signal);
  if (volumes.length === 0) return undefined;
  // Nothing was captured ever, and looking must not create a store.
  if (!ready) return undefined;
  const image = lastImage(golden.store.content(), target.id, stored);
  const plain = volumes.filter(({ kind }) => kind === 'plain');
  const id = newId(golden.clock.now());
  const measure = async (worker: Worker): Promise<DataChange> => {
    const pairs = volumes.flatMap((volume) => [
      volume.kind === 'store'
        ? dataFolder(environmentKey(target), volume.data ?? '')
        : plainPath(plain.indexOf(volume)),
      folderIn(image, volume),
    ]);
    const lines = await worker.run(measureChanges, [id, ...pairs], {
      signal,
      operationId: id,
      what: 'measure what changed',
      timeoutMs: 120_000,
    });
    const sum = { bytes: 0, files: 0, gone: 0 };
    for (const line of lines) {
      const [word, bytes, files, gone] = line.split(' ');
      if (word !== 'differs') continue;
      sum.bytes += Number(bytes) || 0;
      sum.files += Number(files) || 0;
      sum.gone += Number(gone) || 0;
    }
    const since = image === undefined ? null : { id: image.id, name: image.name, createdAt: image.createdAt };
    return { ...sum, since };
  };
  if (plain.length === 0) return measure(golden.helper);
  const names = plain.map(({ name }) => name);
  return golden.helper.withVolumes(id, names, signal, measure);
}

function folderIn(image: Manifest | undefined, volume: DataVolume): string {
  const held = image?.volumes.some(({ key }) => key === volume.key) === true;
  return held && image !== undefined ? `${imageFolder(image.id)}/volumes/${volume.fileKey}` : '';
}

/** The newest image that is of the data of now: taken since it was put there, or what it was put there from. */
function lastImage(
  content: StoreContent,
  environmentId: string,
  stored: StoredEnvironment | undefined,
): Manifest | undefined {
  const own = content.images.map(({ manifest }) => manifest);
  const current = stored?.currentId == null ? undefined : stored.generations.get(stored.currentId)?.generation;
  const newest = own.find((manifest) => manifest.environmentId === environmentId);
  if (current === undefined) return newest;
  if (newest !== undefined && newest.createdAt >= current.createdAt) return newest;
  return own.find(({ id }) => id === current.origin);
}

/** Undefined: the data is not in the store, or there is none. */
export async function dataOrigin(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<DataOrigin | undefined> {
  if (!(await golden.helper.exists(signal))) return undefined;
  const stored = await storedEnvironment(golden, target, signal);
  const current = stored?.currentId == null ? undefined : stored.generations.get(stored.currentId)?.generation;
  if (current === undefined) return undefined;
  const image = golden.store.content().images.find(({ manifest }) => manifest.id === current.origin);
  return { at: current.createdAt, imageId: image?.manifest.id ?? null };
}
