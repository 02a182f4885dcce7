import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { type Golden, preferredImages, spareBytes, storedEnvironment } from './context.ts';
import { imageContent, undoContent } from './decision-content.ts';
import { dataFolder, environmentKey } from './layout.ts';
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
