import { useEffect, useRef, useState } from 'react';
import type { EnvironmentView } from '../../../shared/contract/environments.ts';
import { serviceLook } from './service-words.ts';

/** A change of a service that this window saw happen. */
export interface ObservedEvent {
  readonly at: string;
  readonly service: string;
  readonly text: string;
}
export type ObservedEvents = readonly ObservedEvent[];

const most = 200;

/** What changed between two views of an environment, in words. */
export function observedChanges(before: EnvironmentView, after: EnvironmentView, at: string): ObservedEvent[] {
  if (before.stale || after.stale) return [];
  return after.services.flatMap((service): ObservedEvent[] => {
    const old = before.services.find((one) => one.name === service.name);
    if (old === undefined) return [];
    const [was, is] = [serviceLook(old, false).word, serviceLook(service, false).word];
    const events: ObservedEvent[] = [];
    if (was !== is) {
      const why = service.reason === null ? '' : `: ${service.reason}`;
      events.push({ at: service.since ?? at, service: service.name, text: `${was} to ${is.toLowerCase()}${why}` });
    }
    const restarts = (one: typeof service): number => one.instances.reduce((sum, each) => sum + each.restarts, 0);
    if (restarts(service) > restarts(old) && service.instances[0]?.containerId === old.instances[0]?.containerId)
      events.push({ at, service: service.name, text: 'Restarted by its restart policy' });
    return events;
  });
}

/** Collects the changes of an environment's services while its page is open, newest first. */
export function useObservedEvents(environment: EnvironmentView): ObservedEvents {
  const [events, setEvents] = useState<ObservedEvents>([]);
  const last = useRef(environment);
  useEffect(() => {
    const before = last.current;
    last.current = environment;
    if (before === environment) return;
    if (before.id !== environment.id) {
      setEvents([]);
      return;
    }
    const seen = observedChanges(before, environment, new Date().toISOString());
    if (seen.length > 0) setEvents((list) => [...seen.reverse(), ...list].slice(0, most));
  }, [environment]);
  return events;
}
