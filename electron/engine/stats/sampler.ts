import type { StatsSample } from '../../../shared/contract/streams.ts';
import type { Clock } from '../platform/clock.ts';
import type { CurrentDocker, DockerClient } from '../providers/docker/client.ts';
import type { CounterSource } from '../providers/docker/counter-source.ts';
import { watchContainers } from '../providers/docker/observe.ts';
import { type Counters, cpuPercent } from '../providers/docker/stats.ts';
import type { ContainerInfo } from '../providers/provider.ts';

export const samplePeriodMs = 2000;
/** The first figures need two readings; they come this soon. */
const firstPeriodMs = 500;

export interface SamplerDeps {
  readonly current: CurrentDocker;
  readonly counters: CounterSource;
  readonly clock: Clock;
  readonly environmentId: string;
  readonly projectName: string;
  /** All samples of one round: one per service that runs. */
  readonly onSamples: (samples: readonly StatsSample[]) => void;
}

/** Reads the counters of every running container of a project, for ever. Misses rounds while the engine is away. */
export async function sample(deps: SamplerDeps, signal: AbortSignal): Promise<void> {
  const { clock } = deps;
  for (;;) {
    signal.throwIfAborted();
    let client: DockerClient;
    try {
      client = deps.current();
    } catch {
      await clock.sleep(samplePeriodMs, signal);
      continue;
    }
    const session = new AbortController();
    const forward = (): void => session.abort(signal.reason);
    signal.addEventListener('abort', forward, { once: true });
    const containers = new Map<string, ContainerInfo>();
    const watching = watch(client, deps, containers, session.signal).catch(() => undefined);
    try {
      await rounds(client, deps, containers, session.signal);
    } finally {
      signal.removeEventListener('abort', forward);
      session.abort(new DOMException('Another engine is in use.', 'AbortError'));
      await watching;
    }
  }
}

async function watch(
  client: DockerClient,
  { clock, projectName }: SamplerDeps,
  containers: Map<string, ContainerInfo>,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of watchContainers(client, { signal, clock, projectName })) {
    if (event.kind === 'snapshot') {
      containers.clear();
      for (const container of event.containers) containers.set(container.id, container);
    } else if (event.kind === 'changed') containers.set(event.container.id, event.container);
    else if (event.kind === 'removed') containers.delete(event.id);
    else containers.clear();
  }
}

/** Ends when another engine is in use. */
async function rounds(
  client: DockerClient,
  deps: SamplerDeps,
  containers: ReadonlyMap<string, ContainerInfo>,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  const last = new Map<string, Counters>();
  let due = clock.monotonic();
  for (;;) {
    const running = [...containers.values()].filter((container) => container.state === 'running');
    const now = await deps.counters.read(client, running, signal);
    const samples = bySumOfService(deps.environmentId, clock.now().toISOString(), running, last, now);
    for (const id of last.keys()) if (!now.has(id)) last.delete(id);
    const primed = [...now.keys()].every((id) => last.has(id));
    for (const [id, counters] of now) last.set(id, counters);
    if (samples.length > 0) deps.onSamples(samples);
    // Rounds that took longer than the period are not made up for.
    due = Math.max(clock.monotonic(), due + (primed && now.size > 0 ? samplePeriodMs : firstPeriodMs));
    await clock.sleep(Math.max(1, due - clock.monotonic()), signal);
    if (inUse(deps.current) !== client) return;
  }
}

function inUse(current: CurrentDocker): DockerClient | undefined {
  try {
    return current();
  } catch {
    return undefined;
  }
}

/** Containers of one service add up; its limit is unknown as soon as one of them has none. */
export function bySumOfService(
  environmentId: string,
  at: string,
  containers: readonly ContainerInfo[],
  before: ReadonlyMap<string, Counters>,
  now: ReadonlyMap<string, Counters>,
): StatsSample[] {
  const services = new Map<string, StatsSample>();
  for (const { id, service, limits } of containers) {
    const counters = now.get(id);
    const earlier = before.get(id);
    if (counters === undefined || earlier === undefined || service === '') continue;
    const percent = cpuPercent(earlier, counters);
    if (percent === undefined) continue;
    const so = services.get(service);
    const limit = limits.memoryBytes;
    services.set(service, {
      at,
      environmentId,
      service,
      cpuPercent: (so?.cpuPercent ?? 0) + percent,
      memoryBytes: (so?.memoryBytes ?? 0) + counters.memoryBytes,
      memoryLimitBytes:
        so === undefined ? limit : so.memoryLimitBytes === null || limit === null ? null : so.memoryLimitBytes + limit,
      networkRxBytes: (so?.networkRxBytes ?? 0) + counters.networkRxBytes,
      networkTxBytes: (so?.networkTxBytes ?? 0) + counters.networkTxBytes,
      blockReadBytes: (so?.blockReadBytes ?? 0) + counters.blockReadBytes,
      blockWriteBytes: (so?.blockWriteBytes ?? 0) + counters.blockWriteBytes,
      pids: (so?.pids ?? 0) + counters.pids,
    });
  }
  return [...services.values()];
}
