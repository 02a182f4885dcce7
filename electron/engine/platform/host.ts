import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { ReadSmall } from './small-files.ts';

export interface HostReading {
  /** Milliseconds since start-up that all cores together were busy, and that there were. */
  readonly cpu: { readonly busy: number; readonly total: number };
  /** 0 to 1: what no program could have without taking it from another. */
  readonly memoryUsedRatio: number;
  /** Null on Windows, which has no such thing. */
  readonly load1: number | null;
}

export async function readHost(readSmall: ReadSmall, platform: NodeJS.Platform): Promise<HostReading> {
  const meminfo = platform === 'linux' ? await readSmall('/proc/meminfo') : undefined;
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? '')?.[1];
  const free = available === undefined ? freemem() : Number(available) * 1024;
  return {
    cpu: (platform === 'linux' ? parseCpuTimes(await readSmall('/proc/stat', 512)) : undefined) ?? sumOfCores(),
    memoryUsedRatio: Math.min(1, Math.max(0, 1 - free / totalmem())),
    load1: platform === 'win32' ? null : (loadavg()[0] ?? null),
  };
}

/** `cpu user nice system idle iowait irq softirq steal …` in ticks of 10 ms. */
export function parseCpuTimes(stat: string | undefined): HostReading['cpu'] | undefined {
  const ticks = /^cpu +([\d ]+)$/m
    .exec(stat ?? '')?.[1]
    ?.split(' ')
    .map(Number)
    .slice(0, 8);
  if (ticks === undefined || ticks.length < 5) return undefined;
  const total = ticks.reduce((sum, each) => sum + each, 0);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return { busy: (total - idle) * 10, total: total * 10 };
}

function sumOfCores(): HostReading['cpu'] {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Of the file system under a path, or under its nearest parent that we may look at; undefined where there is none. */
export async function diskSpace(path: string): Promise<DiskSpace | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found !== undefined) return { freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize };
    if (dirname(at) === at) return undefined;
  }
}
