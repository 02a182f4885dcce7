import { FolderPlus } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import type { Timeline } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import { defaultSettings, type Settings } from '../../../shared/contract/settings.ts';
import { useAppState, useEnvironments, useOperations } from '../../client/hooks.ts';
import { useWatch } from '../../client/use-watch.ts';
import { Moment } from '../../ui/ago.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { cx } from '../../ui/cx.ts';
import { environmentLook, healthyCount, isActive } from '../../ui/environment-words.ts';
import { ToneGlyph } from '../../ui/health-glyph.tsx';
import type { Route } from '../../ui/routes.ts';
import { Lines, Section } from '../../ui/section.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { useNow } from '../../ui/use-now.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { AttentionList } from './attention-list.tsx';
import { dayMarkdown, operationsOfDay } from './day.ts';
import { Horizon } from './horizon.tsx';
import { axisOf } from './horizon-model.ts';
import styles from './today.module.css';
import { troubles } from './troubles.ts';
import { useTimelines } from './use-timelines.ts';
import { attention, greeting, verdict } from './verdict.ts';

/** Is everything ready, and if not, what is the one thing to do. */
export function TodayPage(): ReactNode {
  const known = useAppState(() => true) === true;
  return known ? <Today /> : <Skeleton lines={5} />;
}

function Today(): ReactNode {
  const environments = useEnvironments();
  const operations = useOperations();
  const images = useAppState((state) => state.images) ?? [];
  const watch = useWatch();
  const workingDay = useAppState((state) => state.settings.day);
  const now = useNow();
  const { navigate } = useWorkbenchActions();
  const state = verdict(environments);
  const found = useMemo(() => troubles(watch), [watch]);
  const list = attention(environments, operations, images, now, found.covered);
  const day = operationsOfDay(operations, now);
  return (
    <div className={cx(styles.page, 'scroll', 'grow')}>
      <div className={styles.hero}>
        <div className="grow">
          <h2>
            {greeting(new Date(now).getHours())} {state.sentence}
          </h2>
          <p className={styles.say}>
            <span>
              <ToneGlyph tone={state.tone} shape={state.shape} />
              {state.counts}
            </span>
          </p>
        </div>
        {environments.length === 0 ? (
          <Button
            kind="primary"
            size="large"
            icon={FolderPlus}
            onClick={() => navigate({ page: 'add-stack', folder: null })}
          >
            Add a stack
          </Button>
        ) : null}
      </div>
      <DayHorizon environments={environments} day={workingDay} now={now} onOpen={navigate} />
      <div className={styles.cols}>
        <AttentionList troubles={found} others={list} now={now} />
        <section aria-label="Environments and the day">
          <Section title="Environments" note={String(environments.length)}>
            <Lines>
              {environments.map((one) => (
                <li key={one.id}>
                  <EnvironmentLine environment={one} />
                </li>
              ))}
            </Lines>
          </Section>
          <Section
            className={styles.more}
            title="Done today"
            actions={
              day.length === 0 ? undefined : (
                <CopyButton text={() => dayMarkdown(day, now)} label="Copy as Markdown" size="normal" />
              )
            }
          >
            {day.length === 0 ? <p className="t2">Nothing yet.</p> : null}
            <ul>
              {day.map((one) => (
                <EventLine key={one.id} operation={one} />
              ))}
            </ul>
          </Section>
        </section>
      </div>
    </div>
  );
}

/** The horizon, once there is a service to show: of what ran today, or of everything when nothing did. */
function DayHorizon(props: {
  readonly environments: readonly EnvironmentView[];
  readonly day: Settings['day'] | null;
  readonly now: number;
  readonly onOpen: (route: Route) => void;
}): ReactNode {
  const { environments, day, now } = props;
  const axis = axisOf(day ?? defaultSettings.day, now);
  const ids = environments.filter((one) => one.services.length > 0).map((one) => one.id);
  const timelines = useTimelines(ids, axis.from, axis.to, now);
  const shown = useMemo(() => {
    const ran = (timelines ?? []).filter((one) => one.services.some(wasAlive));
    return ran.length > 0 ? ran : (timelines ?? []).slice(0, 1);
  }, [timelines]);
  if (ids.length === 0 || day === null) return null;
  return <Horizon timelines={shown} day={day} now={now} onOpen={props.onOpen} />;
}

const wasAlive = (service: Timeline['services'][number]): boolean =>
  service.spans.some(({ state }) => state !== 'stopped' && state !== 'unknown');

function EnvironmentLine({ environment }: { readonly environment: EnvironmentView }): ReactNode {
  const { navigate } = useWorkbenchActions();
  const look = environmentLook(environment);
  const { healthy, total } = healthyCount(environment);
  const live = environment.state === 'running' || environment.state === 'partial';
  return (
    <button
      type="button"
      data-focus="inside"
      className={styles.environment}
      onClick={() => navigate({ page: 'stack', environmentId: environment.id, service: null, tab: null })}
    >
      <ToneGlyph tone={look.tone} shape={look.shape} />
      <span className="strong trunc">{environment.id}</span>
      <span className="t2 small nowrap">{look.word}</span>
      <span className="grow" />
      <span className="t3 small tn nowrap">{live ? `${healthy} of ${total} healthy` : ''}</span>
    </button>
  );
}

function EventLine({ operation }: { readonly operation: OperationView }): ReactNode {
  return (
    <li className={styles.event}>
      <Moment at={operation.startedAt ?? operation.createdAt} />
      <span>
        {operation.title}
        <small>
          {isActive(operation) ? 'under way' : (operation.summary ?? operation.error?.message ?? operation.state)}
        </small>
      </span>
    </li>
  );
}
