import type { ReactNode } from 'react';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { AddStackPage } from '../features/add-stack/add-stack-page.tsx';
import { ServiceLogs, ServiceTerminal } from '../features/dock/index.ts';
import { GoldenPage } from '../features/golden/golden-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { type ServicePanelSlots, StackPage } from '../features/stack/index.ts';
import { StacksPage } from '../features/stacks/stacks-page.tsx';
import { TodayPage } from '../features/today/today-page.tsx';
import { useWorkbench } from '../ui/workbench.ts';

/** Logs and terminals belong to the dock; a service's panel only shows them. */
const serviceSlots: ServicePanelSlots = {
  logs: (environmentId, service) => <ServiceLogs key={service} environmentId={environmentId} service={service} />,
  terminal: (environmentId, service) => (
    <ServiceTerminal key={service} environmentId={environmentId} service={service} />
  ),
};

/** The page of the current route. */
export function PageView(): ReactNode {
  const route = useWorkbench((state) => state.route);
  switch (route.page) {
    case 'today':
      return <TodayPage />;
    case 'stacks':
      return <StacksPage empty={<AddStackPage key="first" folder={null} first />} />;
    case 'add-stack':
      return <AddStackPage key={route.folder} folder={route.folder} first={false} />;
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
    case 'settings':
      return <SettingsPage section={route.section} />;
  }
}
