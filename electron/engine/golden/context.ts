import type { EnvironmentTarget } from '../providers/provider.ts';
import type { Helper, Preferred } from './helper.ts';
import { environmentKey } from './layout.ts';
import type { GoldenDeps } from './ports.ts';
import type { Store, StoredEnvironment } from './store.ts';

/** What every part of the golden store works with. */
export interface Golden extends GoldenDeps {
  readonly helper: Helper;
  readonly store: Store;
}

/** Copying may take long on a slow disk, but not for ever: one minute, and a second per 2 MB. */
export function copyDeadline(bytes: number): number {
  return 60_000 + Math.ceil(bytes / 2_000_000) * 1000;
}

/** Room a change of the store's own book-keeping takes, beside the data. */
export const spareBytes = 32 * 1024 * 1024;

/** The newest picture of one environment in the store. */
export async function storedEnvironment(
  golden: Golden,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<StoredEnvironment | undefined> {
  const content = await golden.store.scan(signal);
  return content.environments.get(environmentKey(target));
}

/** Images of the environment's own containers: the first to try as helper. */
export function preferredImages(golden: Golden, target: EnvironmentTarget, signal: AbortSignal): Preferred {
  return async () => {
    const containers = await golden.runtime.containers(target, signal);
    return [...new Set(containers.map((container) => container.imageId))];
  };
}
