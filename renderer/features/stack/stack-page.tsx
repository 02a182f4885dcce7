import { type ReactNode, useCallback, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { useAppState, useEnvironment, useHello } from '../../client/hooks.ts';
import { useOperationFor } from '../../client/use-operation.ts';
import { useWatchActions } from '../../client/use-watch.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { type PlanAction, PlanPanel } from '../../ui/plan-panel.tsx';
import { ProblemList } from '../../ui/problem-list.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { limitTab } from '../../ui/use-notice-action.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import { ConfigPanel } from './config-panel.tsx';
import { DriftPanel } from './drift-panel.tsx';
import { HintLine, HintsPanel, useHints } from './hints.tsx';
import { LimitPanel } from './limit-panel.tsx';
import { ServicePanel, type ServicePanelSlots, type ServiceTab, serviceTabs } from './service-panel.tsx';
import type { ServiceAction } from './service-row.tsx';
import { ServiceTable } from './service-table.tsx';
import styles from './stack.module.css';
import { type HeaderAction, StackHeader } from './stack-header.tsx';
import { type Checks, useChecks } from './use-checks.ts';
import { useObservedEvents } from './use-observed-events.ts';
import { useStackRun } from './use-service-actions.ts';
import { useStats } from './use-stats.ts';
import { useUptimes } from './use-uptimes.ts';

export interface StackPageProps {
  readonly environmentId: string;
  /** The service whose panel is open, and the tab of it. */
  readonly service: string | null;
  readonly tab: string | null;
  readonly slots: ServicePanelSlots;
}

/** One environment: its services, and everything about each. */
export function StackPage(props: StackPageProps): ReactNode {
  const known = useAppState(() => true) === true;
  const environment = useEnvironment(props.environmentId);
  const { navigate } = useWorkbenchActions();
  if (!known) return <Skeleton lines={5} />;
  if (environment === null)
    return (
      <EmptyState
        title="This stack is not on the list"
        text={`${props.environmentId} was taken off the list, or never was on it.`}
        actions={<Button onClick={() => navigate({ page: 'stacks' })}>Show all stacks</Button>}
      />
    );
  return <Known key={environment.id} {...props} environment={environment} />;
}

/** How each service is checked, and whether it is well. */
const checksSign = ({ services }: EnvironmentView, checks: Checks): string =>
  services.map(({ name, health }) => `${name} ${checks.of(name)?.source} ${health === 'healthy'}`).join();

type Side =
  | { readonly kind: 'drift' | 'config' | 'hints' }
  | { readonly kind: 'plan'; readonly action: PlanAction }
  | null;

function Known(props: StackPageProps & { readonly environment: EnvironmentView }): ReactNode {
  const { environment, slots } = props;
  const { id } = environment;
  const { navigate, openLogs, openTerminal } = useWorkbenchActions();
  const home = useHello()?.homeFolder ?? null;
  const operation = useOperationFor(id);
  const live = (environment.state === 'running' || environment.state === 'partial') && !environment.stale;
  const stats = useStats(id, live);
  const checks = useChecks(environment);
  const uptimes = useUptimes(id);
  const watch = useWatchActions();
  const events = useObservedEvents(environment);
  const stack = useStackRun(id);
  const [side, setSide] = useState<Side>(null);
  // What is being read and applied does not change meanwhile.
  const reading = side?.kind === 'hints' || props.tab === limitTab;
  const hints = useHints(id, reading ? 'reading' : checksSign(environment, checks));
  const selected = environment.services.find((one) => one.name === props.service) ?? null;
  const tab = serviceTabs.find((one) => one === props.tab) ?? 'overview';
  const blocked = operation !== null || stack.started !== null;
  const { run, showPlan } = stack;

  const show = useCallback(
    (service: string | null, next: ServiceTab | null = null) =>
      navigate({ page: 'stack', environmentId: id, service, tab: next === 'overview' ? null : next }),
    [navigate, id],
  );
  const openService = useCallback(
    (name: string) => {
      setSide(null);
      show(name, tab);
    },
    [show, tab],
  );
  const onService = useCallback(
    (name: string, action: ServiceAction) => {
      if (action === 'logs') openLogs(id, [name]);
      else if (action === 'terminal') openTerminal({ environmentId: id, service: name });
      else if (action === 'config' || action === 'health') show(name, action);
      else run(action, name);
    },
    [openLogs, openTerminal, show, run, id],
  );
  const startAnew = useCallback((name: string) => run('up', name), [run]);
  const onHeader = (action: HeaderAction): void => {
    if (action === 'logs') openLogs(id);
    else if (action === 'drift' || action === 'config') setSide({ kind: action });
    else if (action === 'plan') showPlan(null);
    else if (action === 'down' || action === 'remove') setSide({ kind: 'plan', action });
    else run(action);
  };

  const panel =
    stack.plan !== null ? (
      <PlanPanel
        environment={environment}
        action="up"
        {...(stack.plan.services === null ? {} : { services: stack.plan.services })}
        onClose={stack.closePlan}
      />
    ) : side?.kind === 'drift' ? (
      <DriftPanel
        environment={environment}
        onClose={() => setSide(null)}
        onApply={() => {
          setSide(null);
          showPlan(null);
        }}
      />
    ) : side?.kind === 'hints' ? (
      <HintsPanel environmentId={id} hints={hints} onStart={startAnew} onClose={() => setSide(null)} />
    ) : side?.kind === 'config' ? (
      <ConfigPanel environment={environment} onClose={() => setSide(null)} />
    ) : side?.kind === 'plan' ? (
      <PlanPanel key={side.action} environment={environment} action={side.action} onClose={() => setSide(null)} />
    ) : selected === null ? null : props.tab === limitTab ? (
      <LimitPanel
        environmentId={id}
        service={selected}
        hints={hints}
        onStart={startAnew}
        onConfig={() => show(selected.name, 'config')}
        onClose={() => show(null)}
      />
    ) : (
      <ServicePanel
        environment={environment}
        service={selected}
        tab={tab}
        stats={stats}
        checks={checks}
        events={events}
        slots={slots}
        started={stack.started}
        blocked={blocked}
        onTab={(next) => show(selected.name, next)}
        onAction={(action) => onService(selected.name, action)}
        onClose={() => show(null)}
      />
    );

  return (
    <>
      <StackHeader environment={environment} operation={operation} started={stack.started} onAction={onHeader} />
      {watch.error === null ? null : (
        <div className={styles.notices}>
          <ErrorNotice error={watch.error.toShape()} onDismiss={watch.clear} />
        </div>
      )}
      {stack.error === null ? null : (
        <div className={styles.notices}>
          <ErrorNotice error={stack.error.toShape()} onDismiss={stack.clear} />
        </div>
      )}
      {environment.problems.length === 0 ? null : (
        <section className={styles.problems} aria-label="Problems in its files">
          <ProblemList problems={environment.problems} home={home} />
        </section>
      )}
      <HintLine hints={hints} onShow={() => setSide({ kind: 'hints' })} />
      <div className={styles.body}>
        <ScrollRegion label={`Services of ${id}`} className={styles.list}>
          {environment.services.length === 0 ? (
            <p className={styles.none}>
              {environment.problems.length === 0
                ? 'This stack has no services.'
                : 'Its services are shown once its files can be read.'}
            </p>
          ) : (
            <ServiceTable
              environment={environment}
              stats={stats}
              checks={checks}
              uptimes={uptimes}
              watch={watch}
              selected={selected?.name ?? null}
              started={stack.started}
              blocked={blocked}
              onOpen={openService}
              onAction={onService}
            />
          )}
        </ScrollRegion>
        {panel}
      </div>
    </>
  );
}
