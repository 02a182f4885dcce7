import { AppError } from '../../../shared/errors.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import type { ChangedVolume } from './decision.ts';
import { dataFolder, fileKey, imageFolder } from './layout.ts';
import { findImage, type StoredEnvironment, type StoredGeneration } from './store.ts';
import type { DataVolume } from './volumes.ts';

/** What a switch puts in place of what. */
export interface Content {
  readonly to: string;
  readonly imageName: string | null;
  readonly volumes: readonly ChangedVolume[];
  readonly remarks: string[];
}

/** The volumes of the stack that an image holds. */
export function imageContent(
  golden: Golden,
  target: EnvironmentTarget,
  present: readonly DataVolume[],
  imageId: string,
  services: readonly string[] | undefined,
  newId: string,
): Content {
  const { manifest, checked } = findImage(golden.store.content(), imageId);
  if (manifest.environmentId !== target.id) throw otherEnvironment(manifest.name, manifest.environmentId, target.id);
  if (checked?.damaged === true) throw damaged(manifest.name);
  for (const service of services ?? []) {
    if (target.project.services[service] === undefined) throw unknownService(target, service);
  }
  const wanted = services === undefined ? undefined : new Set(services);
  const remarks: string[] = [];
  const volumes: ChangedVolume[] = [];
  for (const volume of present) {
    if (wanted !== undefined && !volume.services.some((service) => wanted.has(service))) continue;
    const captured = manifest.volumes.find((each) => each.key === volume.key);
    if (captured === undefined) {
      remarks.push(`Volume ${volume.key} is not in the image and keeps its data.`);
      continue;
    }
    const source = `${imageFolder(imageId)}/volumes/${fileKey(volume.key)}`;
    volumes.push({
      ...changedFrom(volume, newId),
      source,
      data: `${volume.fileKey}-${newId}`,
      bytesThen: captured.bytes,
      digest: captured.digest,
    });
  }
  for (const volume of manifest.volumes) {
    if (!present.some((each) => each.key === volume.key)) {
      remarks.push(`Volume ${volume.key} of the image does not exist in the stack and is left out.`);
    }
  }
  if (volumes.length === 0) throw nothingToRestore(manifest.name, remarks);
  return { to: newId, imageName: manifest.name, volumes, remarks };
}

/** The volumes whose data is not what it was before the last switch. */
export function undoContent(
  target: EnvironmentTarget,
  stored: StoredEnvironment | undefined,
  present: readonly DataVolume[],
  newId: string,
): Content {
  const to = lastLeft(stored);
  if (stored === undefined || to === undefined) throw nothingToUndo(target);
  const volumes: ChangedVolume[] = [];
  for (const volume of present) {
    const data = to.links.get(volume.fileKey);
    if (data === undefined || (volume.kind === 'store' && data === volume.data)) continue;
    volumes.push({
      ...changedFrom(volume, newId),
      source: dataFolder(stored.key, data),
      data,
      bytesThen: 0,
      digest: null,
    });
  }
  if (volumes.length === 0) throw nothingToUndo(target);
  return { to: to.generation.id, imageName: null, volumes, remarks: [] };
}

function changedFrom(volume: DataVolume, operationId: string) {
  return {
    key: volume.key,
    fileKey: volume.fileKey,
    name: volume.name,
    kind: volume.kind,
    services: [...volume.services],
    // A name of its own: under the generation's there can be older data of a volume that somebody made anew by hand.
    keepAs: volume.kind === 'plain' ? `${volume.fileKey}-kept-${operationId}` : null,
    bytesNow: null,
  };
}

/** The generation that Undo brings back: the one left last. */
export function lastLeft(stored: StoredEnvironment | undefined): StoredGeneration | undefined {
  const left = [...(stored?.generations.values() ?? [])].filter(
    (each) => each.left !== null && each.generation.id !== stored?.currentId,
  );
  return left.sort((a, b) => ((a.left?.leftAt ?? '') < (b.left?.leftAt ?? '') ? 1 : -1))[0];
}

function otherEnvironment(name: string, theirs: string, ours: string): AppError {
  return new AppError({
    code: 'input.invalid',
    message: `${name} is an image of ${theirs}, not of ${ours}.`,
    remedy: `Choose an image of ${ours}.`,
  });
}

export function damaged(name: string, what = 'Its contents do not match their hashes.'): AppError {
  return new AppError({
    code: 'golden.corrupt',
    message: `${name} is damaged. ${what}`,
    remedy: 'Choose another image. Nothing was changed.',
    details: { name },
  });
}

function unknownService(target: EnvironmentTarget, service: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `${target.id} has no service named ${service}.`,
    remedy: `Its services are ${Object.keys(target.project.services).join(', ')}.`,
  });
}

function nothingToRestore(name: string, remarks: readonly string[]): AppError {
  return new AppError({
    code: 'input.invalid',
    message: `${name} holds no data for the chosen services.`,
    remedy: ['Choose services whose volumes the image holds.', ...remarks].join(' '),
  });
}

function nothingToUndo(target: EnvironmentTarget): AppError {
  return new AppError({
    code: 'golden.nothing-to-undo',
    message: `${target.id} has no earlier state to go back to.`,
    remedy: 'Restore a golden image instead.',
  });
}
