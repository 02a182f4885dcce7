import type { ReactNode } from 'react';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { AddStackPage } from '../features/add-stack/add-stack-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { StacksPage } from '../features/stacks/stacks-page.tsx';
import { TodayPage } from '../features/today/today-page.tsx';
import { useWorkbench } from '../ui/workbench.ts';

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
      return null;
    case 'golden':
      return null;
    case 'activity':
      return <ActivityPage operationId={route.operationId} />;
    case 'settings':
      return <SettingsPage section={route.section} />;
  }
}
