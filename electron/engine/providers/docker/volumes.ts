import type Docker from 'dockerode';
import { z } from 'zod';
import type { ComposeVolume } from '../../../../shared/domain/compose-model.ts';
import { AppError } from '../../../../shared/errors.ts';
import { composeLabels, type EnvironmentTarget, labels, type VolumePlacement } from '../provider.ts';
import type { DockerClient } from './client.ts';
import { isConflict, isMissing } from './client-errors.ts';
import { composeVersion, environmentLabels } from './translate.ts';
import { volumeName } from './translate-mounts.ts';
import { compact } from './translate-values.ts';

const volumeSchema = z.object({
  Name: z.string(),
  Driver: z.string().catch('local'),
  Mountpoint: z.string().catch(''),
  Labels: z.record(z.string(), z.string()).nullish().catch(null),
  Options: z.record(z.string(), z.string()).nullish().catch(null),
});
export type ExistingVolume = z.infer<typeof volumeSchema>;

/** All volumes of the engine, by name: it lists them in no order. */
export async function listVolumes(client: DockerClient, signal: AbortSignal): Promise<readonly ExistingVolume[]> {
  const json = await client.call('list volumes', { signal }, (docker, abortSignal) =>
    docker.listVolumes({ abortSignal }),
  );
  return z
    .array(volumeSchema)
    .parse(json.Volumes ?? [])
    .sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** Undefined when there is none of that name. */
export async function inspectVolume(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<ExistingVolume | undefined> {
  try {
    const json: unknown = await client.call(`describe volume ${name}`, { signal }, (docker, abortSignal) =>
      docker.getVolume(name).inspect({ abortSignal }),
    );
    return volumeSchema.parse(json);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The volume keys that some of these services mount. */
export function usedVolumes(target: EnvironmentTarget, serviceNames: readonly string[]): readonly string[] {
  const keys = new Set<string>();
  for (const name of serviceNames) {
    for (const mount of target.project.services[name]?.volumes ?? []) {
      if (mount.type === 'volume' && mount.source !== undefined && declared(target, mount.source))
        keys.add(mount.source);
    }
  }
  return [...keys].sort();
}

function declared(target: EnvironmentTarget, key: string): boolean {
  return target.project.volumes !== undefined && key in target.project.volumes;
}

/** Whether this volume object belongs to the environment: by Compose's labels, and not to another environment of ours. */
export function isOwnVolume(target: Pick<EnvironmentTarget, 'id' | 'projectName'>, volume: ExistingVolume): boolean {
  const owner = volume.Labels?.[labels.environment];
  return volume.Labels?.[composeLabels.project] === target.projectName && (owner === undefined || owner === target.id);
}

/**
 * Makes sure these volume objects exist, all at once: the store places together what is asked for together. One that is
 * there stays as it is, whatever its options: only its labels tell whose it is, and recreating it would lose its data.
 */
export async function ensureVolumes(
  client: DockerClient,
  placement: VolumePlacement,
  target: EnvironmentTarget,
  keys: readonly string[],
  session: string,
  onDone: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (keys.length === 0) return;
  const existing = new Map((await listVolumes(client, signal)).map((each) => [each.Name, each]));
  let done = 0;
  const all = await Promise.allSettled(
    keys.map(async (key) => {
      await ensureVolume(
        client,
        placement,
        target,
        key,
        existing.get(volumeName(target.project, key)),
        session,
        signal,
      );
      done += 1;
      onDone(done);
    }),
  );
  for (const each of all) if (each.status === 'rejected') throw each.reason;
}

async function ensureVolume(
  client: DockerClient,
  placement: VolumePlacement,
  target: EnvironmentTarget,
  key: string,
  existing: ExistingVolume | undefined,
  session: string,
  signal: AbortSignal,
): Promise<'created' | 'kept'> {
  const volume = target.project.volumes?.[key] ?? undefined;
  const name = volumeName(target.project, key);
  if (volume?.external === true) {
    if (existing === undefined) throw externalMissing(key, name);
    return 'kept';
  }
  // Plain volumes stay plain; those of the store are placed again, as their place may have been lost.
  if (existing !== undefined && existing.Labels?.[labels.environment] !== target.id) return 'kept';
  const place = await placement.place(target, key, signal);
  if (existing !== undefined) return 'kept';
  const driver = place?.driver ?? volume?.driver ?? 'local';
  const options = place?.driverOpts ?? volume?.driver_opts ?? {};
  await client.call(`create volume ${name}`, { signal, timeoutMs: 30_000 }, (docker, abortSignal) =>
    docker.createVolume({
      Name: name,
      Driver: driver,
      DriverOpts: { ...options },
      Labels: {
        ...volume?.labels,
        ...environmentLabels(target),
        ...place?.labels,
        [labels.session]: session,
        [composeLabels.volume]: key,
        [composeLabels.project]: target.projectName,
        [composeLabels.version]: composeVersion,
      },
      abortSignal,
    } as unknown as Docker.VolumeCreateOptions),
  );
  // Creating under a name that exists silently keeps the old options: look what it has become.
  const created = await inspectVolume(client, name, signal);
  if (created !== undefined && !sameOptions(created, driver, options)) {
    throw new AppError({
      code: 'docker.conflict',
      message: `A volume named ${name} appeared with other options while it was being created.`,
      remedy: 'See what else creates it, then start the stack again.',
      details: { volume: name },
    });
  }
  return 'created';
}

export function sameOptions(
  volume: ExistingVolume,
  driver: string,
  options: Readonly<Record<string, string>>,
): boolean {
  const actual = volume.Options ?? {};
  return (
    volume.Driver === driver &&
    Object.keys(actual).length === Object.keys(options).length &&
    Object.entries(options).every(([key, value]) => actual[key] === value)
  );
}

/** How a volume in the engine differs from its declaration, by field. Volumes of the store have our own options. */
export function volumeDifferences(existing: ExistingVolume, volume: ComposeVolume | undefined): readonly string[] {
  if (existing.Labels?.[labels.environment] !== undefined) return [];
  const differences: string[] = [];
  if (volume?.driver !== undefined && volume.driver !== existing.Driver) differences.push('driver');
  const actual = compact({ ...existing.Options });
  for (const [key, value] of Object.entries(volume?.driver_opts ?? {})) {
    if (actual[key] !== value) differences.push(`driver_opts.${key}`);
  }
  return differences;
}

export function externalMissing(key: string, name: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `The external volume ${name} (volumes.${key}) does not exist.`,
    remedy: `Create it with \`docker volume create ${name}\`, or remove external: true.`,
    details: { volume: name },
  });
}

/** Removes a volume object unless a container still uses it. */
export async function removeVolume(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<'removed' | 'in-use'> {
  try {
    await client.call(`remove volume ${name}`, { signal, timeoutMs: 60_000 }, (docker, abortSignal) =>
      docker.getVolume(name).remove({ abortSignal }),
    );
    return 'removed';
  } catch (error) {
    if (isMissing(error)) return 'removed';
    if (isConflict(error)) return 'in-use';
    throw error;
  }
}
