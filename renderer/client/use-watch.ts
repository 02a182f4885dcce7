import { useMemo } from 'react';
import type { WatchState } from '../../shared/contract/health.ts';
import type { NoticeAction } from '../../shared/domain/alert-types.ts';
import { type Action, useAction, useAppState } from './hooks.ts';

const nothing: WatchState = { incidents: [], notices: [], pausedUntil: {}, snoozes: [], tellWhenHealthy: [] };

/** Incidents, notices, and what the user asked of both. */
export const useWatch = (): WatchState => useAppState((state) => state.watch) ?? nothing;

export interface WatchActions {
  readonly busy: boolean;
  readonly error: Action['error'];
  clear(): void;
  acknowledge(incidentId: string): void;
  /** Service null: the environment. Until null: no longer. */
  snooze(environmentId: string, service: string | null, until: number | null): void;
  mute(environmentId: string, service: string | null, muted: boolean): void;
  tellWhenHealthy(environmentId: string, service: string, wanted: boolean): void;
  /** Environment null: all of them. */
  pause(environmentId: string | null, until: number | null): void;
  act(noticeId: string, action: NoticeAction): void;
}

/** What can be done about incidents and notices; how it went is seen in the state. */
export function useWatchActions(): WatchActions {
  const { busy, error, run, clear } = useAction();
  const actions = useMemo(
    () => ({
      acknowledge: (incidentId: string): void =>
        void run((client) => client.call((api, options) => api.incidents.acknowledge({ incidentId }, options))),
      snooze: (environmentId: string, service: string | null, until: number | null): void =>
        void run((client) =>
          client.call((api, options) => api.notices.snooze({ environmentId, service, until }, options)),
        ),
      mute: (environmentId: string, service: string | null, muted: boolean): void =>
        void run((client) =>
          client.call((api, options) => api.notices.mute({ environmentId, service, muted }, options)),
        ),
      tellWhenHealthy: (environmentId: string, service: string, wanted: boolean): void =>
        void run((client) =>
          client.call((api, options) => api.notices.tellWhenHealthy({ environmentId, service, wanted }, options)),
        ),
      pause: (environmentId: string | null, until: number | null): void =>
        void run((client) =>
          client.call((api, options) => api.health.pauseWatching({ environmentId, until }, options)),
        ),
      act: (noticeId: string, action: NoticeAction): void =>
        void run((client) => client.call((api, options) => api.notices.act({ noticeId, action }, options))),
    }),
    [run],
  );
  return { busy, error, clear, ...actions };
}
