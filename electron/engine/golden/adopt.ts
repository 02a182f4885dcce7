import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { OperationContext, StepContext } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type Back, moveBack } from './adopt-back.ts';
import { bindToStore, volumeState } from './adopt-volumes.ts';
import { type Adoption, changedDeclaration } from './adoption.ts';
import { targetToBringBack } from './bring-back-target.ts';
import { imageJobs } from './capture-copy.ts';
import { type Facts, factsSchema, noteFacts } from './capture-facts.ts';
import { endedWell, plainOf, type Survey, sourceOf, totalBytes, withPlainVolumes } from './capture-survey.ts';
import { copyDeadline, type Golden } from './context.ts';
import { type CopyJob, createCopier, plainPath } from './copier.ts';
import { adoptedData, adoptedFolder, environmentKey, partialFolder } from './layout.ts';
import { copyTrees, flushFolders } from './scripts/copy.ts';
import { takeIn } from './scripts/generations.ts';
import { compareWhole } from './scripts/hashes.ts';
import { stopwatch } from './stopwatch.ts';
import { attempt, done, gateSchema, passed, stopAgain } from './switch-parts.ts';
import { refuseForeignUsers, volumeUsers } from './users.ts';

export interface MovedIn {
  readonly facts: Facts;
  readonly awayMs: number | null;
  readonly clean: boolean;
  /** Volumes that somebody made anew in the middle: they stay as they are, one sentence each. */
  readonly remarks: readonly string[];
  /** The containers could not be made; to be thrown when the image is in its place. */
  readonly blocked: unknown;
}

const timed = z.object({ ms: z.number() });
const moved = gateSchema.extend({ left: z.array(z.string()) });
const created = gateSchema.extend({ unreadable: z.string().nullable() });

/**
 * The protocol of a capture that moves plain volumes into the store: copy beside the running services, once for the
 * image and once to go on with; stop; copy the rest and compare every hash; from here on finish: remove the containers,
 * replace the volumes, make the same containers again, start, check. When the check fails, the image, which is what the
 * services left, fills the plain volumes again.
 */
export async function captureMoving(
  golden: Golden,
  environmentId: string,
  survey: Survey,
  adoption: Adoption,
  resolve: () => Promise<EnvironmentTarget>,
  context: OperationContext,
): Promise<MovedIn> {
  const { id, signal } = context;
  const copied = await copyAndStop(golden, survey, adoption, resolve, context);
  context.pointOfNoReturn();
  const present = (stop: AbortSignal): Promise<EnvironmentTarget> =>
    targetToBringBack(golden, environmentId, survey.projectName, stop);
  const target = await present(signal);
  const back: Back = { golden, target, survey, adoption, present, context };
  const move = await context.step('move', { title: 'Replace the volumes', result: moved }, async (step) => {
    let left: string[] = [];
    const result = await attempt(golden, step, async () => {
      await golden.helper.removeWorker(id, step.signal);
      await stopAgain(golden, target, adoption.restart, context.resumed, step);
      left = await replaceVolumes(back, step);
      return passed;
    });
    return { ...result, left };
  });
  if (!move.passed) return moveBack(back, move.left, 'could not move', move.failures);
  const create = await context.step('create', { title: 'Make the containers anew', result: created }, async (step) => {
    let declared: EnvironmentTarget;
    try {
      declared = await resolve();
    } catch (error) {
      step.signal.throwIfAborted();
      // Neither here nor there could they be made: the files must be mended first.
      return { passed: true, failures: [], ms: 0, unreadable: error instanceof Error ? error.message : String(error) };
    }
    const other = changedDeclaration(adoption, declared);
    if (other !== null) return { passed: true, failures: [], ms: 0, unreadable: other };
    const result = await attempt(golden, step, async () => {
      await golden.renewal.create(declared, adoption.recreate, adoption.kept, id, step, step.signal);
      return passed;
    });
    return { ...result, unreadable: null };
  });
  if (!create.passed)
    return moveBack(back, move.left, 'moved, but their containers could not be made', create.failures);
  const clean = copied.clean;
  const { facts } = copied;
  const remarks = move.left.map(stays);
  if (create.unreadable !== null) {
    return { facts, clean, remarks, awayMs: null, blocked: containersMissing(environmentId, create.unreadable) };
  }
  const running = adoption.start.length > 0;
  if (!running) return { facts, clean, remarks, awayMs: null, blocked: undefined };
  const start = await context.step('start', { title: 'Start the services', result: gateSchema }, (step) =>
    attempt(golden, step, async () => {
      await golden.runtime.start(await present(step.signal), adoption.start, step, step.signal);
      return passed;
    }),
  );
  const gate = start.passed
    ? await context.step('gate', { title: 'Wait until they are healthy', result: gateSchema }, (step) =>
        attempt(golden, step, async () => {
          const now = await present(step.signal);
          return golden.runtime.waitHealthy(now, adoption.gate, now.gateTimeoutMs, step, step.signal);
        }),
      )
    : start;
  if (!gate.passed) return moveBack(back, move.left, 'moved, but the services did not become healthy', gate.failures);
  const awayMs = copied.stopMs + copied.restMs + move.ms + create.ms + start.ms;
  return { facts, clean, remarks, awayMs, blocked: undefined };
}

/** Everything before the point of no return: the original is only read. */
async function copyAndStop(
  golden: Golden,
  survey: Survey,
  adoption: Adoption,
  resolve: () => Promise<EnvironmentTarget>,
  context: OperationContext,
) {
  const { id, signal } = context;
  const { way } = await golden.store.abilities(signal);
  const moving = new Set(adoption.volumes.map((volume) => volume.key));
  const images = imageJobs(survey, id, way).map((job) => ({ ...job, hashed: moving.has(job.label) }));
  const seconds = way === 'copy' ? secondJobs(survey, moving, id) : [];
  const body = async (worker: Parameters<typeof createCopier>[1]) => {
    const copier = createCopier(golden, worker, id, [...images, ...seconds]);
    await context.step('copy', { title: 'Copy the data beside the running services', result: done }, async (step) => {
      await copier.ahead(step);
      await copier.hash(step);
      return {};
    });
    const facts = await context.step('facts', { title: 'Note what it is made of', result: factsSchema }, async (step) =>
      noteFacts(golden, await resolve(), id, step.signal),
    );
    const stopped = await context.step('stop', { title: 'Stop the services', result: timed }, async (step) => {
      const time = stopwatch(golden.clock);
      const target = await resolve();
      await golden.runtime.stop(target, adoption.restart, step, step.signal);
      const names = survey.volumes.map((volume) => volume.name);
      // Our own worker is among those that use them.
      const users = (await volumeUsers(target, names, golden.docker, step.signal)).filter((user) => !user.worker);
      refuseForeignUsers(users, [], 'captured');
      return { ms: time() };
    });
    const rest = await context.step(
      'rest',
      { title: 'Copy what changed and compare', result: timed.extend({ clean: z.boolean() }) },
      async (step) => {
        const time = stopwatch(golden.clock);
        await copier.rest('delta', step.signal);
        await copier.check('delta', step.signal);
        await cloneSeconds(golden, survey, moving, id, way, step);
        const options = {
          signal: step.signal,
          operationId: id,
          what: 'write the copy to the disk',
          timeoutMs: 300_000,
        };
        await golden.helper.run(flushFolders, [partialFolder(id), adoptedFolder(id)], options);
        const containers = await golden.runtime.containers(survey, step.signal);
        return { ms: time(), clean: containers.every((each) => endedWell(each)) };
      },
    );
    return { facts, stopMs: stopped.ms, restMs: rest.ms, clean: rest.clean };
  };
  // Taken up again, all of it is in the journal; and a volume that is gone by now would be made anew by a worker.
  return context.resumed ? body(golden.helper) : withPlainVolumes(golden, id, survey, signal, body);
}

/** The copies that the services go on with. */
function secondJobs(survey: Survey, moving: ReadonlySet<string>, id: string): readonly CopyJob[] {
  const plain = plainOf(survey);
  return plain
    .filter((volume) => moving.has(volume.key))
    .map((volume) => ({
      label: volume.key,
      source: sourceOf(survey, volume, plain),
      destination: `${adoptedFolder(id)}/${volume.fileKey}`,
      way: 'copy',
      bytes: volume.bytes,
      hashed: true,
    }));
}

/** On a store that can clone, what the services go on with is a clone of the image. */
async function cloneSeconds(
  golden: Golden,
  survey: Survey,
  moving: ReadonlySet<string>,
  id: string,
  way: 'reflink' | 'copy',
  step: StepContext,
): Promise<void> {
  if (way === 'copy') return;
  const pairs = plainOf(survey)
    .filter((volume) => moving.has(volume.key))
    .flatMap((volume) => [`${partialFolder(id)}/volumes/${volume.fileKey}`, `${adoptedFolder(id)}/${volume.fileKey}`]);
  await golden.helper.run(copyTrees, ['reflink', '0.5', `${id}/clone`, ...pairs], {
    signal: step.signal,
    operationId: id,
    what: 'clone the data',
    timeoutMs: 300_000,
  });
}

/** Gives the keys of the volumes that stay as they are, because they are no longer what was copied. */
async function replaceVolumes(back: Back, step: StepContext): Promise<string[]> {
  const { golden, target, survey, adoption, context } = back;
  const { id } = context;
  const names = adoption.volumes.map((volume) => volume.name);
  refuseForeignUsers(await volumeUsers(target, names, golden.docker, step.signal), [], 'moved');
  const key = environmentKey(target);
  const plain: Adoption['volumes'] = [];
  const left = new Set<string>();
  for (const volume of adoption.volumes) {
    const state = await volumeState(golden, target, volume, id, step.signal);
    if (state === 'plain') plain.push(volume);
    if (state === 'other') left.add(volume.key);
  }
  // While the app was away somebody may have started the services by hand: on the original, or on a volume made anew.
  if (context.resumed) for (const volume of await changedSince(golden, survey, plain, id, step)) left.add(volume);
  const at = golden.clock.now().toISOString();
  const generation = { id: 'first', environmentId: target.id, createdAt: at, origin: 'adopted' };
  const record = { environmentId: target.id, projectName: target.projectName };
  await golden.helper.run(
    takeIn,
    [
      ...[key, JSON.stringify(record), 'first', JSON.stringify(generation), adoptedFolder(id)],
      ...adoption.volumes.flatMap((volume) => [volume.fileKey, adoptedData(volume.fileKey, id)]),
    ],
    { signal: step.signal, operationId: id, what: 'take in the data' },
  );
  await golden.renewal.remove(target, adoption.recreate, step, step.signal);
  for (const volume of adoption.volumes) {
    if (left.has(volume.key)) continue;
    const state = await volumeState(golden, target, volume, id, step.signal);
    if (state !== 'store') await bindToStore(golden, target, volume, id, step);
  }
  await golden.store.scan(step.signal);
  return [...left];
}

/** Keys of the volumes whose content is not, file by file, what was copied. */
async function changedSince(
  golden: Golden,
  survey: Survey,
  volumes: Adoption['volumes'],
  id: string,
  step: StepContext,
): Promise<readonly string[]> {
  if (volumes.length === 0) return [];
  step.detail('Comparing with the original again');
  const names = volumes.map((volume) => volume.name);
  const lines = await golden.helper.withVolumes(id, names, step.signal, (worker) => {
    const pairs = volumes.flatMap((volume, index) => [
      plainPath(index),
      `${partialFolder(id)}/volumes/${volume.fileKey}`,
    ]);
    return worker.run(compareWhole, [`${id}/again`, ...pairs], {
      signal: step.signal,
      operationId: id,
      what: 'compare the copy with the data',
      timeoutMs: copyDeadline(totalBytes(survey) * 4),
    });
  });
  const different = new Set(lines.flatMap((line) => /^differs (\d+)/.exec(line)?.[1] ?? []));
  return volumes.filter((_, index) => different.has(String(index))).map((volume) => volume.key);
}

function stays(key: string): string {
  return `Volume ${key} was written to or made anew by somebody while it was being moved, and stays as it is; the data from before is in this image.`;
}

function containersMissing(environmentId: string, why: string): AppError {
  return new AppError({
    code: 'docker.conflict',
    message: `The volumes of ${environmentId} moved into the golden store, but their containers could not be made again: ${why}`,
    remedy: 'Start the stack with the files and variables that are right.',
  });
}
