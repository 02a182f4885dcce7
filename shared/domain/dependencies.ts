import type { HealthState } from './health.ts';
import type { Cause, OwnCause } from './health-cause.ts';

/** Service → the services it depends on. May have cycles: files do. */
export type DependencyGraph = Readonly<Record<string, readonly string[]>>;

/** What is wrong with one service, or why it cannot be used. */
export interface Affliction {
  readonly service: string;
  readonly state: HealthState;
  /** Since when, ms since the epoch. */
  readonly from: number;
  readonly cause: OwnCause | null;
}

/** An incident that another one explains. */
export interface Inhibition {
  readonly service: string;
  /** The root: the service whose incident is told. */
  readonly by: string;
  readonly cause: Extract<Cause, { readonly kind: 'dependency' }>;
}

/** A dependant is often found down before what it depends on is, by as much as a round of probes. */
const slackMs = 60_000;

/** What happens to a service by itself, whatever it depends on. */
const ownDoing: ReadonlySet<OwnCause['kind']> = new Set(['oom', 'killed', 'disk-full', 'data-loss', 'stopped']);

const broken: ReadonlySet<HealthState> = new Set(['down', 'flapping', 'unreachable']);
const chosen: ReadonlySet<HealthState> = new Set(['stopped', 'paused']);

/**
 * The affliction in a service's health, if there is one. Stopped counts, since dependants cannot know that it was a
 * choice; having completed does not. A service that is coming back still explains those that wait for it.
 */
export function affliction(
  service: string,
  health: {
    readonly state: HealthState;
    readonly since: number;
    readonly cause: OwnCause | null;
    readonly verdict: { readonly up: boolean; readonly since: number };
    readonly downCause: OwnCause | null;
  },
): Affliction | null {
  const { state, since, cause, verdict, downCause } = health;
  if (chosen.has(state)) {
    if (cause?.detail === 'completed') return null;
    return { service, state, from: since, cause: cause ?? { kind: 'stopped', service, at: since, detail: null } };
  }
  if (!verdict.up) return { service, state: 'down', from: verdict.since, cause: named(downCause ?? cause, service) };
  if (state === 'degraded' || state === 'flapping')
    return { service, state, from: since, cause: named(cause, service) };
  return null;
}

function named(cause: OwnCause | null, service: string): OwnCause | null {
  return cause === null ? null : { ...cause, service: cause.service ?? service };
}

function explains(upstream: Affliction, dependant: Affliction): boolean {
  if (upstream.from > dependant.from + slackMs) return false;
  if (broken.has(upstream.state) || chosen.has(upstream.state)) return true;
  return upstream.state === 'degraded' && dependant.state === 'degraded';
}

function isExplainable(afflicted: Affliction): boolean {
  return !chosen.has(afflicted.state) && !(afflicted.cause !== null && ownDoing.has(afflicted.cause.kind));
}

/**
 * Which incidents another one explains, with its root cause. Goes up through afflicted services only: what works does
 * not pass a failure on. In a cycle the one that failed first is the root, so there always is one that is told.
 */
export function inhibitions(
  graph: DependencyGraph,
  afflictions: readonly Affliction[],
): Readonly<Record<string, Inhibition>> {
  const sick = new Map(afflictions.map((each) => [each.service, each]));
  const upstream = (service: string): readonly Affliction[] => {
    const own = sick.get(service);
    if (own === undefined || !isExplainable(own)) return [];
    return (graph[service] ?? []).flatMap((name) => {
      const other = sick.get(name);
      return other !== undefined && name !== service && explains(other, own) ? [other] : [];
    });
  };
  const reaches = new Map<string, ReadonlyMap<string, string | null>>();
  /** Everything that explains a service, nearest first, with the step it was reached from. */
  const reach = (service: string): ReadonlyMap<string, string | null> => {
    const known = reaches.get(service);
    if (known !== undefined) return known;
    const found = new Map<string, string | null>([[service, null]]);
    // A Map goes on to what is added while it is walked: breadth first.
    for (const [at] of found)
      for (const next of upstream(at)) if (!found.has(next.service)) found.set(next.service, at);
    reaches.set(service, found);
    return found;
  };
  const ends = new Map<string, boolean>();
  /** Nothing explains it but what it explains itself. */
  const isEnd = (name: string): boolean => {
    const known = ends.get(name) ?? [...reach(name).keys()].every((other) => reach(other).has(name));
    ends.set(name, known);
    return known;
  };
  const result: Record<string, Inhibition> = {};
  for (const { service } of afflictions) {
    const reached = reach(service);
    const root = [...reached.keys()]
      .filter(isEnd)
      .map((name) => sick.get(name) as Affliction)
      .sort(byAge)[0];
    if (root === undefined || root.service === service) continue;
    const path: string[] = [];
    for (let at: string | null = root.service; at !== null && at !== service; at = reached.get(at) ?? null)
      path.unshift(at);
    const cause = root.cause ?? {
      kind: 'probe',
      service: root.service,
      at: root.from,
      detail: null,
      probe: 'liveness',
    };
    result[service] = {
      service,
      by: root.service,
      cause: {
        kind: 'dependency',
        service,
        at: root.from,
        detail: null,
        path,
        root: { ...cause, service: cause.service ?? root.service },
      },
    };
  }
  return result;
}

function byAge(a: Affliction, b: Affliction): number {
  return a.from - b.from || (a.service < b.service ? -1 : 1);
}

/** Everything a service depends on, near or far: to be verified at once when it fails. Itself excluded. */
export function upstreamOf(graph: DependencyGraph, service: string): readonly string[] {
  const found = new Set([service]);
  for (const at of found) for (const next of graph[at] ?? []) found.add(next);
  found.delete(service);
  return [...found];
}
