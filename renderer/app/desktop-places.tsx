import { useEffect } from 'react';
import { z } from 'zod';
import { type Place, placeSchema } from '../../shared/domain/place.ts';
import type { Route } from '../ui/routes.ts';
import { limitTab } from '../ui/use-notice-action.ts';
import { useWorkbenchActions, type WorkbenchActions } from '../ui/workbench.ts';

const messageSchema = z.object({ type: z.literal('goldenhour:go'), place: placeSchema });

/** Goes where tray and notifications ask the window to go. */
export function DesktopPlaces(): null {
  const actions = useWorkbenchActions();
  useEffect(() => {
    const onMessage = (event: MessageEvent): void => {
      if (event.source !== window || event.origin !== window.location.origin) return;
      const message = messageSchema.safeParse(event.data);
      if (message.success) goTo(message.data.place, actions);
    };
    window.addEventListener('message', onMessage);
    window.postMessage({ type: 'goldenhour:listening' }, window.location.origin);
    return () => window.removeEventListener('message', onMessage);
  }, [actions]);
  return null;
}

function goTo(place: Place, { navigate, openLogs, selectEnvironment }: WorkbenchActions): void {
  if (place.to === 'golden' || place.to === 'run' || place.to === 'routine') selectEnvironment(place.environmentId);
  if (place.to === 'logs') openLogs(place.environmentId, place.service === null ? undefined : [place.service]);
  navigate(routeOf(place));
}

function routeOf(place: Place): Route {
  switch (place.to) {
    case 'engines':
      return { page: 'settings', section: 'engines' };
    case 'golden':
      return { page: 'golden' };
    case 'notice':
      return { page: 'incidents', incidentId: null, noticeId: place.noticeId };
    case 'run':
      return { page: 'routine', runId: place.runId };
    case 'routine':
      return { page: 'routine-start', environmentId: place.environmentId, routine: place.routine };
    case 'limit':
      return { page: 'stack', environmentId: place.environmentId, service: place.service, tab: limitTab };
    case 'logs':
    case 'stack':
      return { page: 'stack', environmentId: place.environmentId, service: place.service, tab: null };
  }
}
