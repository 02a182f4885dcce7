import { type ReactNode, useMemo } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { Timeline } from '../../../shared/contract/health.ts';
import type { RoutineView } from '../../../shared/contract/routines.ts';
import { defaultSettings, type Settings } from '../../../shared/contract/settings.ts';
import { useAppState, useEnvironments, useOperations } from '../../client/hooks.ts';
import { useImpact, useRepositories, useRoutineRuns, useRoutines } from '../../client/use-routines.ts';
import { useWatch } from '../../client/use-watch.ts';
import { cx } from '../../ui/cx.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import type { Route } from '../../ui/routes.ts';
import { routineOfHour } from '../../ui/routine-hour.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbench, useWorkbenchActions } from '../../ui/workbench.ts';
import { AttentionList } from './attention-list.tsx';
import { ChangesSection } from './changes-section.tsx';
import { DayRibbon } from './day-ribbon.tsx';
import { EnvironmentList } from './environment-list.tsx';
import { gitFacts, gitHints } from './git-words.ts';
import { Hero } from './hero.tsx';
import { Horizon } from './horizon.tsx';
import { axisOf } from './horizon-model.ts';
import { plannedOf } from './horizon-planned.tsx';
import { RoutineSection } from './routine-section.tsx';
import { SummarySection } from './summary-section.tsx';
import styles from './today.module.css';
import { troubles } from './troubles.ts';
import { useShownSummary } from './use-day-summary.ts';
import { useTimelines } from './use-timelines.ts';
import { attention, verdict } from './verdict.ts';

/** Is everything ready, and if not, what is the one thing to do. */
export function TodayPage(): ReactNode {
  const known = useAppState(() => true) === true;
  return known ? <Today /> : <Skeleton lines={5} />;
}

const none: readonly never[] = [];
const isLive = (one: EnvironmentView): boolean => one.state === 'running' || one.state === 'partial';

function Today(): ReactNode {
  const environments = useEnvironments();
  const operations = useOperations();
  const images = useAppState((state) => state.images) ?? none;
  const runs = useRoutineRuns();
  const watch = useWatch();
  const day = useAppState((state) => state.settings.day) ?? defaultSettings.day;
  const now = useNow();
  const { navigate } = useWorkbenchActions();
  const chosen = useWorkbench((state) => state.environmentId);
  const environment = environments.find((one) => one.id === chosen) ?? environments[0] ?? null;
  const id = environment?.id ?? null;
  const state = verdict(environments);
  const found = useMemo(() => troubles(watch), [watch]);
  // A notice that leads to a run says of it what there is to say.
  const told = new Set(found.notices.map(({ notice: { place } }) => (place?.to === 'run' ? place.runId : null)));
  const open = runs.filter((one) => !told.has(one.id));
  const list = attention(environments, operations, images, now, found.covered, open);
  const repositories = useRepositories(id).data ?? none;
  const impact = useImpact(id).data;
  const written = useRoutines(id);
  const routines = written.data ?? none;
  const routine = routineOfHour(now, day, environment !== null && isLive(environment));
  return (
    <div className={cx(styles.page, 'scroll', 'grow')}>
      <Hero
        state={state}
        facts={gitFacts(repositories)}
        environment={environment}
        environments={environments}
        routine={routine}
        routines={routines}
        now={now}
      />
      <DayHorizon environments={environments} routines={routines} day={day} now={now} onOpen={navigate} />
      <div className={styles.cols}>
        <div>
          <AttentionList troubles={found} others={list} now={now} />
          {id === null ? null : (
            <>
              <RoutineSection environmentId={id} routine={routine} routines={written} />
              <ChangesSection environmentId={id} impact={impact} hints={gitHints(repositories)} />
            </>
          )}
        </div>
        <section aria-label="The day">
          <DayStory now={now} day={day} />
          {environments.length < 2 ? null : <EnvironmentList className={styles.more} environments={environments} />}
        </section>
      </div>
    </div>
  );
}

/** The summary of a day. */
function DayStory(props: { readonly now: number; readonly day: Settings['day'] }): ReactNode {
  const environments = useEnvironments();
  const shown = useShownSummary(props.now, props.day);
  if (shown.summary === null)
    return shown.error === null ? (
      <Skeleton lines={4} />
    ) : (
      <ErrorNotice error={shown.error.toShape()} tone="degraded" />
    );
  const { summary, today } = shown;
  return (
    <SummarySection
      key={summary.day}
      summary={summary}
      today={today}
      onOther={shown.other}
      ribbon={
        // Today has its horizon.
        summary.day === today || summary.from === null ? null : (
          <DayRibbon summary={summary} environments={environments} working={props.day} />
        )
      }
    />
  );
}

/** The horizon, once there is a service to show: of what ran today, or of everything when nothing did. */
function DayHorizon(props: {
  readonly environments: readonly EnvironmentView[];
  readonly routines: readonly RoutineView[];
  readonly day: Settings['day'];
  readonly now: number;
  readonly onOpen: (route: Route) => void;
}): ReactNode {
  const { environments, day, now, routines } = props;
  const axis = axisOf(day, now);
  const ids = environments.filter((one) => one.services.length > 0).map((one) => one.id);
  const timelines = useTimelines(ids, axis.from, axis.to, now);
  const shown = useMemo(() => {
    const ran = (timelines ?? []).filter((one) => one.services.some(wasAlive));
    return ran.length > 0 ? ran : (timelines ?? []).slice(0, 1);
  }, [timelines]);
  if (ids.length === 0) return null;
  return (
    <Horizon timelines={shown} day={day} planned={plannedOf(routines, axis, now)} now={now} onOpen={props.onOpen} />
  );
}

const wasAlive = (service: Timeline['services'][number]): boolean =>
  service.spans.some(({ state }) => state !== 'stopped' && state !== 'unknown');
