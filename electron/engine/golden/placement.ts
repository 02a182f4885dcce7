import { newId } from '../platform/random.ts';
import { type EnvironmentTarget, labels, type VolumePlacement } from '../providers/provider.ts';
import { type Golden, preferredImages, storedEnvironment } from './context.ts';
import { dataFolder, environmentKey, fileKey, volumeDevice } from './layout.ts';
import { discardVolumes, placeVolume } from './scripts/generations.ts';
import { whyNotStored } from './volumes.ts';

/** Gives every data volume of an environment its place in the current generation. */
export function createPlacement(golden: Golden): VolumePlacement {
  // Two volumes of a new environment at once would both make its first generation.
  const busy = new Map<string, Promise<unknown>>();
  function inOrder<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (busy.get(key) ?? Promise.resolve()).then(work, work);
    busy.set(
      key,
      mine.catch(() => undefined),
    );
    return mine;
  }

  // Volumes that are asked for while others are under way are placed together: a command in the helper costs more than
  // what it does.
  const waiting = new Map<string, { readonly keys: Set<string>; readonly placed: Promise<unknown> }>();
  function placeSoon(target: EnvironmentTarget, volumeKey: string, signal: AbortSignal): Promise<unknown> {
    const key = environmentKey(target);
    const joined = waiting.get(key);
    if (joined !== undefined) {
      joined.keys.add(volumeKey);
      return joined.placed;
    }
    const keys = new Set([volumeKey]);
    const placed = inOrder(key, async () => {
      waiting.delete(key);
      const id = newId(golden.clock.now());
      const generation = { id, environmentId: target.id, createdAt: golden.clock.now().toISOString(), origin: 'empty' };
      const record = JSON.stringify({ environmentId: target.id, projectName: target.projectName });
      await golden.helper.run(
        placeVolume,
        [
          key,
          record,
          id,
          JSON.stringify(generation),
          ...[...keys].flatMap((each) => [fileKey(each), `${fileKey(each)}-${id}`]),
        ],
        { signal, what: `make a place for ${keys.size === 1 ? 'volume' : 'the volumes'} ${[...keys].join(', ')}` },
      );
    });
    waiting.set(key, { keys, placed });
    return placed;
  }

  return {
    async place(target, volumeKey, signal) {
      if (whyNotStored(target, volumeKey) !== null) return null;
      const key = environmentKey(target);
      const { hostPath } = await golden.helper.ensure(signal, preferredImages(golden, target, signal));
      await placeSoon(target, volumeKey, signal);
      return {
        driver: 'local',
        driverOpts: { type: 'none', o: 'bind', device: volumeDevice(hostPath, key, volumeKey) },
        labels: { [labels.environment]: target.id, [labels.stack]: target.stackName },
      };
    },
    async discard(target, volumeKeys, signal) {
      if (!(await golden.helper.exists(signal))) return;
      const key = environmentKey(target);
      await inOrder(key, () =>
        golden.helper.run(discardVolumes, [key, ...volumeKeys.map(fileKey)], {
          signal,
          what: 'delete the data of removed volumes',
          timeoutMs: 600_000,
        }),
      );
      await golden.store.scan(signal);
      golden.onChange({ type: 'environment', environmentId: target.id });
    },
    async sizes(target, signal) {
      const keys = Object.keys(target.project.volumes ?? {});
      const none = Object.fromEntries(keys.map((key) => [key, null]));
      if (keys.length === 0 || !(await golden.helper.exists(signal))) return none;
      const stored = await storedEnvironment(golden, target, signal);
      const links = stored?.currentId == null ? undefined : stored.generations.get(stored.currentId)?.links;
      const held = keys.flatMap((key) => {
        const data = links?.get(fileKey(key));
        return data === undefined ? [] : [{ key, folder: dataFolder(environmentKey(target), data) }];
      });
      const bytes = await golden.store.usage(
        held.map((each) => each.folder),
        signal,
      );
      return { ...none, ...Object.fromEntries(held.map((each, index) => [each.key, bytes[index] ?? null])) };
    },
  };
}
