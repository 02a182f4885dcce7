import { AppError } from '../../../shared/errors.ts';
import type { OperationContext, StepContext } from '../operations/types.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type MovedVolume, makePlain, volumeState } from './adopt-volumes.ts';
import { type Adoption, changedDeclaration } from './adoption.ts';
import type { Survey } from './capture-survey.ts';
import { copyDeadline, type Golden } from './context.ts';
import { plainPath } from './copier.ts';
import { adoptedData, environmentKey, partialFolder } from './layout.ts';
import { replaceContents } from './scripts/copy.ts';
import { takeOut } from './scripts/generations.ts';
import { compareWhole } from './scripts/hashes.ts';
import { dropPartial } from './scripts/images.ts';
import { attempt, done, gateSchema, passed } from './switch-parts.ts';

export interface Back {
  readonly golden: Golden;
  readonly target: EnvironmentTarget;
  readonly survey: Survey;
  readonly adoption: Adoption;
  /** The environment as its files or, without them, its containers tell. */
  readonly present: (signal: AbortSignal) => Promise<EnvironmentTarget>;
  readonly context: OperationContext;
}

/**
 * Never returns: plain volumes hold again what they held when the services were stopped, and the error says so. The copy
 * they are filled from goes last, once every file of it is in them.
 */
export async function moveBack(
  back: Back,
  left: readonly string[],
  why: string,
  failures: readonly string[],
): Promise<never> {
  const { golden, target, adoption, present, context } = back;
  const { id } = context;
  const names = adoption.volumes.map((volume) => volume.key).join(', ');
  const step = context.step.bind(context);
  await step('back-stop', { title: 'Stop the services again', result: done }, async (each) => {
    for (const failure of failures) each.log(failure);
    await golden.runtime.stop(target, adoption.start, each, each.signal);
    return {};
  });
  await step('back-move', { title: 'Put the volumes back', result: done }, async (each) => {
    await golden.helper.removeWorker(id, each.signal);
    if (context.resumed) await golden.runtime.stop(target, adoption.start, each, each.signal);
    await putBack(back, each);
    return {};
  });
  const started = await step(
    'back-start',
    { title: 'Start the services with the volumes before', result: gateSchema },
    (each) =>
      attempt(golden, each, async () => {
        const declared = await present(each.signal);
        const other = changedDeclaration(adoption, declared);
        if (other !== null) return { passed: false, failures: [other] };
        await golden.renewal.create(declared, adoption.recreate, adoption.kept, id, each, each.signal);
        if (adoption.start.length > 0) await golden.runtime.start(declared, adoption.start, each, each.signal);
        return passed;
      }),
  );
  await step('back-drop', { title: 'Remove the copy', result: done }, async (each) => {
    // What was left as somebody made it does not hold the data from before: that stays in the store.
    const data = adoption.volumes
      .filter((volume) => !left.includes(volume.key))
      .flatMap((volume) => [volume.fileKey, adoptedData(volume.fileKey, id)]);
    const options = { signal: each.signal, what: 'remove a copy', timeoutMs: 600_000 };
    await golden.helper.run(takeOut, [environmentKey(target), ...data], options);
    await golden.helper.run(dropPartial, [id], options);
    await golden.store.scan(each.signal);
    return {};
  });
  golden.onChange({ type: 'environment', environmentId: target.id });
  throw new AppError({
    code: 'golden.gate-failed',
    message: `${names} ${why}: ${failures.join('; ')}. The volumes are where they were, with the data that they had${
      adoption.start.length === 0
        ? '.'
        : started.passed
          ? ', and the services run again.'
          : `, but the services did not start: ${started.failures.join('; ')}.`
    }`,
    remedy: started.passed
      ? 'Look at the logs of the services named, or capture without moving the volumes.'
      : 'Look at the logs of the services named, and start the stack by hand.',
    details: { failures },
  });
}

/** Gives the volumes that were replaced their data again. A plain one that is there was never touched. */
async function putBack({ golden, target, survey, adoption, context }: Back, step: StepContext): Promise<void> {
  const { id } = context;
  const fill: MovedVolume[] = [];
  let removed = false;
  for (const volume of adoption.volumes) {
    const state = await volumeState(golden, target, volume, id, step.signal);
    if (state === 'plain' || state === 'other') continue;
    if (state !== 'put-back') {
      if (!removed) await golden.renewal.remove(target, adoption.recreate, step, step.signal);
      removed = true;
      await makePlain(golden, volume, id, step);
    }
    fill.push(volume);
  }
  if (fill.length === 0) return;
  const bytes = survey.volumes.reduce((sum, volume) => sum + volume.bytes, 0);
  const options = { signal: step.signal, operationId: id, timeoutMs: copyDeadline(bytes * 4) };
  const names = fill.map((volume) => volume.name);
  await golden.helper.withVolumes(id, names, step.signal, async (worker) => {
    const pairs = fill.flatMap((volume, index) => [`${partialFolder(id)}/volumes/${volume.fileKey}`, plainPath(index)]);
    step.detail('Copying the data back');
    await worker.run(replaceContents, pairs, { ...options, what: 'put the data back' });
    step.detail('Comparing it with the copy');
    const lines = await worker.run(compareWhole, [`${id}/back`, ...pairs], { ...options, what: 'compare the data' });
    const differs = lines.find((line) => line.startsWith('differs'));
    if (differs === undefined) return;
    throw new AppError({
      code: 'golden.corrupt',
      message: `The data that was put back is not what it was (${differs}).`,
      remedy: 'Check the disks under the store and the engine. Both copies are kept.',
    });
  });
}
