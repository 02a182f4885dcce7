import { Download } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import { latencyAmount } from '../../../shared/domain/clock-words.ts';
import type { ServiceMetric } from '../../../shared/domain/metrics.ts';
import { useAction, useQuery } from '../../client/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Chart } from '../../ui/chart.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { formatBytes, formatExact, formatMemory } from '../../ui/format.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { saveText } from '../../ui/save-text.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';
import { historyOf, type RangeName, ranges } from './history-series.ts';
import { cpuWords } from './resource-words.ts';
import styles from './stack.module.css';

const shown: readonly ServiceMetric[] = [
  'cpu_percent',
  'memory_bytes',
  'network_rx_bytes_per_second',
  'network_tx_bytes_per_second',
  'block_read_bytes_per_second',
  'block_write_bytes_per_second',
  'probe_latency_ms',
  'probe_error_ratio',
  'log_errors_per_minute',
];
const perSecond = (bytes: number): string => `${formatBytes(bytes)}/s`;
const percent = (ratio: number): string => `${Math.round(ratio * 1000) / 10} %`;

/** What a service used and how it answered, over an hour, a day or a week; what is usual lies behind it as a band. */
export function StatsTab(props: {
  readonly environmentId: string;
  readonly service: ServiceView;
  /** Bytes; null: none. */
  readonly limit: number | null;
}): ReactNode {
  const { environmentId, service, limit } = props;
  const [name, setName] = useState<RangeName>('1h');
  const range = ranges.find((one) => one.value === name) ?? ranges[0];
  // A new question every quarter of a minute, or rarer where a bucket is longer.
  const step = Math.max(15_000, range.ms / 300);
  const to = Math.ceil(useNow() / step) * step;
  const from = to - range.ms;
  const about = { environmentId, services: [service.name], metrics: [...shown], from, to };
  const query = useQuery(`history ${environmentId} ${service.name} ${name}`, async (api, options) => ({
    ...(await api.metrics.query({ ...about, points: 300 }, options)),
    from,
    to,
  }));
  useRefresh(to, query.refetch);
  const save = useAction();
  const { data } = query;
  const history = useMemo(
    () => (data === null ? null : historyOf(data.series, data.bucketMs, data.from, data.to)),
    [data],
  );
  const download = async (format: 'csv' | 'json'): Promise<void> => {
    const file = await save.run((client) =>
      client.call((api, options) => api.metrics.export({ ...about, format }, options)),
    );
    if (file !== undefined) saveText(file.name, file.text, format === 'csv' ? 'text/csv' : 'application/json');
  };
  return (
    <>
      <div className={styles.statsHead}>
        <Segmented label="How far back" value={name} options={ranges} onChange={setName} />
        <span className="grow" />
        <Menu
          trigger={
            <Button kind="ghost" icon={Download} busy={save.busy}>
              Export
            </Button>
          }
        >
          <MenuItem hint="for a spreadsheet" onSelect={() => void download('csv')}>
            CSV
          </MenuItem>
          <MenuItem onSelect={() => void download('json')}>JSON</MenuItem>
        </Menu>
      </div>
      {save.error === null ? null : <ErrorNotice error={save.error} onDismiss={save.clear} />}
      {query.error === null ? null : <ErrorNotice error={query.error} />}
      {history === null || data === null ? null : history.times.length === 0 ||
        data.series.every((one) => one.points.length === 0) ? (
        <p className="t3">{service.state === 'running' ? 'No figures yet.' : 'Nothing was measured in this time.'}</p>
      ) : (
        <Charts history={history} service={service} limit={limit} seconds={range.ms / 1000} end={data.to / 1000} />
      )}
    </>
  );
}

function Charts(props: {
  readonly history: ReturnType<typeof historyOf>;
  readonly service: ServiceView;
  readonly limit: number | null;
  readonly seconds: number;
  readonly end: number;
}): ReactNode {
  const { history, service, limit, seconds, end } = props;
  const cpus = service.limits.cpus;
  const day = seconds > 3600;
  const common = {
    times: history.times,
    seconds,
    end,
    height: 64,
    ...(day ? { moment: (at: number) => formatExact(new Date(at * 1000).toISOString()).slice(0, -3) } : {}),
  };
  const line = (label: string, values: readonly (number | null)[], dashed = false) => ({ label, values, dashed });
  return (
    <div className={styles.charts}>
      {history.unusual.map((text) => (
        <p key={text} className={styles.unusual}>
          <ToneGlyph tone="idle" shape="ring" />
          <span className="sel">{text}</span>
        </p>
      ))}
      <Chart
        {...common}
        label={cpus === null ? 'CPU, per cent of one core' : `CPU, limit ${cpus * 100} %`}
        lines={[line('CPU', history.values('cpu_percent'))]}
        limit={cpus === null ? null : cpus * 100}
        band={history.baseline('cpu_percent')}
        format={cpuWords}
      />
      <Chart
        {...common}
        label={limit === null ? 'Memory, no limit' : `Memory, limit ${formatMemory(limit)}`}
        lines={[line('Memory', history.values('memory_bytes'))]}
        limit={limit}
        band={history.baseline('memory_bytes')}
        format={formatMemory}
      />
      {history.has('probe_latency_ms') ? (
        <Chart
          {...common}
          label="Latency"
          lines={[
            line('p50', history.values('probe_latency_ms', 'p50'), true),
            line('p95', history.values('probe_latency_ms', 'p95')),
            line('p99', history.values('probe_latency_ms', 'p99'), true),
          ]}
          band={history.baseline('probe_latency_ms')}
          format={latencyAmount}
        />
      ) : null}
      {history.has('probe_error_ratio') ? (
        <Chart
          {...common}
          label="Failed checks"
          lines={[line('failed', history.values('probe_error_ratio'))]}
          format={percent}
        />
      ) : null}
      {history.has('log_errors_per_minute') ? (
        <Chart
          {...common}
          label="Error lines in the log, per minute"
          lines={[line('errors', history.values('log_errors_per_minute'))]}
          band={history.baseline('log_errors_per_minute')}
          format={(value) => value.toFixed(value < 10 ? 1 : 0)}
        />
      ) : null}
      <Chart
        {...common}
        label="Network"
        lines={[
          line('in', history.values('network_rx_bytes_per_second')),
          line('out', history.values('network_tx_bytes_per_second'), true),
        ]}
        format={perSecond}
      />
      <Chart
        {...common}
        label="Disk"
        lines={[
          line('read', history.values('block_read_bytes_per_second')),
          line('written', history.values('block_write_bytes_per_second'), true),
        ]}
        format={perSecond}
      />
      <div className={styles.statsAxis}>
        {[end - seconds, end - seconds / 2, end].map((at) => (
          <span key={at}>{axisWords(at, seconds)}</span>
        ))}
      </div>
      {history.baseline('cpu_percent') === null && history.baseline('memory_bytes') === null ? null : (
        <p className="small t3">The band is what is usual at this hour.</p>
      )}
    </div>
  );
}

function axisWords(at: number, seconds: number): string {
  const date = new Date(at * 1000);
  if (seconds > 86_400) return date.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric' });
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
