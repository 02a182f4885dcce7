import type { AlertEvent, IncidentNews } from './alert-types.ts';
import { affliction, type DependencyGraph, type Inhibition, inhibitions, upstreamOf } from './dependencies.ts';
import { initial, step } from './health-machine.ts';
import type { HealthRules } from './health-rules.ts';
import type { HealthEffect, HealthEvent, ServiceHealth } from './health-types.ts';
import type { Incident, IncidentBook, IncidentRules } from './incident-types.ts';
import { changeIncident, closeIncident, defaultIncidentRules, openIncidents, recordEffect } from './incidents.ts';

/** The health of an environment: its services, what depends on what, and the incidents. Plain data. */
export interface EnvironmentHealth {
  readonly environment: string;
  readonly graph: DependencyGraph;
  readonly services: Readonly<Record<string, ServiceHealth>>;
  readonly book: IncidentBook;
  /** Incidents that wait for a verdict on what they depend on. */
  readonly unsure: readonly string[];
}

export interface EnvironmentInput {
  /** Null: the event is for all of them (a gap, an operation, the engine). */
  readonly service: string | null;
  readonly event: HealthEvent;
}

export interface EnvironmentStep {
  readonly state: EnvironmentHealth;
  readonly effects: readonly { readonly service: string; readonly effect: HealthEffect }[];
  /** For `alertStep`, in order; gaps and operations of the whole environment among them. */
  readonly alerts: readonly AlertEvent[];
}

export const initialEnvironment = (environment: string): EnvironmentHealth => ({
  environment,
  graph: {},
  services: {},
  book: { incidents: [] },
  unsure: [],
});

const news = (at: number, changes: readonly IncidentNews[]): readonly AlertEvent[] =>
  changes.length === 0 ? [] : [{ kind: 'incidents', at, changes }];

/** What the notices have to know of an event that is for a whole environment. */
function announced(environment: string, { service, event }: EnvironmentInput): readonly AlertEvent[] {
  if (service !== null) return [];
  const { at } = event;
  if (event.kind === 'operation') return [{ kind: 'operation', at, environment, action: event.action }];
  return event.kind === 'gap' || event.kind === 'engine' ? [{ kind: 'gap', at }] : [];
}

/** A service that was down when it was last watched has to come back before it is called healthy. */
function first(book: IncidentBook, service: string, rules: HealthRules, at: number): ServiceHealth {
  const health = initial(rules, at);
  const open = openIncidents(book).find((each) => each.service === service);
  if (open === undefined || open.worst === 'degraded' || open.state === 'degraded') return health;
  const { cause } = open;
  const downCause = cause === null || cause.kind === 'dependency' ? null : cause;
  return { ...health, verdict: { up: false, since: Math.min(at, open.from) }, downCause };
}

/** Takes over what the files say now: new services are to be looked at, incidents of those that are gone are closed. */
export function declareServices(
  before: EnvironmentHealth,
  graph: DependencyGraph,
  rules: (service: string) => HealthRules,
  at: number,
): EnvironmentStep {
  const services = Object.fromEntries(
    Object.keys(graph).map((name) => [name, before.services[name] ?? first(before.book, name, rules(name), at)]),
  );
  const changes: IncidentNews[] = [];
  let { book } = before;
  for (const { id, service } of openIncidents(before.book))
    if (service !== null && services[service] === undefined) {
      const closed = closeIncident(book, id, at, 'stopped');
      book = closed.book;
      if (closed.incident !== null) changes.push({ incident: closed.incident, upstreamUnsure: false });
    }
  return { state: { ...before, graph, services, book }, effects: [], alerts: news(at, changes) };
}

/** Something it depends on is in doubt, or has not been looked at since this began. */
function isUnsure(state: EnvironmentHealth, incident: Incident): boolean {
  if (incident.service === null || incident.inhibitedBy !== null) return false;
  return upstreamOf(state.graph, incident.service).some((name) => {
    const upstream = state.services[name];
    if (upstream === undefined || upstream.nextProbeAt === null || !upstream.verdict.up) return false;
    const last = upstream.outcomes.at(-1);
    return upstream.state === 'suspect' || last === undefined || last.at < incident.evidenceAt;
  });
}

const sameInhibition = (incident: Incident, now: Inhibition | undefined): boolean =>
  incident.inhibitedBy === (now?.by ?? null);

/**
 * One event for one service, or for all, through state machine, incidents and dependencies. What a failing service
 * depends on is to be verified at once, so that the root is known before anything is told.
 */
export function environmentStep(
  before: EnvironmentHealth,
  input: EnvironmentInput,
  rules: (service: string) => HealthRules,
  random: () => number,
  incidentRules: IncidentRules = defaultIncidentRules,
): EnvironmentStep {
  const { environment } = before;
  const names = input.service === null ? Object.keys(before.services) : [input.service];
  const services: Record<string, ServiceHealth> = { ...before.services };
  const effects: { service: string; effect: HealthEffect }[] = [];
  const touched = new Map<string, Incident>();
  let { book } = before;
  let moved = false;
  const advance = (name: string, event: HealthEvent): void => {
    const health = services[name];
    if (health === undefined) return;
    const result = step(health, event, rules(name), random());
    services[name] = result.state;
    for (const effect of result.effects) {
      effects.push({ service: name, effect });
      if (effect.kind === 'discarded') continue;
      moved = true;
      const change = recordEffect(book, environment, name, effect, incidentRules);
      book = change.book;
      if (change.incident !== null) touched.set(change.incident.id, change.incident);
    }
  };
  for (const name of names) advance(name, input.event);
  const at = Math.max(...names.map((name) => services[name]?.at ?? input.event.at));
  for (const { effect, service } of [...effects])
    if (effect.kind === 'transition' && (effect.to === 'suspect' || effect.to === 'down' || effect.to === 'flapping'))
      for (const name of upstreamOf(before.graph, service))
        if (services[name]?.state === 'healthy' || services[name]?.state === 'degraded')
          advance(name, { kind: 'verify', at });
  if (!moved && before.unsure.length === 0)
    return { state: { ...before, services, book }, effects, alerts: announced(environment, input) };

  const found = inhibitions(
    before.graph,
    Object.entries(services).flatMap(([name, health]) => affliction(name, health) ?? []),
  );
  for (const incident of openIncidents(book)) {
    const inhibition = incident.service === null ? undefined : found[incident.service];
    if (sameInhibition(incident, inhibition)) continue;
    const own = incident.service === null ? null : (services[incident.service]?.cause ?? null);
    const ownCause = own === null ? incident.cause : { ...own, service: own.service ?? incident.service };
    const cause = inhibition?.cause ?? ownCause;
    const change = changeIncident(book, incident.id, { inhibitedBy: inhibition?.by ?? null, cause });
    book = change.book;
    if (change.incident !== null) touched.set(incident.id, change.incident);
  }
  const state: EnvironmentHealth = { ...before, services, book, unsure: [] };
  const unsure = openIncidents(book).flatMap((incident) => (isUnsure(state, incident) ? [incident.id] : []));
  const changes: IncidentNews[] = [];
  const changed = new Set(
    [...before.unsure, ...unsure].filter((id) => before.unsure.includes(id) !== unsure.includes(id)),
  );
  for (const incident of book.incidents)
    if (touched.has(incident.id) || changed.has(incident.id))
      changes.push({ incident, upstreamUnsure: unsure.includes(incident.id) });
  return { state: { ...state, unsure }, effects, alerts: [...announced(environment, input), ...news(at, changes)] };
}
