import { type ReactNode, useState } from 'react';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { useEnvironments, useQuery } from '../../client/hooks.ts';
import { useWatch } from '../../client/use-watch.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Grid, GridCell, GridHead, GridHeading, GridRow, TwoLines } from '../../ui/grid.tsx';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import { incidentCause, incidentLook, incidentTitle, isoOf, lastedWords } from '../../ui/incident-words.ts';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useRefresh } from '../../ui/use-refresh.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import styles from './activity.module.css';
import { ActivityTabs } from './activity-tabs.tsx';
import { IncidentPanel } from './incident-panel.tsx';
import { NoticePanel } from './notice-panel.tsx';

const filters = [
  { value: 'all', label: 'All' },
  { value: 'open', label: 'Open' },
] as const;

/** Live incidents replace their entry in the history, new ones join it; open ones first, then newest first. */
export function mergeIncidents(history: readonly Incident[], live: readonly Incident[]): readonly Incident[] {
  const all = new Map(history.map((one) => [one.id, one]));
  for (const one of live) all.set(one.id, one);
  return [...all.values()].sort((a, b) => Number(b.to === null) - Number(a.to === null) || b.from - a.from);
}

/** When something was not well, and why; each opens what happened within. */
export function IncidentsPage(props: {
  readonly incidentId: string | null;
  /** A live notice, whose sheet is shown in place of an incident's. */
  readonly noticeId: string | null;
}): ReactNode {
  const { incidentId, noticeId } = props;
  const environments = useEnvironments();
  const live = useWatch().incidents;
  const { navigate } = useWorkbenchActions();
  const [environmentId, setEnvironmentId] = useState<string | null>(null);
  const [filter, setFilter] = useState<'all' | 'open'>('all');
  const history = useQuery('incidents', (api, options) => api.incidents.list({ limit: 500 }, options));
  const now = useNow();
  useRefresh(live.length, history.refetch);
  const everything = mergeIncidents(history.data ?? [], live);
  const all = everything.filter(
    (one) => (environmentId === null || one.environment === environmentId) && (filter === 'all' || one.to === null),
  );
  const selected = everything.find((one) => one.id === incidentId);
  const open = (id: string | null): void => navigate({ page: 'incidents', incidentId: id });

  return (
    <>
      <div className={styles.strip}>
        <ActivityTabs value="incidents" />
        <span className="grow" />
        <Segmented label="Show" value={filter} options={filters} onChange={setFilter} />
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
        <ScrollRegion label="List of incidents" className={styles.list}>
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
          {history.data === null && history.error === null && all.length === 0 ? <Skeleton lines={5} /> : null}
          {all.length === 0 && history.data !== null ? (
            <EmptyState
              title={filter === 'open' ? 'Nothing is wrong right now' : 'No incidents'}
              text="When a service is down or degraded, it is listed here with its cause, for as long as history is kept."
            />
          ) : null}
          {all.length === 0 ? null : (
            <Grid label="Incidents" className={styles.incidents} first={all[0]?.id ?? null}>
              <GridHead>
                <GridHeading className={styles.firstHeading}>Incident</GridHeading>
                <GridHeading className={styles.causeCell}>Cause</GridHeading>
                <GridHeading className="num">Lasted</GridHeading>
                <GridHeading className="num">Began</GridHeading>
              </GridHead>
              {all.map((one) => {
                const look = incidentLook(one);
                const cause = incidentCause(one);
                return (
                  <GridRow key={one.id} id={one.id} selected={one.id === incidentId} onOpen={() => open(one.id)}>
                    <GridCell className={styles.first}>
                      <ToneGlyph tone={look.tone} shape={look.shape} />
                      <TwoLines
                        name={incidentTitle(one)}
                        sub={one.environment ?? 'this machine'}
                        title={incidentTitle(one)}
                      />
                    </GridCell>
                    <GridCell className={`${styles.cell} ${styles.causeCell}`} title={cause ?? undefined}>
                      {cause ?? '–'}
                    </GridCell>
                    <GridCell className={`${styles.cell} num`}>{lastedWords(one, now)}</GridCell>
                    <GridCell className={`${styles.cell} num`}>
                      <Moment at={isoOf(one.from)} />
                    </GridCell>
                  </GridRow>
                );
              })}
            </Grid>
          )}
        </ScrollRegion>
        {noticeId !== null ? (
          <NoticePanel key={noticeId} noticeId={noticeId} onClose={() => open(null)} />
        ) : selected === undefined ? null : (
          <IncidentPanel key={selected.id} incident={selected} onClose={() => open(null)} />
        )}
      </div>
    </>
  );
}
