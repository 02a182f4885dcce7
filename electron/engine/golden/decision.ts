import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { type Golden, preferredImages, spareBytes, storedEnvironment } from './context.ts';
import { dataFolder, environmentKey, fileKey, imageFolder } from './layout.ts';
import { findImage, type StoredEnvironment, type StoredGeneration } from './store.ts';
import { refuseForeignUsers, volumeUsers } from './users.ts';
import { type DataVolume, dependantsOf, surveyVolumes } from './volumes.ts';

const changedVolume = z.object({
  key: z.string(),
  fileKey: z.string(),
  name: z.string(),
  kind: z.enum(['store', 'plain']),
  services: z.array(z.string()),
  /** Where its content comes from, in the store. For an undo of a store volume: the data folder itself. */
  source: z.string(),
  /** Its data folder's name in the generation we switch to. */
  data: z.string(),
  /** For plain volumes: the folder's name under which its content of now is kept. */
  keepAs: z.string().nullable(),
  bytesNow: z.number().nullable(),
  bytesThen: z.number(),
  digest: z.string().nullable(),
});
export type ChangedVolume = z.infer<typeof changedVolume>;

/** Everything a switch of generations has decided before it touches anything. Journalled as a whole. */
export const decisionSchema = z.object({
  key: z.string(),
  projectName: z.string(),
  way: z.enum(['reflink', 'copy', 'switch']),
  imageId: z.string().nullable(),
  imageName: z.string().nullable(),
  /** The generation to leave. Null: the environment has none in the store yet. */
  from: z.string().nullable(),
  to: z.string(),
  volumes: z.array(changedVolume),
  /** What the new generation shares with the one we leave. */
  shared: z.array(z.object({ fileKey: z.string(), data: z.string() })),
  /** Volumes of the image that the stack no longer has, and of the stack that the image lacks. */
  remarks: z.array(z.string()),
  dataServices: z.array(z.string()),
  restartServices: z.array(z.string()),
  /** Services to start again. Empty: nothing ran before. */
  start: z.array(z.string()),
  neededBytes: z.number(),
  /** Of the plan the user saw. */
  hash: z.string(),
});
export type Decision = z.infer<typeof decisionSchema>;

export interface Wish {
  /** Null: Undo. */
  readonly imageId: string | null;
  readonly services?: readonly string[] | undefined;
}

/**
 * Decides what a restore (or an undo) of this environment does. Changes nothing. `newId`: the generation to make.
 * With `work` nothing is measured that only a reader of the plan wants to know.
 */
export async function decide(
  golden: Golden,
  target: EnvironmentTarget,
  wish: Wish,
  newId: string,
  detail: 'plan' | 'work',
  signal: AbortSignal,
): Promise<Decision> {
  const helper = await golden.helper.ensure(signal, preferredImages(golden, target, signal));
  const stored = await storedEnvironment(golden, target, signal);
  const survey = await surveyVolumes(target, stored, helper.hostPath, golden.docker, signal);
  const { way } = await golden.store.abilities(signal);
  const content =
    wish.imageId === null
      ? undoContent(target, stored, survey.volumes, newId)
      : imageContent(golden, target, survey.volumes, wish.imageId, wish.services, newId);
  const volumes =
    detail === 'plan' || content.volumes.some((volume) => volume.kind === 'plain')
      ? await withSizes(golden, target, content.volumes, survey.volumes, signal)
      : [...content.volumes];
  const containers = await golden.runtime.containers(target, signal);
  const dataServices = [...new Set(volumes.flatMap((volume) => volume.services))].sort();
  const restartServices = dependantsOf(target, dataServices).filter((name) => isUp(containers, name));
  const users = await volumeUsers(
    target,
    volumes.map((volume) => volume.name),
    golden.docker,
    signal,
  );
  refuseForeignUsers(users, dataServices, 'restored');
  // What runs of inactive profiles or left the file goes on running, and says nothing about the rest.
  const declared = containers.filter((each) => target.project.services[each.service] !== undefined);
  const anyUp = declared.some((each) => upStates.has(each.state));
  const start = anyUp ? [...dataServices.filter((name) => shouldRun(containers, name)), ...restartServices] : [];
  const current = stored?.currentId ?? null;
  const changed = new Set(volumes.map((volume) => volume.fileKey));
  const links = current === null ? undefined : stored?.generations.get(current)?.links;
  const shared = [...(links ?? [])].filter(([key]) => !changed.has(key)).map(([key, data]) => ({ fileKey: key, data }));
  const neededBytes = volumes.reduce((sum, volume) => sum + roomFor(volume, way, wish.imageId !== null), spareBytes);
  const decision = {
    key: environmentKey(target),
    projectName: target.projectName,
    way: wish.imageId === null ? ('switch' as const) : way,
    imageId: wish.imageId,
    imageName: content.imageName,
    from: current,
    to: content.to,
    volumes,
    shared,
    remarks: content.remarks,
    dataServices,
    restartServices,
    start,
    neededBytes,
  };
  return { ...decision, hash: hashOf(decision, wish.imageId === null) };
}

/** What the user agreed to. Sizes of now and ids made up on the way are not part of it. */
function hashOf(decision: Omit<Decision, 'hash'>, undo: boolean): string {
  const agreed = {
    imageId: decision.imageId,
    way: decision.way,
    from: decision.from,
    to: undo ? decision.to : null,
    volumes: decision.volumes.map((volume) => [volume.key, volume.name, volume.kind, volume.digest]),
    services: [decision.dataServices, decision.restartServices],
    start: decision.start,
  };
  return createHash('sha256').update(JSON.stringify(agreed)).digest('hex');
}

interface Content {
  readonly to: string;
  readonly imageName: string | null;
  readonly volumes: readonly ChangedVolume[];
  readonly remarks: string[];
}

function imageContent(
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

function undoContent(
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

async function withSizes(
  golden: Golden,
  target: EnvironmentTarget,
  volumes: readonly ChangedVolume[],
  present: readonly DataVolume[],
  signal: AbortSignal,
): Promise<ChangedVolume[]> {
  const key = environmentKey(target);
  const folders = volumes.map((volume) => {
    const data = present.find((each) => each.key === volume.key)?.data ?? null;
    return data === null ? 'data-of-a-plain-volume' : dataFolder(key, data);
  });
  const usage = await golden.store.usage([...folders, ...volumes.map((volume) => volume.source)], signal);
  return volumes.map((volume, index) => ({
    ...volume,
    bytesNow: usage[index] ?? null,
    bytesThen: volume.digest === null ? (usage[volumes.length + index] ?? 0) : volume.bytesThen,
  }));
}

function roomFor(volume: ChangedVolume, way: 'reflink' | 'copy', makes: boolean): number {
  // A plain volume's content of now is kept in the store; measured only once it is mounted, so its new size stands for it.
  if (volume.kind === 'plain') return Math.max(volume.bytesThen, volume.bytesNow ?? 0);
  return makes && way === 'copy' ? volume.bytesThen : 0;
}

export const upStates: ReadonlySet<string> = new Set(['running', 'restarting', 'paused']);

function isUp(containers: readonly ContainerInfo[], service: string): boolean {
  return containers.some((each) => each.service === service && upStates.has(each.state));
}

/** It runs, or it failed: restoring its data is how it gets to run again. What had ended well stays so. */
function shouldRun(containers: readonly ContainerInfo[], service: string): boolean {
  const own = containers.filter((each) => each.service === service);
  return own.some((each) => upStates.has(each.state) || each.state === 'dead' || (each.exitCode ?? 0) !== 0);
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
