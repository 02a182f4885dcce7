import { type ReactNode, useMemo } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import { Chart } from '../../ui/chart.tsx';
import { formatBytes, formatMemory } from '../../ui/format.ts';
import { cpuWords, memoryLimit } from './resource-words.ts';
import styles from './stack.module.css';
import { rates, span } from './stats-series.ts';

const perSecond = (bytes: number): string => `${formatBytes(bytes)}/s`;

/** The last ten minutes of a service: processor, memory, network and disk. */
export function StatsTab(props: {
  readonly service: ServiceView;
  readonly samples: readonly StatsSample[];
}): ReactNode {
  const { service, samples } = props;
  const data = useMemo(
    () => ({
      times: samples.map((one) => Date.parse(one.at) / 1000),
      cpu: samples.map((one) => one.cpuPercent),
      memory: samples.map((one) => one.memoryBytes),
      received: rates(samples, (one) => one.networkRxBytes),
      sent: rates(samples, (one) => one.networkTxBytes),
      read: rates(samples, (one) => one.blockReadBytes),
      written: rates(samples, (one) => one.blockWriteBytes),
    }),
    [samples],
  );
  const latest = samples.at(-1) ?? null;
  if (latest === null)
    return <p className="t3">{service.state === 'running' ? 'No figures yet.' : 'There are figures while it runs.'}</p>;
  const common = { times: data.times, seconds: span / 1000, height: 72 };
  return (
    <div className={styles.charts}>
      <Chart
        {...common}
        label={service.limits.cpus === null ? 'CPU, per cent of one core' : `CPU, limit ${service.limits.cpus * 100} %`}
        lines={[{ label: 'CPU', values: data.cpu }]}
        limit={service.limits.cpus === null ? null : service.limits.cpus * 100}
        format={cpuWords}
      />
      <Chart
        {...common}
        label={
          memoryLimit(service, latest) === null
            ? 'Memory, no limit'
            : `Memory, limit ${formatMemory(memoryLimit(service, latest) ?? 0)}`
        }
        lines={[{ label: 'Memory', values: data.memory }]}
        limit={memoryLimit(service, latest)}
        format={formatMemory}
      />
      <Chart
        {...common}
        label="Network"
        lines={[
          { label: 'in', values: data.received },
          { label: 'out', values: data.sent, dashed: true },
        ]}
        format={perSecond}
      />
      <Chart
        {...common}
        label="Disk"
        lines={[
          { label: 'read', values: data.read },
          { label: 'written', values: data.written, dashed: true },
        ]}
        format={perSecond}
      />
      <p className="small t3">
        {latest.pids} {latest.pids === 1 ? 'process' : 'processes'}
      </p>
    </div>
  );
}
