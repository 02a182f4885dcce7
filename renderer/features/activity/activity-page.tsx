import { type ReactNode, useState } from 'react';
import type { OperationView, Starter } from '../../../shared/contract/operations.ts';
import { useEnvironments, useOperations, useQuery } from '../../client/hooks.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { isActive } from '../../ui/environment-words.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Grid, GridCell, GridHead, GridHeading, GridRow, TwoLines } from '../../ui/grid.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { operationLook, resultWords } from '../../ui/operation-look.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { byItself, byPeople, starterNote, starterReason } from '../../ui/starter-words.ts';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './activity.module.css';
import { ActivityTabs } from './activity-tabs.tsx';
import { mergeHistory, tookWords } from './activity-words.ts';
import { OperationPanel } from './operation-panel.tsx';

const filters = [
  { value: 'all', label: 'All' },
  { value: 'active', label: 'Under way' },
  { value: 'failed', label: 'Failed' },
] as const;
type Filter = (typeof filters)[number]['value'];

const starters = [
  { id: 'anyone', label: 'Started by anyone', who: null },
  { id: 'people', label: 'Started by you', who: byPeople },
  { id: 'routines', label: 'Started by routines', who: ['routine'] },
  { id: 'itself', label: 'Started by itself', who: byItself },
] as const satisfies readonly {
  readonly id: string;
  readonly label: string;
  readonly who: readonly Starter[] | null;
}[];

/** `trading/main · by itself: recovery`. */
const subline = ({ environmentId, startedBy }: OperationView): string =>
  [environmentId ?? 'this machine', starterNote(startedBy)].filter((one) => one !== null).join(' · ');

/** What came of it; of what nobody asked for, why it was done at all. */
const resultLine = (operation: OperationView): string => {
  const why = starterReason(operation.startedBy);
  return [resultWords(operation), why === null ? '' : `Because ${why}.`].filter((one) => one !== '').join(' ');
};

const includes = (list: readonly Starter[], who: Starter): boolean => list.includes(who);

/** What was done, newest first, from the journal; each entry opens its steps and its log. */
export function ActivityPage({ operationId }: { readonly operationId: string | null }): ReactNode {
  const environments = useEnvironments();
  const live = useOperations();
  const { navigate } = useWorkbenchActions();
  const [environmentId, setEnvironmentId] = useState<string | null>(null);
  const [filter, setFilter] = useState<Filter>('all');
  const [starter, setStarter] = useState<(typeof starters)[number]>(starters[0]);
  const { who } = starter;
  // Asked for apart, so that what is rare is not lost among the newest of all.
  const history = useQuery(`operations ${starter.id}`, (api, options) =>
    api.operations.list({ limit: 500, ...(who === null ? {} : { startedBy: [...who] }) }, options),
  );
  const now = useNow();
  const all = mergeHistory(history.data ?? [], live).filter(
    (one) =>
      (environmentId === null || one.environmentId === environmentId) &&
      (who === null || (one.startedBy != null && includes(who, one.startedBy.who))) &&
      (filter === 'all' || (filter === 'failed' ? one.state === 'failed' : isActive(one))),
  );
  const selected =
    operationId === null ? undefined : mergeHistory(history.data ?? [], live).find((one) => one.id === operationId);
  const open = (id: string | null): void => navigate({ page: 'activity', operationId: id });

  return (
    <>
      <div className={styles.strip}>
        <ActivityTabs value="operations" />
        <span className="grow" />
        <Segmented label="Show" value={filter} options={filters} onChange={setFilter} />
        <Menu trigger={<Button kind="ghost">{starter.label}</Button>}>
          {starters.map((one) => (
            <MenuItem key={one.id} onSelect={() => setStarter(one)}>
              {one.label}
            </MenuItem>
          ))}
        </Menu>
        <Menu trigger={<Button kind="ghost">{environmentId ?? 'All environments'}</Button>}>
          <MenuItem onSelect={() => setEnvironmentId(null)}>All environments</MenuItem>
          {environments.map((one) => (
            <MenuItem key={one.id} onSelect={() => setEnvironmentId(one.id)}>
              {one.id}
            </MenuItem>
          ))}
        </Menu>
      </div>
      <div className={styles.body}>
        <div className={cx(styles.list, 'scroll')}>
          {history.error === null ? null : (
            <ErrorNotice
              error={history.error}
              actions={
                <Button size="small" onClick={history.refetch}>
                  Try again
                </Button>
              }
            />
          )}
          {history.data === null && history.error === null ? <Skeleton lines={5} /> : null}
          {all.length === 0 && history.data !== null ? (
            <EmptyState
              title={
                filter === 'all' && environmentId === null && who === null
                  ? 'Nothing has been done yet'
                  : 'Nothing of that kind'
              }
              text="Starting, stopping, capturing and restoring leave an entry here, with their steps and their log."
            />
          ) : null}
          {all.length === 0 ? null : (
            <Grid label="Operations" className={styles.grid} first={all[0]?.id ?? null}>
              <GridHead>
                <GridHeading>Operation</GridHeading>
                <GridHeading>State</GridHeading>
                <GridHeading className={styles.result}>Result</GridHeading>
                <GridHeading className={cx('num', styles.took)}>Took</GridHeading>
                <GridHeading className="num">Started</GridHeading>
              </GridHead>
              {all.map((one) => {
                const look = operationLook(one);
                return (
                  <GridRow key={one.id} id={one.id} selected={one.id === operationId} onOpen={() => open(one.id)}>
                    <GridCell className={styles.first}>
                      <ToneGlyph tone={look.tone} shape={look.shape} />
                      <TwoLines name={one.title} sub={subline(one)} title={`${one.title}\n${subline(one)}`} />
                    </GridCell>
                    <GridCell className={styles.cell}>{look.word}</GridCell>
                    <GridCell className={cx(styles.cell, styles.result)} title={resultLine(one)}>
                      {resultLine(one)}
                    </GridCell>
                    <GridCell className={cx(styles.cell, 'num', styles.took)}>{tookWords(one, now)}</GridCell>
                    <GridCell className={cx(styles.cell, 'num')}>
                      <Moment at={one.startedAt ?? one.createdAt} />
                    </GridCell>
                  </GridRow>
                );
              })}
            </Grid>
          )}
        </div>
        {selected === undefined ? null : (
          <OperationPanel key={selected.id} operation={selected} onClose={() => open(null)} />
        )}
      </div>
    </>
  );
}
