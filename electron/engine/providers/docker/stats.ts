import { z } from 'zod';
import type { DockerClient } from './client.ts';
import { isConflict, isMissing } from './client-errors.ts';

const count = z.number().catch(0);

/** What we depend on of `GET /containers/{id}/stats`. Windows engines and stopped containers leave most of it out. */
const statsSchema = z.object({
  read: z.string(),
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: count }) }),
  memory_stats: z
    .object({
      usage: count,
      stats: z
        .object({ inactive_file: z.number().optional(), total_inactive_file: z.number().optional() })
        .nullish()
        .catch(null),
    })
    .catch({ usage: 0, stats: null }),
  networks: z
    .record(z.string(), z.object({ rx_bytes: count, tx_bytes: count }))
    .nullish()
    .catch(null),
  blkio_stats: z
    .object({
      io_service_bytes_recursive: z
        .array(z.object({ op: z.string(), value: count }))
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
  pids_stats: z.object({ current: count }).nullish().catch(null),
});

/** Counters of one container at one instant of the engine's clock. */
export interface Counters {
  /** Milliseconds since 1970, by the engine. */
  readonly at: number;
  readonly cpuNanoseconds: number;
  readonly memoryBytes: number;
  readonly networkRxBytes: number;
  readonly networkTxBytes: number;
  readonly blockReadBytes: number;
  readonly blockWriteBytes: number;
  readonly pids: number;
}

/** One reading, without the second that the engine otherwise waits for a second one. Undefined when it does not run. */
export async function readCounters(
  client: DockerClient,
  containerId: string,
  signal: AbortSignal,
): Promise<Counters | undefined> {
  try {
    const json: unknown = await client.call(
      `measure container ${containerId.slice(0, 12)}`,
      { signal },
      (docker, abortSignal) =>
        docker.getContainer(containerId).stats({ stream: false, 'one-shot': true, abortSignal } as {
          stream: false;
          abortSignal: AbortSignal;
        }),
    );
    return toCounters(json);
  } catch (error) {
    if (isMissing(error) || isConflict(error)) return undefined;
    throw error;
  }
}

/** Undefined for what cannot be read, and for the zeros of a container that is not running. */
export function toCounters(json: unknown): Counters | undefined {
  const parsed = statsSchema.safeParse(json);
  if (!parsed.success) return undefined;
  const stats = parsed.data;
  const at = Date.parse(stats.read);
  if (Number.isNaN(at) || at <= 0) return undefined;
  const networks = Object.values(stats.networks ?? {});
  const blocks = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  const sum = (op: string): number =>
    blocks.reduce((total, block) => total + (block.op.toLowerCase() === op ? block.value : 0), 0);
  return {
    at,
    cpuNanoseconds: stats.cpu_stats.cpu_usage.total_usage,
    memoryBytes: memoryOf(stats.memory_stats),
    networkRxBytes: networks.reduce((total, each) => total + each.rx_bytes, 0),
    networkTxBytes: networks.reduce((total, each) => total + each.tx_bytes, 0),
    blockReadBytes: sum('read'),
    blockWriteBytes: sum('write'),
    pids: stats.pids_stats?.current ?? 0,
  };
}

/** As `docker stats` shows it: without the page cache that the kernel would give back (cgroup v1 and v2 name it apart). */
function memoryOf(memory: z.infer<typeof statsSchema>['memory_stats']): number {
  const cache = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return cache < memory.usage ? memory.usage - cache : memory.usage;
}

/** Per cent of one core between two readings; undefined when the container restarted in between. */
export function cpuPercent(before: Counters, after: Counters): number | undefined {
  const elapsed = after.at - before.at;
  const used = after.cpuNanoseconds - before.cpuNanoseconds;
  if (elapsed <= 0 || used < 0) return undefined;
  return (used / 1e6 / elapsed) * 100;
}
