import type { AlertEvent } from '../../../shared/domain/alert-types.ts';
import type { HealthState } from '../../../shared/domain/health.ts';
import type { Cause } from '../../../shared/domain/health-cause.ts';
import {
  declareServices,
  type EnvironmentHealth,
  type EnvironmentStep,
  environmentStep,
  initialEnvironment,
} from '../../../shared/domain/health-environment.ts';
import { explain } from '../../../shared/domain/health-explain.ts';
import { defaultHealthRules } from '../../../shared/domain/health-rules.ts';
import type { HealthEvent, ServiceHealth, Transition } from '../../../shared/domain/health-types.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import { changeIncident } from '../../../shared/domain/incidents.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type CheckConfig, dependencyGraph } from './check-config.ts';
import type { HealthStore } from './health-store.ts';

/** One environment as it is watched. */
export interface Watched {
  readonly id: string;
  readonly target: EnvironmentTarget;
  readonly configs: Readonly<Record<string, CheckConfig>>;
  readonly health: EnvironmentHealth;
}

export interface ServiceVerdict {
  readonly state: HealthState;
  readonly since: number;
  /** Why, in words; null when there is nothing to explain. */
  readonly reason: string | null;
  readonly cause: Cause | null;
}

export interface WatchBookDeps {
  readonly store: HealthStore;
  readonly now: () => number;
  readonly random: () => number;
  readonly utcOffsetMinutes: (at: number) => number;
  readonly onTransition: (environmentId: string, service: string, transition: Transition) => void;
  readonly onAlerts: (events: readonly AlertEvent[]) => void;
  /** Something that is shown changed. */
  readonly onChange: (environmentId: string) => void;
}

/** Holds the health of every environment and carries events through the rules, the store, and to whoever must know. */
export interface WatchBook {
  all(): Watched[];
  get(environmentId: string): Watched | undefined;
  declare(target: EnvironmentTarget, configs: Readonly<Record<string, CheckConfig>>, at: number): void;
  forget(environmentId: string, at: number): void;
  /** Service null: all of the environment. */
  apply(environmentId: string, service: string | null, event: HealthEvent): void;
  applyToAll(event: HealthEvent): void;
  /** Nobody watched from then until now, as far as the horizon goes. */
  cut(from: number, at: number): void;
  changeIncident(id: string, change: Partial<Pick<Incident, 'acknowledgedAt' | 'snoozedUntil' | 'logLine'>>): void;
  verdict(environmentId: string, service: string): ServiceVerdict | undefined;
}

/** Incidents that are taken over from an earlier life: those that are open, and those that may go on. */
const mostIncidents = 300;
const mostClosed = 100;

export function createWatchBook(deps: WatchBookDeps): WatchBook {
  const { store } = deps;
  const book = new Map<string, Watched>();

  function settle(before: Watched, step: EnvironmentStep): void {
    const { id } = before;
    book.set(id, { ...before, health: step.state });
    // Before anything is noted about them.
    for (const event of step.alerts) {
      if (event.kind !== 'incidents') continue;
      for (const { incident } of event.changes) store.saveIncident(incident);
    }
    let shown = step.alerts.length > 0;
    for (const { service, effect } of step.effects) {
      if (effect.kind === 'discarded') continue;
      shown = true;
      if (effect.kind !== 'transition') continue;
      store.span(id, service, effect.at, effect.to, reasonOf(step.state, service));
      deps.onTransition(id, service, effect);
    }
    if (step.alerts.length > 0) deps.onAlerts(step.alerts);
    if (shown) deps.onChange(id);
  }

  const rulesOf = (watched: Pick<Watched, 'configs'>) => (service: string) =>
    watched.configs[service]?.rules ?? defaultHealthRules;

  function reasonOf(health: EnvironmentHealth, service: string): string | null {
    const own = health.services[service];
    const cause = causeOf(health, service) ?? own?.cause ?? null;
    if (own === undefined || cause === null || own.state === 'healthy' || own.state === 'stopped') return null;
    return `${upper(explain(cause, deps.utcOffsetMinutes(own.at)).clause)}${detailOf(cause)}.`;
  }

  function apply(id: string, service: string | null, event: HealthEvent): void {
    const watched = book.get(id);
    if (watched === undefined) return;
    if (service !== null && watched.health.services[service] === undefined) return;
    settle(watched, environmentStep(watched.health, { service, event }, rulesOf(watched), deps.random));
  }

  function knownIncidents(environmentId: string): Incident[] {
    const open = store.incidents({ environmentId, open: true, limit: mostIncidents });
    const closed = store.incidents({ environmentId, open: false, limit: mostClosed });
    return [...open, ...closed].sort((a, b) => a.from - b.from);
  }

  return {
    all: () => [...book.values()],
    get: (id) => book.get(id),
    declare(target, configs, at) {
      const known = book.get(target.id);
      const health = known?.health ?? {
        ...initialEnvironment(target.id),
        // What was open when the last life of the engine ended goes on, or is closed by what is found.
        book: { incidents: knownIncidents(target.id) },
      };
      const watched: Watched = { id: target.id, target, configs, health };
      const step = declareServices(health, dependencyGraph(target.project), rulesOf(watched), at);
      for (const gone of Object.keys(health.services)) {
        if (step.state.services[gone] === undefined) store.close(at, target.id, gone);
      }
      settle(watched, step);
    },
    forget(id, at) {
      book.delete(id);
      store.close(at, id);
      store.forget(id);
      deps.onAlerts([{ kind: 'forget', at, environment: id }]);
    },
    apply,
    applyToAll(event) {
      for (const id of [...book.keys()]) apply(id, null, event);
    },
    cut(from, at) {
      store.close(Math.min(from, at));
      for (const { id, health } of book.values())
        for (const [service, own] of Object.entries(health.services))
          if (own.counters.transitions > 0) store.span(id, service, at, own.state, reasonOf(health, service));
    },
    changeIncident(id, change) {
      for (const watched of [...book.values()]) {
        const { book: incidents, incident } = changeIncident(watched.health.book, id, change);
        if (incident === null) continue;
        const news: AlertEvent = {
          kind: 'incidents',
          // Never an earlier time than what was told last: that would look like a clock that was set back.
          at: deps.now(),
          changes: [{ incident, upstreamUnsure: watched.health.unsure.includes(id) }],
        };
        settle(watched, { state: { ...watched.health, book: incidents }, effects: [], alerts: [news] });
      }
    },
    verdict(id, service) {
      const watched = book.get(id);
      const own: ServiceHealth | undefined = watched?.health.services[service];
      if (watched === undefined || own === undefined) return undefined;
      return {
        state: own.state,
        since: own.since,
        reason: reasonOf(watched.health, service),
        cause: causeOf(watched.health, service) ?? own.cause,
      };
    },
  };
}

/** What the open incident says, which knows of dependencies. */
function causeOf(health: EnvironmentHealth, service: string): Cause | null {
  return health.book.incidents.findLast((each) => each.service === service && each.to === null)?.cause ?? null;
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function detailOf(cause: Cause): string {
  const { detail } = cause.kind === 'dependency' ? { detail: null } : cause;
  return detail === null || detail === '' ? '' : `: ${detail.replace(/\.$/, '')}`;
}
