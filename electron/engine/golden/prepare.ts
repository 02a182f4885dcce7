import type { StepContext } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { copyDeadline, type Golden } from './context.ts';
import { createMeter } from './copier.ts';
import type { Decision } from './decision.ts';
import { damaged } from './decision-content.ts';
import { imageFolder } from './layout.ts';
import { linkData, placeVolume, prepareGeneration } from './scripts/generations.ts';
import { putFiles } from './scripts/images.ts';
import { stopwatch } from './stopwatch.ts';

/** Makes the other generation complete, beside the current one. */
export async function prepare(
  golden: Golden,
  target: EnvironmentTarget,
  decision: Decision,
  id: string,
  step: StepContext,
): Promise<{ ms: number }> {
  const time = stopwatch(golden.clock);
  const { key } = decision;
  const options = { signal: step.signal, operationId: id, what: 'prepare a generation' };
  const at = golden.clock.now().toISOString();
  const generation = (generationId: string, origin: string): string =>
    JSON.stringify({ id: generationId, environmentId: target.id, createdAt: at, origin });
  if (decision.from === null) {
    // An environment of plain volumes only has nothing in the store yet; its state of now gets a place to be kept.
    const record = JSON.stringify({ environmentId: target.id, projectName: target.projectName });
    await golden.helper.run(placeVolume, [key, record, 'first', generation('first', 'adopted')], options);
  }
  if (decision.imageId === null) {
    const links = golden.store.content().environments.get(key)?.generations.get(decision.to)?.links;
    const missing = decision.shared.filter((link) => links?.get(link.fileKey) === undefined);
    if (missing.length > 0) {
      const args = missing.flatMap((link) => [link.fileKey, link.data]);
      await golden.helper.run(linkData, [key, decision.to, ...args], options);
    }
    return { ms: time() };
  }
  await copyIn(golden, decision, decision.imageId, generation(decision.to, decision.imageId), id, step);
  return { ms: time() };
}

async function copyIn(
  golden: Golden,
  decision: Decision,
  imageId: string,
  generation: string,
  id: string,
  step: StepContext,
): Promise<void> {
  const { key, way } = decision;
  const volumes = decision.volumes.filter((volume) => volume.kind === 'store');
  const bytes = volumes.reduce((sum, volume) => sum + volume.bytesThen, 0);
  const meter = createMeter(step, bytes);
  const jobs = volumes.map((volume) => ({ label: volume.key, bytes: volume.bytesThen }));
  const lines = await golden.helper.run(
    prepareGeneration,
    [
      ...[key, decision.to, generation, imageFolder(imageId), id, way, '0.5', String(decision.shared.length)],
      ...decision.shared.flatMap((link) => [link.fileKey, link.data]),
      ...volumes.flatMap((volume) => [volume.fileKey, volume.digest ?? '', volume.data]),
    ],
    {
      signal: step.signal,
      operationId: id,
      what: 'prepare the data of the image',
      timeoutMs: copyDeadline(bytes),
      onLine: meter.line(jobs),
    },
  );
  meter.done(jobs);
  const differs = lines.find((line) => line.startsWith('differs'));
  if (differs === undefined) return;
  const checked = JSON.stringify({ at: golden.clock.now().toISOString(), damaged: true });
  await golden.helper.run(putFiles, [imageFolder(imageId), 'checked.json', checked], {
    signal: step.signal,
    what: 'mark an image as damaged',
  });
  const [, volume = ''] = differs.split(' ');
  throw damaged(decision.imageName ?? imageId, `The files of ${volume} are not those it was made of.`);
}
