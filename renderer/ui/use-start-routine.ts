import { useCallback } from 'react';
import { type Action, useAction } from '../client/hooks.ts';
import { useWorkbenchActions } from './workbench.ts';

/**
 * Starts a routine and goes to its run. What it runs was not agreed to: goes to where that is shown. Any other refusal
 * is in `error`.
 */
export function useStartRoutine(): Action & { readonly start: (environmentId: string, routine: string) => void } {
  const action = useAction();
  const { navigate } = useWorkbenchActions();
  const { run } = action;
  const start = useCallback(
    (environmentId: string, routine: string): void => {
      void run(async (client) => {
        try {
          const { runId } = await client.call((api, options) =>
            api.routines.run({ environmentId, routine, trigger: 'user' }, options),
          );
          navigate({ page: 'routine', runId });
        } catch (error) {
          if (!isUntrusted(error)) throw error;
          navigate({ page: 'routine-start', environmentId, routine });
        }
      });
    },
    [run, navigate],
  );
  return { ...action, start };
}

const isUntrusted = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'guard.untrusted';
