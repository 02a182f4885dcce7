import { Ellipsis, ListChecks, ListX, Play, RotateCcw, ScrollText, Square, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { useHello } from '../../client/hooks.ts';
import { Ago } from '../../ui/ago.tsx';
import { IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { canStart, canStop, environmentLook, healthyCount } from '../../ui/environment-words.ts';
import { shortPath } from '../../ui/format.ts';
import { GridCell, GridRow, RowActions, TwoLines } from '../../ui/grid.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { Meter } from '../../ui/meter.tsx';
import { measuredProgress } from '../../ui/operation-progress.ts';
import styles from './stacks.module.css';

export type RowAction = 'up' | 'stop' | 'restart' | 'remove' | 'plan' | 'forget' | 'logs';

export function StackRow(props: {
  readonly environment: EnvironmentView;
  readonly operation: OperationView | null;
  readonly selected: boolean;
  /** A call that this row started is on its way. */
  readonly busy: RowAction | null;
  readonly onOpen: () => void;
  readonly onAction: (action: RowAction) => void;
}): ReactNode {
  const { environment, operation, onAction } = props;
  const home = useHello()?.homeFolder ?? null;
  const look = environmentLook(environment);
  const { healthy, total } = healthyCount(environment);
  const live = environment.state === 'running' || environment.state === 'partial';
  const free = operation === null && props.busy === null;
  const start = canStart(environment) && free;
  const stop = canStop(environment) && free;
  return (
    <GridRow
      id={environment.id}
      stale={environment.stale}
      selected={props.selected}
      onOpen={props.onOpen}
      onKey={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === 's' && (start || stop)) onAction(start ? 'up' : 'stop');
        else if (event.key === 'r' && stop) onAction('restart');
        else if (event.key === 'l') onAction('logs');
        else if (event.key === 'Delete' && free) onAction('remove');
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <GridCell className={styles.first}>
        <ToneGlyph tone={look.tone} shape={look.shape} />
        <TwoLines
          name={environment.id}
          sub={shortPath(environment.folder, home)}
          mono
          title={`${environment.id}\n${environment.folder}`}
        />
      </GridCell>
      <GridCell title={environment.reason ?? undefined}>
        {operation === null ? (
          <span
            className={cx(
              styles.state,
              look.tone === 'down' ? styles.down : look.tone === 'degraded' ? styles.degraded : 't2',
            )}
          >
            {look.word}
            {environment.reason === null || environment.stale ? null : (
              <span className={styles.quiet}>, {environment.reason}</span>
            )}
          </span>
        ) : (
          <span className={styles.work}>
            <span className="trunc">{operation.title}</span>
            <Meter label={operation.title} value={measuredProgress(operation)} />
          </span>
        )}
      </GridCell>
      <GridCell className={cx(styles.cell, 'tn')}>
        {live
          ? `${healthy} of ${total} ${environment.stale ? 'were ' : ''}healthy`
          : total === 1
            ? '1 service'
            : `${total} services`}
      </GridCell>
      <GridCell className={cx(styles.cell, styles.branch)} title={environment.branch ?? undefined}>
        {environment.branch ?? ''}
      </GridCell>
      <GridCell className={cx(styles.cell, styles.quiet, styles.change)}>
        {environment.since === null ? '' : <Ago at={environment.since} />}
      </GridCell>
      <RowActions>
        {live ? (
          <>
            <IconButton
              label="Restart"
              icon={RotateCcw}
              keys="r"
              disabled={!stop}
              busy={props.busy === 'restart'}
              onClick={() => onAction('restart')}
            />
            <IconButton
              label="Stop"
              icon={Square}
              keys="s"
              disabled={!stop}
              busy={props.busy === 'stop'}
              onClick={() => onAction('stop')}
            />
          </>
        ) : (
          <IconButton
            label="Start"
            icon={Play}
            keys="s"
            disabled={!start}
            busy={props.busy === 'up'}
            onClick={() => onAction('up')}
          />
        )}
        <IconButton label="Logs" icon={ScrollText} keys="l" onClick={() => onAction('logs')} />
        <Menu trigger={<IconButton label="More" icon={Ellipsis} />}>
          {live && environment.state === 'partial' ? (
            <MenuItem icon={Play} disabled={!start} onSelect={() => onAction('up')}>
              Start what is missing
            </MenuItem>
          ) : null}
          <MenuItem icon={ListChecks} disabled={environment.stale} onSelect={() => onAction('plan')}>
            Show what Start would do
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={ListX} disabled={!free} onSelect={() => onAction('forget')} hint="nothing is deleted">
            Take off the list
          </MenuItem>
          <MenuItem icon={Trash2} danger disabled={!free || environment.stale} onSelect={() => onAction('remove')}>
            Remove…
          </MenuItem>
        </Menu>
      </RowActions>
    </GridRow>
  );
}
