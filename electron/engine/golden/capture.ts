import { z } from 'zod';
import { environmentId } from '../../../shared/contract/common.ts';
import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import { AppError } from '../../../shared/errors.ts';
import type { OperationContext, OperationKind, StepContext } from '../operations/types.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { describeStack, imagesOf } from './capture-facts.ts';
import { forgetCapture, settle } from './capture-undo.ts';
import { copyDeadline, type Golden, preferredImages, spareBytes, storedEnvironment } from './context.ts';
import { type CopyJob, createCopier, plainPath } from './copier.ts';
import { whileFrozen } from './freeze.ts';
import type { Worker } from './helper.ts';
import { dataFolder, environmentKey, partialFolder } from './layout.ts';
import type { Manifest, ManifestVolume } from './manifest.ts';
import { redactProject } from './redact.ts';
import { indexImage, putFiles } from './scripts/images.ts';
import { diskUsage, publishImage } from './scripts/store.ts';
import { noSpace, size } from './store-errors.ts';
import { refuseForeignUsers, volumeUsers } from './users.ts';
import { type DataVolume, surveyVolumes } from './volumes.ts';

const inputSchema = z.object({
  environmentId,
  name: z.string().min(1),
  purpose: z.string(),
  note: z.string().nullable(),
  /** Who asked for it. */
  by: z.string(),
});
export type CaptureInput = z.infer<typeof inputSchema>;

const surveySchema = z.object({
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
});
type Survey = z.infer<typeof surveySchema>;

const indexSchema = z.array(
  z.object({ key: z.string(), files: z.number(), bytes: z.number(), diskBytes: z.number(), digest: z.string() }),
);

/** Makes an immutable image of an environment's data. The operation's id is the image's. */
export function captureKind(golden: Golden): OperationKind<CaptureInput> {
  return {
    kind: 'golden.capture',
    input: inputSchema,
    title: (input) => `Capture ${input.name}`,
    environmentId: (input) => input.environmentId,
    run: (input, context) => capture(golden, input, context),
    undo: (_input, context) => forgetCapture(golden, context.recorded('survey', surveySchema), context),
  };
}

async function capture(golden: Golden, input: CaptureInput, context: OperationContext) {
  const { id, signal } = context;
  if (context.resumed) {
    // Everything up to the point of no return is recorded; putting the image in its place needs no Compose file.
    await settle(golden, id, signal);
  }
  let resolved: Promise<EnvironmentTarget> | undefined;
  const target = (): Promise<EnvironmentTarget> => {
    resolved ??= golden.resolveTarget(input.environmentId, signal);
    return resolved;
  };
  const survey = await context.step('survey', { title: 'Look at the data', result: surveySchema }, async (step) =>
    look(golden, await target(), input, id, step),
  );
  // Beyond this the image is complete, and all that a restart may have to do is to put it in its place.
  const complete = await context.step('copy', { title: 'Copy the data', result: copiedSchema }, async (step) => {
    const now = await target();
    return withWorker(golden, id, survey, step.signal, (worker) => copy(golden, now, survey, id, worker, step));
  });
  const index = await context.step('index', { title: 'Hash every file', result: indexSchema }, (step) =>
    hash(golden, survey, id, step),
  );
  await context.step('describe', { title: 'Write the manifest', result: z.object({}) }, async (step) => {
    const now = await target();
    const manifest = await describe(golden, now, input, survey, index, complete.awayMs, id, step.signal);
    const folder = partialFolder(id);
    const options = { signal: step.signal, operationId: id, what: 'write the manifest' };
    const compose = JSON.stringify(redactProject(now.project), null, 2);
    const files = ['compose.json', compose, 'manifest.json', JSON.stringify(manifest)];
    await golden.helper.run(putFiles, [folder, ...files], options);
    return {};
  });
  context.pointOfNoReturn();
  await context.step('publish', { title: 'Put the image in its place', result: z.object({}) }, async (step) => {
    await golden.store.runAndScan(publishImage, [id], {
      signal: step.signal,
      operationId: id,
      what: 'put the image in its place',
      timeoutMs: copyDeadline(total(survey)),
    });
    return {};
  });
  const bytes = index.reduce((sum, volume) => sum + volume.bytes, 0);
  const away =
    complete.awayMs === null ? 'from the stopped services' : `services frozen for ${seconds(complete.awayMs)}`;
  return { summary: `Captured ${input.name}: ${size(bytes)}, ${away}.` };
}

const copiedSchema = z.object({ awayMs: z.number().nullable() });

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

async function look(
  golden: Golden,
  target: EnvironmentTarget,
  input: CaptureInput,
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
  const bytes = await measure(golden, target, volumes, id, step);
  const { way } = await golden.store.abilities(signal);
  const needed = volumes.reduce(
    (sum, volume, index) => sum + (way === 'reflink' && volume.kind === 'store' ? 0 : (bytes[index] ?? 0)),
    spareBytes,
  );
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
  };
}

/** Exit codes of a process that was asked to end and did, by itself or by SIGINT or SIGTERM. */
const goodEnds: readonly (number | null)[] = [0, 130, 143];

function endedWell(container: ContainerInfo): boolean {
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

function sourceOf(
  target: EnvironmentTarget,
  volume: Pick<DataVolume, 'kind' | 'data' | 'name'>,
  plain: readonly Pick<DataVolume, 'name'>[],
): string {
  if (volume.kind === 'store') return dataFolder(environmentKey(target), volume.data ?? '');
  return plainPath(plain.findIndex((each) => each.name === volume.name));
}

function withWorker<T>(
  golden: Golden,
  id: string,
  survey: Survey,
  signal: AbortSignal,
  body: (worker: Worker) => Promise<T>,
): Promise<T> {
  const plain = survey.volumes.filter((volume) => volume.kind === 'plain').map((volume) => volume.name);
  return plain.length === 0 ? body(golden.helper) : golden.helper.withVolumes(id, plain, signal, body);
}

async function copy(
  golden: Golden,
  target: EnvironmentTarget,
  survey: Survey,
  id: string,
  worker: Worker,
  step: StepContext,
): Promise<z.infer<typeof copiedSchema>> {
  const { way } = await golden.store.abilities(step.signal);
  const plain = survey.volumes.filter((volume) => volume.kind === 'plain');
  const jobs = survey.volumes.map(
    (volume): CopyJob => ({
      label: volume.key,
      source: sourceOf(target, volume, plain),
      destination: `${partialFolder(id)}/volumes/${volume.fileKey}`,
      way: volume.kind === 'store' ? way : 'copy',
      bytes: volume.bytes,
    }),
  );
  const copier = createCopier(golden, worker, id, jobs);
  const mode = await copier.ahead(step);
  const containers = await golden.runtime.containers(target, step.signal);
  const live = containers.some((each) => each.state === 'running' || each.state === 'restarting');
  step.detail(live ? 'Copying what changed, services frozen' : 'Comparing with the data');
  const frozen = await whileFrozen(golden, target, survey.pausedBefore, step.signal, () =>
    copier.rest(mode, step.signal),
  );
  await copier.check(mode, step.signal);
  return { awayMs: live ? frozen : null };
}

async function hash(
  golden: Golden,
  survey: Survey,
  id: string,
  step: StepContext,
): Promise<z.infer<typeof indexSchema>> {
  const byFile = new Map(survey.volumes.map((volume) => [volume.fileKey, volume.key]));
  const lines = await golden.helper.run(indexImage, [partialFolder(id), ...byFile.keys()], {
    signal: step.signal,
    operationId: id,
    what: 'hash the files',
    timeoutMs: copyDeadline(total(survey) * 2),
    onLine: (line) => {
      const volume = /^hashing (.+)$/.exec(line)?.[1];
      if (volume !== undefined) step.detail(`Hashing ${byFile.get(volume) ?? volume}`);
    },
  });
  return lines
    .filter((line) => line.startsWith('volume '))
    .map((line) => {
      const [, file = '', files, bytes, disk, digest = ''] = line.split(' ');
      return {
        key: byFile.get(file) ?? file,
        files: Number(files),
        bytes: Number(bytes),
        diskBytes: Number(disk),
        digest,
      };
    });
}

async function describe(
  golden: Golden,
  target: EnvironmentTarget,
  input: CaptureInput,
  survey: Survey,
  index: z.infer<typeof indexSchema>,
  awayMs: number | null,
  id: string,
  signal: AbortSignal,
): Promise<Manifest> {
  const { git, stackHash } = await describeStack(golden, target, signal);
  const containers = await golden.runtime.containers(target, signal);
  const environmentClass: EnvironmentClass = target.class;
  return {
    format: 1,
    id,
    name: input.name,
    environmentId: target.id,
    projectName: target.projectName,
    class: environmentClass,
    purpose: input.purpose,
    note: input.note,
    createdAt: golden.clock.now().toISOString(),
    createdBy: input.by,
    consistency: awayMs === null && survey.clean ? 'clean' : 'crash-consistent',
    volumes: index.map((entry): ManifestVolume => {
      const volume = survey.volumes.find((each) => each.key === entry.key);
      return { ...entry, services: volume?.services ?? [], plain: volume?.kind === 'plain' };
    }),
    omitted: survey.omitted,
    images: imagesOf(target, containers),
    git,
    stackHash,
    parentId: survey.parentId,
    awayMs,
    appVersion: golden.appVersion,
  };
}

const total = (survey: Survey): number => survey.volumes.reduce((sum, volume) => sum + volume.bytes, 0);

export function nameTaken(name: string): AppError {
  return new AppError({
    code: 'golden.name-taken',
    message: `A golden image named ${name} exists already.`,
    remedy: 'Choose another purpose, or add a tag such as "2".',
    details: { name },
  });
}

function nothingToCapture(target: EnvironmentTarget, omitted: readonly string[]): AppError {
  return new AppError({
    code: 'golden.nothing-to-capture',
    message: `${target.id} has no data that a golden image could hold.`,
    remedy:
      omitted.length > 0
        ? `Start the stack once so that its volumes exist. ${omitted.join(' ')}`
        : 'Give its services named volumes in the Compose file.',
    details: { omitted },
  });
}
