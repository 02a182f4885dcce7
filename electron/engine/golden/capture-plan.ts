import { createHash } from 'node:crypto';
import type { CapturePlan } from '../../../shared/contract/golden.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type Adoption, surveyAdoption } from './adoption.ts';
import { type Golden, preferredImages } from './context.ts';
import { dataFolder, environmentKey } from './layout.ts';
import { measurePlain } from './measure-plain.ts';
import { estimate } from './views.ts';
import { type DataVolume, surveyVolumes } from './volumes.ts';

/** What a capture would hold and what could move into the store with it. Creates nothing, not even the store. */
export async function planCapture(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<CapturePlan> {
  const ready = await golden.helper.exists(signal);
  const hostPath = ready ? (await golden.helper.ensure(signal)).hostPath : '';
  const stored = ready ? (await golden.store.scan(signal)).environments.get(environmentKey(target)) : undefined;
  const { volumes, omitted } = await surveyVolumes(target, stored, hostPath, golden.docker, signal);
  const { adoption, stay } = await surveyAdoption(golden, target, volumes, signal);
  const bytes = await sizes(golden, target, volumes, signal);
  const moving = new Set(adoption?.volumes.map((volume) => volume.key));
  const moved = volumes.filter((volume) => moving.has(volume.key)).map((volume) => bytes.get(volume.key) ?? null);
  return {
    environmentId: target.id,
    volumes: volumes.map((volume) => ({
      key: volume.key,
      name: volume.name,
      services: [...volume.services],
      bytes: bytes.get(volume.key) ?? null,
      place: volume.kind === 'store' ? 'store' : moving.has(volume.key) ? 'move' : 'stay',
      reason: stay.get(volume.key) ?? null,
    })),
    omitted: [...omitted],
    move:
      adoption === null
        ? null
        : {
            volumes: adoption.volumes.map((volume) => volume.key),
            bytes: moved.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0),
            restart: adoption.restart,
            recreate: adoption.recreate,
            awayMs: estimate(stored, 'switch', 0).awayMs,
            words: moveWords(adoption),
          },
    freeBytes: ready ? golden.store.freeBytes() : null,
    hash: captureHash(volumes, adoption),
  };
}

async function sizes(
  golden: Golden,
  target: EnvironmentTarget,
  volumes: readonly DataVolume[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number | null>> {
  const inStore = volumes.filter((volume) => volume.kind === 'store');
  const plain = volumes.filter((volume) => volume.kind === 'plain');
  const key = environmentKey(target);
  const stored = await golden.store.usage(
    inStore.map((volume) => dataFolder(key, volume.data ?? '')),
    signal,
  );
  const names = plain.map((volume) => volume.name);
  const images = names.length === 0 ? [] : await preferredImages(golden, target, signal)();
  const measured = await measurePlain(golden.docker(), images, names, signal);
  return new Map([
    ...inStore.map((volume, index) => [volume.key, stored[index] ?? null] as const),
    ...plain.map((volume, index) => [volume.key, measured[index] ?? null] as const),
  ]);
}

/** What the user agrees to. Sizes are not part of it. */
export function captureHash(volumes: readonly DataVolume[], adoption: Adoption | null): string {
  const agreed = {
    volumes: volumes.map((volume) => [volume.key, volume.name, volume.kind]),
    move: adoption?.volumes.map((volume) => volume.name) ?? [],
    services: [adoption?.restart ?? [], adoption?.recreate ?? [], adoption?.start ?? []],
  };
  return createHash('sha256').update(JSON.stringify(agreed)).digest('hex');
}

export function moveWords(adoption: Adoption): string[] {
  const { volumes, restart, recreate } = adoption;
  const names = listed(volumes.map((volume) => volume.key));
  const again = adoption.start.filter((service) => !restart.includes(service));
  return [
    `${volumes.length === 1 ? `Volume ${names} moves` : `The volumes ${names} move`} into the golden store, under the same ${volumes.length === 1 ? 'name' : 'names'}: from then on a restore only switches.`,
    restart.length === 0
      ? 'Nothing runs, so nothing is interrupted.'
      : `${listed(restart)} ${restart.length === 1 ? 'restarts' : 'restart'} once: the data is copied beside the running services, and only what changed meanwhile while they are stopped.`,
    ...(recreate.length === 0
      ? []
      : [
          `${recreate.length === 1 ? 'The container' : 'The containers'} of ${listed(recreate)} ${recreate.length === 1 ? 'is' : 'are'} made anew with the same configuration; files in ${recreate.length === 1 ? 'it' : 'them'} outside of volumes are lost.`,
        ]),
    ...(again.length === 0
      ? []
      : [
          `${listed(again)} ${again.length === 1 ? 'runs' : 'run'} once more, as others wait for ${again.length === 1 ? 'it' : 'them'}.`,
        ]),
    'The original is removed only after the hashes of every file agree. If the services do not become healthy, it is put back.',
  ];
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
