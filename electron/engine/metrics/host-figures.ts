import type { HostMetric } from '../../../shared/domain/metrics.ts';
import { type DiskSpace, diskSpace, type HostReading, readHost } from '../platform/host.ts';
import { onMains, type PowerReading, readPower } from '../platform/power.ts';
import type { RunProcess } from '../platform/processes.ts';
import type { ReadSmall } from '../platform/small-files.ts';

export interface HostDeps {
  readonly readSmall: ReadSmall;
  readonly run: RunProcess;
  readonly platform: NodeJS.Platform;
  /** Where the engine keeps its data when that is on this machine, else ours. */
  readonly diskPath: (signal: AbortSignal) => Promise<string>;
  /** Of the file system under the store, as last measured; null when it is the one above, or unknown. */
  readonly storeSpace: () => DiskSpace | null;
  /** Golden images together. */
  readonly storeBytes: () => number | null;
}

/** A battery is asked at most this often. */
const powerMs = 30_000;

export interface HostFigures {
  read(at: number, signal: AbortSignal): Promise<Partial<Record<HostMetric, number>>>;
  power(): PowerReading;
}

export function createHostFigures(deps: HostDeps): HostFigures {
  let before: HostReading['cpu'] | undefined;
  let power: PowerReading = onMains;
  let powerAt = Number.NEGATIVE_INFINITY;
  return {
    power: () => power,
    async read(at, signal) {
      if (Math.abs(at - powerAt) >= powerMs) {
        powerAt = at;
        // What cannot be asked counts as plugged in: longer intervals would see less.
        power = await readPower(deps, deps.platform, signal).catch(() => onMains);
      }
      const host = await readHost(deps.readSmall, deps.platform);
      const figures: Partial<Record<HostMetric, number>> = { host_memory_used_ratio: host.memoryUsedRatio };
      const total = before === undefined ? 0 : host.cpu.total - before.total;
      if (before !== undefined && total > 0) {
        figures.host_cpu_percent = (Math.max(0, host.cpu.busy - before.busy) / total) * 100;
      }
      before = host.cpu;
      if (host.load1 !== null) figures.host_load1 = host.load1;
      const space = deps.storeSpace() ?? (await diskSpace(await deps.diskPath(signal)));
      if (space !== undefined && space.totalBytes > 0) {
        figures.host_disk_free_bytes = space.freeBytes;
        figures.host_disk_used_ratio = 1 - space.freeBytes / space.totalBytes;
      }
      if (power.batteryRatio !== null) figures.host_battery_ratio = power.batteryRatio;
      const stored = deps.storeBytes();
      if (stored !== null) figures.store_bytes = stored;
      return figures;
    },
  };
}
