import { Ellipsis, Play, RotateCcw, ScrollText, Square, SquareTerminal } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { ServiceView } from '../../../shared/contract/environments.ts';
import type { CheckView } from '../../../shared/contract/health.ts';
import type { StatsSample } from '../../../shared/contract/streams.ts';
import type { WatchActions } from '../../client/use-watch.ts';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { formatExact, formatMemory } from '../../ui/format.ts';
import { GridCell, GridRow, RowActions, TwoLines } from '../../ui/grid.tsx';
import { isWrong } from '../../ui/health.ts';
import { ChangingGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { WatchMenuItems } from '../../ui/watch-menu.tsx';
import { latencyNumber, latencyTitle, shareWords, slow, stateTitle } from './check-words.ts';
import { Ports } from './ports.tsx';
import { cpuWords, memoryLimit, memoryTone } from './resource-words.ts';
import { lastChange, lastChangeWords, restartCount, serviceLook, serviceOrigin } from './service-words.ts';
import styles from './stack.module.css';
import { buckets } from './stats-series.ts';
import { Uptime } from './uptime.tsx';
import type { StackVerb, Started } from './use-service-actions.ts';

export type ServiceAction = StackVerb | 'logs' | 'terminal' | 'config' | 'health';

/** Points of a sparkline: ten seconds each. */
const points = 60;

export interface ServiceRowProps {
  readonly service: ServiceView;
  readonly environmentId: string;
  readonly samples: readonly StatsSample[];
  readonly check: CheckView | null;
  /** Of the last day, 0 to 1. */
  readonly uptime: number | null;
  readonly watch: WatchActions;
  readonly stale: boolean;
  readonly selected: boolean;
  /** What this window started and is still under way, for this service or for all. */
  readonly started: Started | null;
  /** Something is under way on the environment: no second start. */
  readonly blocked: boolean;
  readonly now: number;
  /** Its place, where only a part of the rows is in the page. */
  readonly index?: number | undefined;
  readonly onOpen: (name: string) => void;
  readonly onAction: (name: string, action: ServiceAction) => void;
}

/** One service in the table. */
export const ServiceRow = memo(function ServiceRow(props: ServiceRowProps): ReactNode {
  const { service, samples, stale, started, now, check } = props;
  const look = serviceLook(service, stale);
  const origin = serviceOrigin(service);
  const latest = samples.at(-1) ?? null;
  const limit = memoryLimit(service, latest);
  const tone = memoryTone(latest, limit);
  const restarts = restartCount(service);
  const change = lastChange(service);
  const wrong = isWrong(look.tone) && !stale;
  const runs = service.state === 'running' || service.state === 'paused' || service.state === 'restarting';
  const act = (action: ServiceAction) => (): void => props.onAction(service.name, action);
  const busy = (verb: StackVerb): boolean => started?.verb === verb && started.service === service.name;
  const free = !props.blocked && !stale;

  return (
    <GridRow
      id={service.name}
      index={props.index}
      selected={props.selected}
      stale={stale}
      onOpen={() => props.onOpen(service.name)}
      onKey={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 'r' && runs && free) act('restart')();
        else if (event.key === 's' && free) act(runs ? 'stop' : 'up')();
        else if (event.key === 'l') act('logs')();
        else if (event.key === 't' && runs) act('terminal')();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <GridCell className={styles.first}>
        <ChangingGlyph tone={look.tone} shape={look.shape} />
        <TwoLines
          name={service.name}
          sub={wrong && service.reason !== null ? service.reason : origin.short}
          mono={!wrong || service.reason === null}
          title={[service.name, wrong ? service.reason : null, origin.full].filter((one) => one !== null).join('\n')}
        />
      </GridCell>
      <GridCell
        className={cx(styles.state, isWrong(look.tone) && (look.tone === 'down' ? styles.down : styles.degraded))}
        title={stateTitle(service)}
      >
        {look.word}
      </GridCell>
      <GridCell className={cx(styles.ports, 'mono')}>
        <Ports ports={service.ports} open={service.state === 'running'} />
      </GridCell>
      <GridCell className={cx(styles.measure, styles.cpu)}>
        <Sparkline
          values={buckets(samples, (one) => one.cpuPercent, points)}
          span={points}
          max={
            service.limits.cpus === null
              ? Math.max(50, ...samples.map((one) => one.cpuPercent))
              : service.limits.cpus * 100
          }
        />
        <span className="num mono">
          {latest === null ? <span className="t3">–</span> : cpuWords(latest.cpuPercent)}
        </span>
      </GridCell>
      <GridCell className={cx(styles.measure, styles.memory)}>
        <Sparkline
          values={buckets(samples, (one) => one.memoryBytes, points)}
          span={points}
          limit={samples.length === 0 ? null : limit}
          tone={tone ?? undefined}
        />
        <span className={cx(styles.two, 'num')}>
          <span className={cx('mono', tone === 'down' && styles.down, tone === 'degraded' && styles.degraded)}>
            {latest === null ? <span className="t3">–</span> : formatMemory(latest.memoryBytes)}
          </span>
          <span className={styles.sub}>{limit === null ? 'no limit' : formatMemory(limit)}</span>
        </span>
      </GridCell>
      <GridCell className={cx(styles.latency, 'mono', 'num')} title={latencyTitle(check)}>
        {check?.latency == null || !runs ? (
          <span className="t3">–</span>
        ) : (
          <>
            <span className="t3">{latencyNumber(check.latency.p50)}</span>
            <span className={cx(slow(check) && styles.degraded)}>{latencyNumber(check.latency.p95)}</span>
            <span className="t3">{latencyNumber(check.latency.p99)}</span>
          </>
        )}
      </GridCell>
      <GridCell className={cx(styles.quiet, styles.restarts, 'num', 'tn')}>
        {restarts === 0 ? <span className="t3">0</span> : <span className={styles.degraded}>{restarts}</span>}
      </GridCell>
      <GridCell className={cx(styles.quiet, styles.up, 't2', 'tn')}>
        <span className={styles.two}>
          <span>
            <Uptime service={service} />
          </span>
          {props.uptime === null || !runs ? null : (
            <span className={styles.sub} title="Share of the last day in which it was not down">
              {shareWords(props.uptime)}
            </span>
          )}
        </span>
      </GridCell>
      <GridCell
        className={cx(styles.quiet, styles.change, 't3')}
        title={change === null ? undefined : formatExact(change.at)}
      >
        {lastChangeWords(service, now)}
      </GridCell>
      <RowActions>
        {runs ? (
          <IconButton
            label="Restart"
            keys="r"
            icon={RotateCcw}
            busy={busy('restart')}
            disabled={!free && !busy('restart')}
            onClick={act('restart')}
          />
        ) : (
          <IconButton
            label="Start"
            keys="s"
            icon={Play}
            busy={busy('up')}
            disabled={!free && !busy('up')}
            onClick={act('up')}
          />
        )}
        <IconButton label="Logs" keys="l" icon={ScrollText} onClick={act('logs')} />
        <IconButton
          label="Terminal"
          keys="t"
          icon={SquareTerminal}
          disabled={service.state !== 'running'}
          onClick={act('terminal')}
        />
        <Menu trigger={<IconButton label={`More for ${service.name}`} icon={Ellipsis} />}>
          {runs ? (
            <MenuItem icon={Square} keys="s" disabled={!free} onSelect={act('stop')}>
              Stop
            </MenuItem>
          ) : (
            <MenuItem icon={Play} keys="s" disabled={!free} onSelect={act('up')}>
              Start
            </MenuItem>
          )}
          <MenuItem icon={RotateCcw} keys="r" disabled={!free || !runs} onSelect={act('restart')}>
            Restart
          </MenuItem>
          <MenuSeparator />
          <WatchMenuItems
            environmentId={props.environmentId}
            service={service.name}
            wrong={wrong}
            actions={props.watch}
          />
          <MenuSeparator />
          <MenuItem onSelect={act('health')}>Show how it is checked</MenuItem>
          <MenuItem onSelect={act('config')}>Show its configuration</MenuItem>
        </Menu>
      </RowActions>
    </GridRow>
  );
});
