import type { StepContext } from '../operations/types.ts';
import { copyDeadline, type Golden } from './context.ts';
import { createCopier, plainPath } from './copier.ts';
import type { ChangedVolume, Decision } from './decision.ts';
import { dataFolder } from './layout.ts';
import { flushFolders, replaceContents } from './scripts/copy.ts';
import { linkData } from './scripts/generations.ts';

/**
 * Volumes that the engine keeps itself cannot be switched: while their services are stopped, what they hold is kept in
 * the store, compared, and then replaced in place. Being cut off in between only means doing it again.
 */
export function wantsPlain(decision: Decision): boolean {
  return plainOf(decision).length > 0;
}

const plainOf = (decision: Decision): readonly ChangedVolume[] =>
  decision.volumes.filter((volume) => volume.kind === 'plain');

/** Copies what the plain volumes hold now into the generation that is being left. */
export async function keepPlain(
  golden: Golden,
  decision: Decision,
  operationId: string,
  step: StepContext,
): Promise<Record<string, never>> {
  const volumes = plainOf(decision);
  const folders = volumes.map((volume) => dataFolder(decision.key, volume.keepAs ?? ''));
  await withPlain(golden, decision, operationId, step, async (worker) => {
    const jobs = volumes.map((volume, index) => ({
      label: volume.key,
      source: plainPath(index),
      destination: folders[index] ?? '',
      way: 'copy' as const,
      bytes: volume.bytesNow ?? volume.bytesThen,
    }));
    const copier = createCopier(golden, worker, operationId, jobs);
    const mode = await copier.ahead(step);
    await copier.rest(mode, step.signal);
    await copier.check(mode, step.signal);
  });
  const options = { signal: step.signal, operationId, what: 'keep the data of plain volumes' };
  await golden.helper.run(flushFolders, folders, { ...options, timeoutMs: 300_000 });
  const links = volumes.flatMap((volume) => [volume.fileKey, volume.keepAs ?? '']);
  await golden.helper.run(linkData, [decision.key, decision.from ?? 'first', ...links], options);
  return {};
}

/** Puts the new data in (`forward`), or what was kept back (`back`). */
export async function replacePlain(
  golden: Golden,
  decision: Decision,
  operationId: string,
  direction: 'forward' | 'back',
  step: StepContext,
): Promise<void> {
  const volumes = plainOf(decision);
  if (volumes.length === 0) return;
  const bytes = volumes.reduce((sum, volume) => sum + volume.bytesThen + (volume.bytesNow ?? 0), 0);
  await withPlain(golden, decision, operationId, step, async (worker) => {
    const pairs = volumes.flatMap((volume, index) => [
      direction === 'forward' ? volume.source : dataFolder(decision.key, volume.keepAs ?? ''),
      plainPath(index),
    ]);
    await worker.run(replaceContents, pairs, {
      signal: step.signal,
      operationId,
      what: 'replace the data of plain volumes',
      timeoutMs: copyDeadline(bytes),
    });
  });
}

function withPlain(
  golden: Golden,
  decision: Decision,
  operationId: string,
  step: StepContext,
  body: Parameters<Golden['helper']['withVolumes']>[3],
) {
  const names = plainOf(decision).map((volume) => volume.name);
  return golden.helper.withVolumes(operationId, names, step.signal, body);
}
