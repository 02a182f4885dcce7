import type { EngineClient } from '../../../shared/client.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import { consumeFlow } from '../../../shared/flow.ts';
import { type CommandContext, environmentOf, withEngine } from '../context.ts';
import { settled } from '../first-look.ts';
import { bytes, duration, table, writeJson } from '../output.ts';

/** A rate takes two readings, and engines of old a second for each. */
const patienceMs = 8000;
const hourMs = 3_600_000;

interface Row {
  readonly service: string;
  /** Null for a service that does not run. */
  readonly now: StatsSample | null;
  /** Of the last hour, ms; null where nothing was probed. */
  readonly latencyP95: number | null;
  /** In the last day. */
  readonly restarts: number;
}

/** `golden stats`: one look at what each service takes, with its latency over the last hour and its restarts of a day. */
export async function runStats(context: CommandContext): Promise<undefined> {
  return withEngine(context, async (client) => {
    await settled(client);
    const environmentId = await environmentOf(client, context);
    const [now, hour, day] = await Promise.all([
      oneLook(client, environmentId),
      past(client, environmentId, 'probe_latency_ms', hourMs),
      past(client, environmentId, 'restarts', 24 * hourMs),
    ]);
    const { services } = await client.environments.get({ environmentId });
    const rows = services.map(({ name }): Row => {
      const latencies = (hour.get(name) ?? []).flatMap(({ p95 }) => p95 ?? []);
      return {
        service: name,
        now: now.find((each) => each.service === name) ?? null,
        latencyP95: latencies.length === 0 ? null : Math.max(...latencies),
        restarts: (day.get(name) ?? []).reduce((sum, { average }) => sum + average, 0),
      };
    });
    if (context.terminal.json) writeJson(context.terminal, rows);
    else context.terminal.stdout.write(statsText(rows));
    return undefined;
  });
}

/** The first figures of every service that runs; none when nothing does. */
async function oneLook(client: EngineClient, environmentId: string): Promise<readonly StatsSample[]> {
  const stop = AbortSignal.timeout(patienceMs);
  try {
    const batches = consumeFlow((flow) => client.stats.watch({ flow, environmentId }, { signal: stop }), {
      ack: (streamId, count) => client.flow.ack({ streamId, count }),
    });
    for await (const { samples } of batches) {
      if (samples.length > 0) return samples.filter(({ at }) => at === samples.at(-1)?.at);
      const { services } = await client.environments.get({ environmentId });
      if (services.every(({ state }) => state !== 'running')) return [];
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return [];
}

async function past(client: EngineClient, environmentId: string, metric: 'probe_latency_ms' | 'restarts', ms: number) {
  const to = Date.now();
  const { series } = await client.metrics.query({ environmentId, metrics: [metric], from: to - ms, to, points: 3 });
  return new Map(series.map(({ service, points }) => [service, points]));
}

function statsText(rows: readonly Row[]): string {
  const head = [
    'SERVICE',
    'CPU',
    'MEMORY',
    'LIMIT',
    'NETWORK IN / OUT',
    'BLOCK READ / WRITE',
    'PIDS',
    'P95',
    'RESTARTS',
  ];
  const cells = rows.map(({ service, now, latencyP95, restarts }) => [
    service,
    ...(now === null
      ? ['-', '-', '-', '-', '-', '-']
      : [
          `${now.cpuPercent.toFixed(1)} %`,
          bytes(now.memoryBytes),
          now.memoryLimitBytes === null ? 'none' : bytes(now.memoryLimitBytes),
          `${bytes(now.networkRxBytes)} / ${bytes(now.networkTxBytes)}`,
          `${bytes(now.blockReadBytes)} / ${bytes(now.blockWriteBytes)}`,
          String(now.pids),
        ]),
    latencyP95 === null ? '-' : duration(latencyP95),
    String(restarts),
  ]);
  return table([head, ...cells]);
}
