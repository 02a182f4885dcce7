import { useState } from 'react';
import type { AppError } from '../../../shared/errors.ts';
import { toAppError } from '../../../shared/errors.ts';
import { useAppClient } from '../../client/app-client.ts';
import type { PlanAction } from '../../ui/plan-panel.tsx';
import { isPlain } from '../../ui/plan-words.ts';
import { useWorkbenchActions } from '../../ui/workbench.ts';
import type { RowAction } from './stack-row.tsx';

export interface StackActions {
  /** The call that is on its way, per environment. */
  readonly busy: ReadonlyMap<string, RowAction>;
  readonly failure: { readonly environmentId: string; readonly error: AppError } | null;
  /** The plan that is being shown. */
  readonly shown: { readonly environmentId: string; readonly action: PlanAction } | null;
  start(environmentId: string, action: RowAction): void;
  close(): void;
  dismiss(): void;
}

/**
 * What the buttons of the list do. Starting asks for the plan first and shows it only when there is something to
 * decide: a problem, access to the host, data at stake. Removing always shows it.
 */
export function useStackActions(): StackActions {
  const client = useAppClient();
  const { openLogs } = useWorkbenchActions();
  const [busy, setBusy] = useState<ReadonlyMap<string, RowAction>>(new Map());
  const [failure, setFailure] = useState<StackActions['failure']>(null);
  const [shown, setShown] = useState<StackActions['shown']>(null);

  const carryOut = async (environmentId: string, action: 'up' | 'stop' | 'restart' | 'forget'): Promise<void> => {
    if (action === 'up') {
      const plan = await client.call((api, options) => api.environments.plan({ environmentId, action: 'up' }, options));
      if (!isPlain(plan)) {
        setShown({ environmentId, action: 'up' });
        return;
      }
      await client.call((api, options) => api.environments.up({ environmentId, planHash: plan.hash }, options));
      return;
    }
    await client.call<unknown>((api, options) => {
      if (action === 'forget') return api.stacks.forget({ environmentId }, options);
      return api.environments[action]({ environmentId }, options);
    });
  };

  const start = (environmentId: string, action: RowAction): void => {
    if (action === 'logs') {
      openLogs(environmentId);
      return;
    }
    if (action === 'plan' || action === 'remove') {
      setShown({ environmentId, action: action === 'plan' ? 'up' : 'remove' });
      return;
    }
    if (busy.has(environmentId)) return;
    setFailure(null);
    setBusy((map) => new Map(map).set(environmentId, action));
    carryOut(environmentId, action)
      .catch((error: unknown) => setFailure({ environmentId, error: toAppError(error) }))
      .finally(() =>
        setBusy((map) => {
          const rest = new Map(map);
          rest.delete(environmentId);
          return rest;
        }),
      );
  };

  return { busy, failure, shown, start, close: () => setShown(null), dismiss: () => setFailure(null) };
}
