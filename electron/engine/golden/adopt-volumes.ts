import { AppError } from '../../../shared/errors.ts';
import type { StepContext } from '../operations/types.ts';
import { removeVolume } from '../providers/docker/volumes.ts';
import { composeLabels, type EnvironmentTarget, labels } from '../providers/provider.ts';
import type { Adoption } from './adoption.ts';
import type { Golden } from './context.ts';
import { inspectVolume, type VolumeFacts } from './engine-facts.ts';
import { environmentKey, volumeDevice } from './layout.ts';

export type MovedVolume = Adoption['volumes'][number];

/**
 * What the engine has under a volume's name: ours in the store, one we made to put the data back, another plain one
 * (which need not be the original: somebody may have made it anew), one with options of its own, or none.
 */
export type VolumeState = 'store' | 'put-back' | 'plain' | 'other' | 'none';

const inUseDeadlineMs = 20_000;

export async function volumeState(
  golden: Golden,
  target: Pick<EnvironmentTarget, 'projectName'>,
  volume: MovedVolume,
  operationId: string,
  signal: AbortSignal,
): Promise<VolumeState> {
  const facts = await inspectVolume(golden.docker(), volume.name, signal);
  if (facts === undefined) return 'none';
  const { hostPath } = await golden.helper.ensure(signal);
  if (facts.options['device'] === volumeDevice(hostPath, environmentKey(target), volume.key)) return 'store';
  if (facts.driver !== 'local' || Object.keys(facts.options).length > 0) return 'other';
  return facts.labels[labels.session] === operationId ? 'put-back' : 'plain';
}

/** The volume of this name becomes one of the store. What it was is deleted: call it last. */
export async function bindToStore(
  golden: Golden,
  target: EnvironmentTarget,
  volume: MovedVolume,
  operationId: string,
  step: StepContext,
): Promise<void> {
  const { hostPath } = await golden.helper.ensure(step.signal);
  const device = volumeDevice(hostPath, environmentKey(target), volume.key);
  // Compose offers to recreate a volume whose hash is not that of its declaration. One without a hash it leaves alone.
  const { [composeLabels.configHash]: _, ...kept } = volume.labels;
  await replace(
    golden,
    volume,
    { type: 'none', o: 'bind', device },
    {
      ...kept,
      [labels.stack]: target.stackName,
      [labels.environment]: target.id,
      [labels.session]: operationId,
    },
    step,
  );
}

/** An empty plain volume with the labels that it had. The data of one in the store stays in the store. */
export function makePlain(golden: Golden, volume: MovedVolume, operationId: string, step: StepContext): Promise<void> {
  return replace(golden, volume, {}, { ...volume.labels, [labels.session]: operationId }, step);
}

async function replace(
  golden: Golden,
  volume: MovedVolume,
  options: Readonly<Record<string, string>>,
  volumeLabels: Readonly<Record<string, string>>,
  step: StepContext,
): Promise<void> {
  const { signal } = step;
  step.detail(`Replacing volume ${volume.name}`);
  await removeUnused(golden, volume, signal);
  await golden.docker().call(`create volume ${volume.name}`, { signal, timeoutMs: 30_000 }, (api, abortSignal) =>
    api.createVolume({
      abortSignal,
      Name: volume.name,
      Driver: 'local',
      DriverOpts: { ...options },
      Labels: { ...volumeLabels },
    }),
  );
  // Creating under a name that exists silently keeps the old options: look what it has become.
  const created = await inspectVolume(golden.docker(), volume.name, signal);
  if (created === undefined || !sameOptions(created, options)) {
    throw new AppError({
      code: 'docker.conflict',
      message: `A volume named ${volume.name} appeared while it was being replaced.`,
      remedy: 'See what else creates it, and capture again.',
      details: { volume: volume.name },
    });
  }
}

function sameOptions(volume: VolumeFacts, options: Readonly<Record<string, string>>): boolean {
  return volume.driver === 'local' && (volume.options['device'] ?? null) === (options['device'] ?? null);
}

/** What only measures it goes away by itself. */
async function removeUnused(golden: Golden, volume: MovedVolume, signal: AbortSignal): Promise<void> {
  const start = golden.clock.monotonic();
  while ((await removeVolume(golden.docker(), volume.name, signal)) === 'in-use') {
    if (golden.clock.monotonic() - start > inUseDeadlineMs) {
      throw new AppError({
        code: 'docker.conflict',
        message: `Another container uses the volume ${volume.name}.`,
        remedy: `Look which with \`docker ps -a --filter volume=${volume.name}\`, remove it, and capture again.`,
        details: { volume: volume.name },
      });
    }
    await golden.clock.sleep(100, signal);
  }
}
