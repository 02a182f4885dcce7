import type { ReadSmall } from '../../platform/small-files.ts';
import type { ContainerInfo } from '../provider.ts';
import type { Counters } from './stats.ts';

const root = '/sys/fs/cgroup';

export interface CgroupDeps {
  readonly readSmall: ReadSmall;
  /** Milliseconds that never go back, on the scale of the wall clock. */
  readonly now: () => number;
  /** Of this process, for rootless engines; undefined where there is no such thing. */
  readonly userId: number | undefined;
}

type Measured = Pick<ContainerInfo, 'id' | 'startedAt' | 'networks'>;

/**
 * Reads the counters of containers on this very machine from the kernel, without asking the engine: it would read the
 * same files, and old engines take a second for each container.
 */
export interface CgroupReader {
  /** Undefined when the container is not to be found here: it runs elsewhere, or in a group of its own. */
  read(container: Measured): Promise<Counters | undefined>;
  /** Forgets every other container. */
  keep(ids: ReadonlySet<string>): void;
}

interface Place {
  readonly startedAt: string | null;
  readonly version: 1 | 2;
  readonly folder: string;
  /** A process of it, which leads to its network. */
  readonly pid: string;
}

export function createCgroupReader(deps: CgroupDeps): CgroupReader {
  const { readSmall } = deps;
  const places = new Map<string, Place | null>();

  async function find({ id, startedAt }: Measured): Promise<Place | null> {
    if (!/^[0-9a-f]{64}$/.test(id)) return null;
    for (const version of [2, 1] as const) {
      for (const folder of foldersOf(id, deps.userId)) {
        const procs = await readSmall(`${root}/${version === 1 ? 'memory/' : ''}${folder}/cgroup.procs`, 64);
        const pid = procs?.split('\n', 1)[0] ?? '';
        // Hybrid hierarchies have a second tree without controllers.
        if (!/^[1-9]\d*$/.test(pid)) continue;
        if (version === 2 && (await readSmall(`${root}/${folder}/memory.current`)) === undefined) continue;
        return { startedAt, version, folder, pid };
      }
    }
    return null;
  }

  return {
    async read(container) {
      const known = places.get(container.id);
      const place =
        known === undefined || (known !== null && known.startedAt !== container.startedAt)
          ? await find(container)
          : known;
      places.set(container.id, place);
      if (place === null) return undefined;
      const { folder, pid } = place;
      const at = deps.now();
      const network = container.networks.includes('host') ? '' : await readSmall(`/proc/${pid}/net/dev`);
      const counters = await (place.version === 1 ? readFirst : readSecond)(readSmall, folder);
      // Gone, or what we held on to was only its first process.
      if (counters === undefined || network === undefined) {
        places.delete(container.id);
        return undefined;
      }
      return { at, ...counters, ...parseNetwork(network) };
    },
    keep(ids) {
      for (const id of places.keys()) if (!ids.has(id)) places.delete(id);
    },
  };
}

/** With the drivers cgroupfs and systemd, of dockerd and Podman, also without root. */
function foldersOf(id: string, userId: number | undefined): string[] {
  const own = userId === undefined ? [] : [`user.slice/user-${userId}.slice/user@${userId}.service/user.slice`];
  return [
    `docker/${id}`,
    `system.slice/docker-${id}.scope`,
    `machine.slice/libpod-${id}.scope`,
    ...own.flatMap((slice) => [`${slice}/docker-${id}.scope`, `${slice}/libpod-${id}.scope`]),
  ];
}

type FromGroup = Omit<Counters, 'at' | 'networkRxBytes' | 'networkTxBytes'>;

async function readFirst(readSmall: ReadSmall, folder: string): Promise<FromGroup | undefined> {
  const [cpu, usage, stat, io, pids] = await Promise.all([
    readSmall(`${root}/cpuacct/${folder}/cpuacct.usage`, 64),
    readSmall(`${root}/memory/${folder}/memory.usage_in_bytes`, 64),
    readSmall(`${root}/memory/${folder}/memory.stat`),
    readSmall(`${root}/blkio/${folder}/blkio.throttle.io_service_bytes_recursive`),
    readSmall(`${root}/pids/${folder}/pids.current`, 64),
  ]);
  if (cpu === undefined || usage === undefined || stat === undefined) return undefined;
  const sum = (what: string): number => sumOf(io ?? '', new RegExp(`^\\d+:\\d+ ${what} (\\d+)$`, 'gm'));
  return {
    cpuNanoseconds: Number(cpu),
    memoryBytes: withoutCache(Number(usage), stat, 'total_inactive_file'),
    blockReadBytes: sum('Read'),
    blockWriteBytes: sum('Write'),
    pids: Number(pids ?? 0),
  };
}

async function readSecond(readSmall: ReadSmall, folder: string): Promise<FromGroup | undefined> {
  const [cpu, usage, stat, io, pids] = await Promise.all([
    readSmall(`${root}/${folder}/cpu.stat`, 1024),
    readSmall(`${root}/${folder}/memory.current`, 64),
    readSmall(`${root}/${folder}/memory.stat`),
    readSmall(`${root}/${folder}/io.stat`),
    readSmall(`${root}/${folder}/pids.current`, 64),
  ]);
  if (cpu === undefined || usage === undefined || stat === undefined) return undefined;
  return {
    cpuNanoseconds: sumOf(cpu, /^usage_usec (\d+)$/gm) * 1000,
    memoryBytes: withoutCache(Number(usage), stat, 'inactive_file'),
    blockReadBytes: sumOf(io ?? '', /\brbytes=(\d+)/g),
    blockWriteBytes: sumOf(io ?? '', /\bwbytes=(\d+)/g),
    pids: Number(pids ?? 0),
  };
}

function withoutCache(usage: number, stat: string, name: string): number {
  const cache = sumOf(stat, new RegExp(`^${name} (\\d+)$`, 'gm'));
  return cache < usage ? usage - cache : usage;
}

function sumOf(text: string, pattern: RegExp): number {
  let sum = 0;
  for (const match of text.matchAll(pattern)) sum += Number(match[1]);
  return sum;
}

/** `/proc/<pid>/net/dev`: received bytes come first, sent ones ninth. The loopback does not count. */
export function parseNetwork(text: string): Pick<Counters, 'networkRxBytes' | 'networkTxBytes'> {
  let [networkRxBytes, networkTxBytes] = [0, 0];
  for (const line of text.split('\n').slice(2)) {
    const [name, figures] = line.split(':');
    if (figures === undefined || name?.trim() === 'lo') continue;
    const values = figures.trim().split(/\s+/).map(Number);
    networkRxBytes += values[0] ?? 0;
    networkTxBytes += values[8] ?? 0;
  }
  return { networkRxBytes, networkTxBytes };
}
