import { z } from 'zod';
import type { StepContext } from '../operations/types.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { adoptionSchema, surveyAdoption } from './adoption.ts';
import { captureHash } from './capture-plan.ts';
import { nameTaken, nothingToCapture, planStale } from './capture-refusals.ts';
import { type Golden, preferredImages, spareBytes, storedEnvironment } from './context.ts';
import { plainPath } from './copier.ts';
import type { Worker } from './helper.ts';
import { dataFolder, environmentKey } from './layout.ts';
import { diskUsage } from './scripts/store.ts';
import { noSpace } from './store-errors.ts';
import { refuseForeignUsers, volumeUsers } from './users.ts';
import { type DataVolume, surveyVolumes } from './volumes.ts';

export const surveySchema = z.object({
  projectName: z.string(),
  volumes: z.array(
    z.object({
      key: z.string(),
      fileKey: z.string(),
      name: z.string(),
      kind: z.enum(['store', 'plain']),
      services: z.array(z.string()),
      data: z.string().nullable(),
      bytes: z.number(),
    }),
  ),
  omitted: z.array(z.string()),
  pausedBefore: z.array(z.string()),
  clean: z.boolean(),
  parentId: z.string().nullable(),
  /** Null: plain volumes stay where they are. */
  adoption: adoptionSchema.nullable().default(null),
});
export type Survey = z.infer<typeof surveySchema>;
export type SurveyedVolume = Survey['volumes'][number];

export interface CaptureWish {
  readonly name: string;
  readonly environmentId: string;
  readonly adopt: boolean;
  readonly planHash?: string | undefined;
}

/** What there is to capture, and whether it can be. Changes nothing. */
export async function look(
  golden: Golden,
  target: EnvironmentTarget,
  input: CaptureWish,
  id: string,
  step: StepContext,
): Promise<Survey> {
  const { signal } = step;
  const helper = await golden.helper.ensure(signal, preferredImages(golden, target, signal));
  const stored = await storedEnvironment(golden, target, signal);
  const taken = golden.store
    .content()
    .images.some(({ manifest }) => manifest.name === input.name && manifest.environmentId === input.environmentId);
  if (taken) throw nameTaken(input.name);
  const { volumes, omitted } = await surveyVolumes(target, stored, helper.hostPath, golden.docker, signal);
  if (volumes.length === 0) throw nothingToCapture(target, omitted);
  const containers = await golden.runtime.containers(target, signal);
  const users = await volumeUsers(
    target,
    volumes.map((volume) => volume.name),
    golden.docker,
    signal,
  );
  refuseForeignUsers(users, Object.keys(target.project.services), 'captured');
  for (const sentence of omitted) step.log(sentence);
  const { adoption, stay } = await surveyAdoption(golden, target, volumes, signal);
  if (input.planHash !== undefined && input.planHash !== captureHash(volumes, adoption)) throw planStale();
  if (input.adopt) for (const sentence of stay.values()) step.log(sentence);
  const moving = new Set(input.adopt ? adoption?.volumes.map((volume) => volume.key) : []);
  const bytes = await measure(golden, target, volumes, id, step);
  const { way } = await golden.store.abilities(signal);
  const needed = volumes.reduce((sum, volume, index) => {
    const own = bytes[index] ?? 0;
    if (volume.kind === 'store') return way === 'reflink' ? sum : sum + own;
    // Once as image and once as the data to go on with, which a clone shares with it.
    return sum + own + (moving.has(volume.key) && way === 'copy' ? own : 0);
  }, spareBytes);
  const free = golden.store.freeBytes();
  if (needed > free) throw noSpace(needed, free, `capture ${input.name}`);
  const origin = stored?.currentId == null ? undefined : stored.generations.get(stored.currentId)?.generation.origin;
  return {
    projectName: target.projectName,
    volumes: volumes.map((volume, index) => ({ ...volume, services: [...volume.services], bytes: bytes[index] ?? 0 })),
    omitted: [...omitted],
    pausedBefore: containers.filter((each) => each.state === 'paused').map((each) => each.id),
    clean: containers.every((each) => endedWell(each)),
    parentId: golden.store.content().images.some((image) => image.manifest.id === origin) ? (origin ?? null) : null,
    adoption: input.adopt ? adoption : null,
  };
}

/** Exit codes of a process that was asked to end and did, by itself or by SIGINT or SIGTERM. */
const goodEnds: readonly (number | null)[] = [0, 130, 143];

export function endedWell(container: ContainerInfo): boolean {
  if (container.state === 'created') return true;
  return container.state === 'exited' && !container.oomKilled && goodEnds.includes(container.exitCode);
}

async function measure(
  golden: Golden,
  target: EnvironmentTarget,
  volumes: readonly DataVolume[],
  id: string,
  step: StepContext,
): Promise<readonly number[]> {
  const plain = volumes.filter((volume) => volume.kind === 'plain');
  const run = async (worker: Worker): Promise<readonly number[]> => {
    const folders = volumes.map((volume) => sourceOf(target, volume, plain));
    const lines = await worker.run(diskUsage, folders, {
      signal: step.signal,
      what: 'measure the data',
      timeoutMs: 300_000,
    });
    return lines.map((line) => Number(line.split(' ')[1]) || 0);
  };
  if (plain.length === 0) return run(golden.helper);
  const names = plain.map((volume) => volume.name);
  return golden.helper.withVolumes(id, names, step.signal, run);
}

/** Where a worker of `withPlainVolumes` sees a volume's data. */
export function sourceOf(
  target: Pick<EnvironmentTarget, 'projectName'>,
  volume: Pick<DataVolume, 'kind' | 'data' | 'name'>,
  plain: readonly Pick<DataVolume, 'name'>[],
): string {
  if (volume.kind === 'store') return dataFolder(environmentKey(target), volume.data ?? '');
  return plainPath(plain.findIndex((each) => each.name === volume.name));
}

export const plainOf = (survey: Survey): readonly SurveyedVolume[] =>
  survey.volumes.filter((volume) => volume.kind === 'plain');

/** A worker that sees the store and every plain volume of the survey. */
export function withPlainVolumes<T>(
  golden: Golden,
  id: string,
  survey: Survey,
  signal: AbortSignal,
  body: (worker: Worker) => Promise<T>,
): Promise<T> {
  const plain = plainOf(survey).map((volume) => volume.name);
  return plain.length === 0 ? body(golden.helper) : golden.helper.withVolumes(id, plain, signal, body);
}

export const totalBytes = (survey: Survey): number => survey.volumes.reduce((sum, volume) => sum + volume.bytes, 0);
