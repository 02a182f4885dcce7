import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { WatchActions } from '../../client/use-watch.ts';
import { cx } from '../../ui/cx.ts';
import { Grid, GridHead } from '../../ui/grid.tsx';
import { useNow } from '../../ui/use-now.ts';
import { type ServiceAction, ServiceRow } from './service-row.tsx';
import { nextSort, type Sort, type SortColumn, sortServices } from './service-sort.ts';
import styles from './stack.module.css';
import type { Checks } from './use-checks.ts';
import type { Started } from './use-service-actions.ts';
import type { Stats } from './use-stats.ts';
import { useWindow } from './use-window.ts';

/** The services of an environment, the ones that are wrong first unless the user wants another order. */
export function ServiceTable(props: {
  readonly environment: EnvironmentView;
  readonly stats: Stats;
  readonly checks: Checks;
  readonly uptimes: ReadonlyMap<string, number>;
  readonly watch: WatchActions;
  readonly selected: string | null;
  readonly started: Started | null;
  readonly blocked: boolean;
  readonly onOpen: (name: string) => void;
  readonly onAction: (name: string, action: ServiceAction) => void;
}): ReactNode {
  const { environment, stats, checks } = props;
  const now = useNow();
  const [sort, setSort] = useState<Sort>({ column: 'state', direction: 'descending' });
  const { series, version } = stats;
  const measured = sort.column === 'cpu' || sort.column === 'memory' ? version : 0;
  const sorted = useMemo(() => {
    // Figures move the rows only when the user sorts by them.
    void measured;
    return sortServices(
      environment.services,
      sort,
      (name) => {
        const latest = series.latest(name);
        return {
          cpuPercent: latest?.cpuPercent ?? null,
          memoryBytes: latest?.memoryBytes ?? null,
          latencyMs: checks.of(name)?.latency?.p95 ?? null,
        };
      },
      now,
    );
  }, [environment.services, sort, series, checks, measured, now]);

  const head = (column: SortColumn, label: string, className?: string): ReactNode => {
    const on = sort.column === column;
    const Arrow = sort.direction === 'ascending' ? ArrowUp : ArrowDown;
    return (
      // biome-ignore lint/a11y/useSemanticElements: part of Grid
      // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
      <div role="columnheader" className={className} aria-sort={on ? sort.direction : 'none'}>
        <button
          type="button"
          className={cx(styles.sort, on && styles.sorted)}
          onClick={() => setSort(nextSort(sort, column))}
        >
          {label}
          {on ? <Arrow size={11} strokeWidth={1.9} aria-hidden /> : null}
        </button>
      </div>
    );
  };

  const rows = useWindow(sorted);
  return (
    <Grid
      label="Services"
      className={styles.grid}
      first={rows.shown[0]?.service.name ?? null}
      {...(rows.windowed === undefined ? {} : { windowed: rows.windowed })}
    >
      <GridHead>
        {head('service', 'Service', styles.headFirst)}
        {head('state', 'State')}
        {/* biome-ignore lint/a11y/useSemanticElements: part of Grid */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a heading takes no focus */}
        <div role="columnheader" className={styles.ports}>
          Port
        </div>
        {head('cpu', 'CPU, 10 min', styles.cpu)}
        {head('memory', 'Memory, limit', styles.memory)}
        {head('latency', 'p50, p95, p99 ms', cx(styles.latency, styles.headEnd))}
        {head('restarts', 'Restarts', cx(styles.restarts, styles.headEnd))}
        {head('up', 'Up', styles.up)}
        {head('change', 'Last change', styles.change)}
      </GridHead>
      {rows.shown.map(({ service, index }) => (
        <ServiceRow
          key={service.name}
          index={index}
          service={service}
          environmentId={environment.id}
          samples={series.of(service.name)}
          check={checks.of(service.name)}
          uptime={props.uptimes.get(service.name) ?? null}
          watch={props.watch}
          stale={environment.stale}
          selected={service.name === props.selected}
          started={props.started}
          blocked={props.blocked}
          now={now}
          onOpen={props.onOpen}
          onAction={props.onAction}
        />
      ))}
    </Grid>
  );
}
