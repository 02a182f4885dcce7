import { z } from 'zod';
import type { StepContext } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { plainOf, type Survey, sourceOf, totalBytes } from './capture-survey.ts';
import { copyDeadline, type Golden } from './context.ts';
import { type CopyJob, createCopier } from './copier.ts';
import { whileFrozen } from './freeze.ts';
import type { Worker } from './helper.ts';
import { partialFolder } from './layout.ts';
import { indexImage } from './scripts/images.ts';
import type { Way } from './store.ts';

export const indexSchema = z.array(
  z.object({ key: z.string(), files: z.number(), bytes: z.number(), diskBytes: z.number(), digest: z.string() }),
);
export type ImageIndex = z.infer<typeof indexSchema>;

/** `awayMs`: how long running services were frozen or stopped; null when none ran. */
export const copiedSchema = z.object({ awayMs: z.number().nullable() });

/** The copies that make the image. */
export function imageJobs(survey: Survey, id: string, way: Way): readonly CopyJob[] {
  const plain = plainOf(survey);
  return survey.volumes.map((volume) => ({
    label: volume.key,
    source: sourceOf(survey, volume, plain),
    destination: `${partialFolder(id)}/volumes/${volume.fileKey}`,
    way: volume.kind === 'store' ? way : 'copy',
    bytes: volume.bytes,
  }));
}

/** Copies ahead, then freezes the services for what is left. */
export async function copyFrozen(
  golden: Golden,
  target: EnvironmentTarget,
  survey: Survey,
  id: string,
  worker: Worker,
  step: StepContext,
): Promise<z.infer<typeof copiedSchema>> {
  const { way } = await golden.store.abilities(step.signal);
  const copier = createCopier(golden, worker, id, imageJobs(survey, id, way));
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

/** Hashes every file of the image that is being made. */
export async function hashImage(golden: Golden, survey: Survey, id: string, step: StepContext): Promise<ImageIndex> {
  const byFile = new Map(survey.volumes.map((volume) => [volume.fileKey, volume.key]));
  const lines = await golden.helper.run(indexImage, [partialFolder(id), ...byFile.keys()], {
    signal: step.signal,
    operationId: id,
    what: 'hash the files',
    timeoutMs: copyDeadline(totalBytes(survey) * 2),
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
