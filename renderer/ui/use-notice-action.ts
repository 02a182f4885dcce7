import { useCallback } from 'react';
import type { NoticeAction } from '../../shared/domain/alert-types.ts';
import type { Place } from '../../shared/domain/place.ts';
import { useAppClient } from '../client/app-client.ts';
import { type Action, useAction } from '../client/hooks.ts';
import { useWorkbenchActions } from './workbench.ts';

/** What the buttons of notices and incidents say. */
export const actionLabels: Readonly<Record<NoticeAction, string>> = {
  restart: 'Restart',
  logs: 'Logs',
  restore: 'Restore…',
  snooze: 'Snooze 1 h',
  'raise-limit': 'Raise limit…',
  'start-engine': 'Engines',
  cleanup: 'Golden images',
  open: 'Open',
  stop: 'Stop it',
};

/** In place of a tab of a service: the limit that is proposed for it, and the change that would make it so. */
export const limitTab = 'limit';

export interface Concern {
  readonly environment: string | null;
  readonly service: string | null;
  /** The notice that the button belongs to; without one the action stands for itself. */
  readonly noticeId: string | null;
  /** Where Open leads; absent: to the stack. */
  readonly place?: Place | undefined;
}

/** Carries out what a button of a notice or an incident says: in the engine, and in the window where it leads somewhere. */
export function useNoticeAction(): Action & { readonly start: (concern: Concern, action: NoticeAction) => void } {
  const client = useAppClient();
  const action = useAction();
  const { navigate, openLogs, selectEnvironment } = useWorkbenchActions();
  const { run } = action;
  const start = useCallback(
    ({ environment, service, noticeId, place }: Concern, what: NoticeAction): void => {
      if (noticeId !== null)
        void run(() => client.call((api, options) => api.notices.act({ noticeId, action: what }, options)));
      else if (what === 'restart' && environment !== null)
        void run(() =>
          client.call((api, options) =>
            api.environments.restart(
              { environmentId: environment, ...(service === null ? {} : { services: [service] }) },
              options,
            ),
          ),
        );
      else if (what === 'snooze' && environment !== null) {
        const until = Date.now() + 3_600_000;
        void run(() =>
          client.call((api, options) => api.notices.snooze({ environmentId: environment, service, until }, options)),
        );
      }
      if (what === 'start-engine') navigate({ page: 'settings', section: 'engines' });
      if (what === 'cleanup') navigate({ page: 'golden' });
      if (environment === null) return;
      if (what === 'logs') openLogs(environment, service === null ? undefined : [service]);
      if (what === 'open') {
        if (place?.to === 'run') navigate({ page: 'routine', runId: place.runId });
        else if (place?.to === 'routine')
          navigate({ page: 'routine-start', environmentId: environment, routine: place.routine });
        else navigate({ page: 'stack', environmentId: environment, service, tab: null });
      }
      if (what === 'raise-limit') navigate({ page: 'stack', environmentId: environment, service, tab: limitTab });
      if (what === 'restore') {
        selectEnvironment(environment);
        navigate({ page: 'golden' });
      }
    },
    [client, run, navigate, openLogs, selectEnvironment],
  );
  return { ...action, start };
}
