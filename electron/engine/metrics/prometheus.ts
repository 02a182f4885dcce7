import type { HealthState } from '../../../shared/domain/health.ts';
import { healthStates } from '../../../shared/domain/health.ts';
import { countUpTo } from '../../../shared/domain/histogram.ts';
import type { HostMetric } from '../../../shared/domain/metrics.ts';
import type { ServiceTotals } from './totals.ts';

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface Exposed {
  readonly version: string;
  readonly services: readonly {
    readonly environment: string;
    readonly service: string;
    readonly totals: ServiceTotals;
    /** Null while nobody watches. */
    readonly health: HealthState | null;
  }[];
  readonly host: Partial<Record<HostMetric, number>>;
}

type Labels = Readonly<Record<string, string>>;
type Kind = 'counter' | 'gauge' | 'histogram' | 'stateset' | 'info';
interface Sample {
  readonly suffix?: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Upper ends of the buckets that probes are counted in, s. */
const probeBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const counters = [
  ['cpu_seconds', 'seconds', 'CPU time of the containers of a service.', 'cpuSeconds'],
  ['network_receive_bytes', 'bytes', 'Received over networks of the engine.', 'networkReceivedBytes'],
  ['network_transmit_bytes', 'bytes', 'Sent over networks of the engine.', 'networkSentBytes'],
  ['block_read_bytes', 'bytes', 'Read from disks.', 'blockReadBytes'],
  ['block_write_bytes', 'bytes', 'Written to disks.', 'blockWrittenBytes'],
  ['restarts', null, 'Restarts of containers.', 'restarts'],
  ['probes', null, 'Probes of the service.', 'probes'],
  ['probe_failures', null, 'Probes that failed.', 'probeFailures'],
  ['log_errors', null, 'Lines of the log that look like errors; estimated where a log was too long.', 'logErrors'],
] as const satisfies readonly (readonly [string, string | null, string, keyof ServiceTotals])[];

const hostGauges = [
  ['host_cpu_ratio', 'ratio', 'Share of all cores in use.', 'host_cpu_percent', 0.01],
  ['host_memory_used_ratio', 'ratio', 'Share of the memory that is not available.', 'host_memory_used_ratio', 1],
  ['host_load1', null, 'Processes that run or wait, over a minute.', 'host_load1', 1],
  ['host_disk_free_bytes', 'bytes', 'Free where the store or the data of the engine lies.', 'host_disk_free_bytes', 1],
  [
    'host_disk_used_ratio',
    'ratio',
    'Share in use where the store or the data of the engine lies.',
    'host_disk_used_ratio',
    1,
  ],
  ['host_battery_ratio', 'ratio', 'Charge of the battery.', 'host_battery_ratio', 1],
  ['store_bytes', 'bytes', 'Golden images, as far as they share nothing.', 'store_bytes', 1],
] as const satisfies readonly (readonly [string, string | null, string, HostMetric, number])[];

/** OpenMetrics 1.0, which Prometheus reads as well. Counters count from when this engine began to measure. */
export function openMetrics({ version, services, host }: Exposed): string {
  const lines: string[] = [];
  const family = (name: string, kind: Kind, unit: string | null, help: string, samples: readonly Sample[]): void => {
    if (samples.length === 0) return;
    const full = `goldenhour_${name}`;
    lines.push(`# TYPE ${full} ${kind}`);
    if (unit !== null) lines.push(`# UNIT ${full} ${unit}`);
    lines.push(`# HELP ${full} ${escapeHelp(help)}`);
    for (const { suffix = '', labels, value } of samples)
      lines.push(`${full}${suffix}${labelText(labels)} ${number(value)}`);
  };
  const ofService = (name: string, kind: Kind, unit: string | null, help: string, samples: PerService): void =>
    family(
      `service_${name}`,
      kind,
      unit,
      help,
      services.flatMap((each) =>
        samples(each).map((sample) => ({
          ...sample,
          labels: { environment: each.environment, service: each.service, ...sample.labels },
        })),
      ),
    );
  const gauge = (name: string, unit: string | null, help: string, value: (totals: ServiceTotals) => number | null) =>
    ofService(name, 'gauge', unit, help, ({ totals }) => {
      const found = value(totals);
      return found === null ? [] : [{ labels: {}, value: found }];
    });

  family('build', 'info', null, 'Golden Hour itself.', [{ suffix: '_info', labels: { version }, value: 1 }]);
  for (const [name, unit, help, key] of counters) {
    ofService(name, 'counter', unit, help, ({ totals }) => [{ suffix: '_total', labels: {}, value: totals[key] }]);
  }
  gauge(
    'memory_bytes',
    'bytes',
    'Memory in use, without the page cache.',
    ({ figures }) => figures?.memory_bytes ?? null,
  );
  gauge('memory_limit_bytes', 'bytes', 'Limit of the memory.', ({ memoryLimitBytes }) => memoryLimitBytes);
  gauge('processes', null, 'Processes and threads.', ({ figures }) => figures?.pids ?? null);
  ofService('probe_duration_seconds', 'histogram', 'seconds', 'How long successful probes took.', ({ totals }) =>
    totals.probeSeconds.count === 0 ? [] : histogram(totals),
  );
  ofService('health', 'stateset', null, 'What is concluded about the service.', ({ health }) =>
    health === null
      ? []
      : healthStates.map((state) => ({
          labels: { goldenhour_service_health: state },
          value: Number(state === health),
        })),
  );
  for (const [name, unit, help, metric, factor] of hostGauges) {
    const value = host[metric];
    family(name, 'gauge', unit, help, value === undefined ? [] : [{ labels: {}, value: value * factor }]);
  }
  lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

type PerService = (service: Exposed['services'][number]) => readonly Sample[];

function histogram({ probeSeconds }: ServiceTotals): Sample[] {
  return [
    ...probeBuckets.map((end) => ({
      suffix: '_bucket',
      labels: { le: number(end) },
      value: countUpTo(probeSeconds, end),
    })),
    { suffix: '_bucket', labels: { le: '+Inf' }, value: probeSeconds.count },
    { suffix: '_count', labels: {}, value: probeSeconds.count },
    { suffix: '_sum', labels: {}, value: probeSeconds.sum },
  ];
}

const escapeHelp = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeHelp(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

/** As OpenMetrics wants floats: `1.0`, `0.25`, `1e+21`. */
function number(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}
