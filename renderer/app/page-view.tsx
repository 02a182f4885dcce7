import type { ReactNode } from 'react';
import { useAppState, useEnvironments, useRefusal } from '../client/hooks.ts';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { IncidentsPage } from '../features/activity/incidents-page.tsx';
import { AddStackPage } from '../features/add-stack/add-stack-page.tsx';
import { ServiceLogs, ServiceTerminal } from '../features/dock/index.ts';
import { GoldenPage } from '../features/golden/golden-page.tsx';
import { RoutinePage, RoutineStartPage } from '../features/routine/index.ts';
import { RoutineEditorPage } from '../features/routine-editor/index.ts';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { type ServicePanelSlots, StackPage } from '../features/stack/index.ts';
import { StacksPage } from '../features/stacks/stacks-page.tsx';
import { TodayPage } from '../features/today/today-page.tsx';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useWorkbench } from '../ui/workbench.ts';
import styles from './shell.module.css';

/** Logs and terminals belong to the dock; a service's panel only shows them. */
const serviceSlots: ServicePanelSlots = {
  logs: (environmentId, service) => <ServiceLogs key={service} environmentId={environmentId} service={service} />,
  terminal: (environmentId, service) => (
    <ServiceTerminal key={service} environmentId={environmentId} service={service} />
  ),
};

/** The page of the current route. */
export function PageView(): ReactNode {
  const known = useAppState(() => true) === true;
  return known ? <RoutedPage /> : <NoEngineYet />;
}

/** Before the first word of the engine: a moment of nothing, then what keeps it. */
function NoEngineYet(): ReactNode {
  const refused = useRefusal();
  if (refused === null) return <Skeleton lines={5} />;
  return (
    <div className={styles.starting}>
      <div>
        <ErrorNotice error={refused.toShape()} />
        <p className="t3 small">It tries again by itself.</p>
      </div>
    </div>
  );
}

/** The stacks; while there is none, how to get one. */
function FirstPage(): ReactNode {
  return <StacksPage empty={<AddStackPage key="first" folder={null} project={null} first />} />;
}

function RoutedPage(): ReactNode {
  const route = useWorkbench((state) => state.route);
  const empty = useEnvironments().length === 0;
  switch (route.page) {
    case 'today':
      // A day begins with a stack: until there is one, this is where it comes from.
      return empty ? <FirstPage /> : <TodayPage />;
    case 'stacks':
      return <FirstPage />;
    case 'add-stack':
      return (
        <AddStackPage
          key={`${route.folder} ${route.project}`}
          folder={route.folder}
          project={route.project ?? null}
          first={false}
        />
      );
    case 'stack':
      return (
        <StackPage
          key={route.environmentId}
          environmentId={route.environmentId}
          service={route.service}
          tab={route.tab}
          slots={serviceSlots}
        />
      );
    case 'golden':
      return <GoldenPage />;
    case 'activity':
      return <ActivityPage operationId={route.operationId} />;
    case 'incidents':
      return <IncidentsPage incidentId={route.incidentId} noticeId={route.noticeId ?? null} />;
    case 'routine':
      return <RoutinePage key={route.runId} runId={route.runId} />;
    case 'routine-start':
      return (
        <RoutineStartPage
          key={`${route.environmentId} ${route.routine}`}
          environmentId={route.environmentId}
          routine={route.routine}
        />
      );
    case 'routine-edit':
      return (
        <RoutineEditorPage key={route.environmentId} environmentId={route.environmentId} routine={route.routine} />
      );
    case 'settings':
      return <SettingsPage section={route.section} />;
  }
}
