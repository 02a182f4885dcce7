import type { ReactNode } from 'react';
import { useWatch } from '../../client/use-watch.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { useWorkbenchActions } from '../../ui/workbench.ts';

/** Between what was done and what happened. */
export function ActivityTabs({ value }: { readonly value: 'operations' | 'incidents' }): ReactNode {
  const { navigate } = useWorkbenchActions();
  const open = useWatch().incidents.filter((one) => one.to === null && one.inhibitedBy === null).length;
  return (
    <Segmented
      label="Kind of activity"
      value={value}
      options={[
        { value: 'operations', label: 'Operations' },
        { value: 'incidents', label: open === 0 ? 'Incidents' : `Incidents, ${open} open` },
      ]}
      onChange={(next) =>
        navigate(
          next === 'operations' ? { page: 'activity', operationId: null } : { page: 'incidents', incidentId: null },
        )
      }
    />
  );
}
