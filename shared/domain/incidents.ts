import type { HealthState } from './health.ts';
import type { Cause } from './health-cause.ts';
import type { CauseLearned, Transition } from './health-types.ts';
import type { Incident, IncidentBook, IncidentRules } from './incident-types.ts';

/** Half an hour, as long as flapping looks back. */
export const defaultIncidentRules: IncidentRules = { mergeMs: 1_800_000, capacity: 500 };

export const emptyIncidentBook: IncidentBook = { incidents: [] };

export interface IncidentChange {
  readonly book: IncidentBook;
  /** What changed; null when nothing did. */
  readonly incident: Incident | null;
  readonly change: 'opened' | 'reopened' | 'updated' | 'closed' | null;
}

const badness: Readonly<Partial<Record<HealthState, number>>> = { degraded: 1, flapping: 2, down: 3 };
const ends: ReadonlySet<HealthState> = new Set(['healthy', 'stopped', 'paused']);

const worse = (a: HealthState, b: HealthState): HealthState => ((badness[b] ?? 0) > (badness[a] ?? 0) ? b : a);
const isBad = (state: HealthState): boolean => badness[state] !== undefined;

function put(book: IncidentBook, incident: Incident, rules: IncidentRules): IncidentBook {
  const at = book.incidents.findIndex(({ id }) => id === incident.id);
  if (at >= 0) return { incidents: book.incidents.with(at, incident) };
  const incidents = [...book.incidents, incident];
  while (incidents.length > rules.capacity) {
    const closed = incidents.findIndex(({ to }) => to !== null);
    incidents.splice(closed < 0 || closed === incidents.length - 1 ? 0 : closed, 1);
  }
  return { incidents };
}

interface Place {
  readonly environment: string | null;
  readonly service: string | null;
  /** The service's, or one that tells several incidents of a place apart. */
  readonly name: string;
}

const idBase = (place: Place): string => `${place.environment ?? 'host'}/${place.name}`;

function latestOf(book: IncidentBook, place: Place): Incident | undefined {
  const prefix = `${idBase(place)}@`;
  return book.incidents.findLast(({ id }) => id.startsWith(prefix));
}

function freshId(book: IncidentBook, place: Place, from: number): string {
  const id = `${idBase(place)}@${from}`;
  let free = id;
  for (let turn = 2; book.incidents.some((each) => each.id === free); turn++) free = `${id}-${turn}`;
  return free;
}

function open(
  book: IncidentBook,
  place: Place,
  bad: Pick<Transition, 'at' | 'evidenceAt' | 'certain'> & { readonly to: HealthState; readonly cause: Cause | null },
  rules: IncidentRules,
): IncidentChange {
  const last = latestOf(book, place);
  const cause: Cause | null = bad.cause === null ? null : { ...bad.cause, service: bad.cause.service ?? place.service };
  const common = { state: bad.to, cause, certain: bad.certain, evidenceAt: bad.evidenceAt, inhibitedBy: null };
  if (last !== undefined && last.to !== null && bad.at - last.to <= rules.mergeMs) {
    const incident: Incident = {
      ...last,
      ...common,
      to: null,
      acknowledgedAt: null,
      worst: worse(last.worst, bad.to),
      downs: last.downs + 1,
    };
    return { book: put(book, incident, rules), incident, change: 'reopened' };
  }
  const incident: Incident = {
    ...common,
    id: freshId(book, place, bad.at),
    environment: place.environment,
    service: place.service,
    from: bad.at,
    to: null,
    worst: bad.to,
    logLine: null,
    downs: 1,
    acknowledgedAt: null,
    snoozedUntil: null,
  };
  return { book: put(book, incident, rules), incident, change: 'opened' };
}

/** A relapse while it was recovering, the end of flapping, or a second look at it is no further time down. */
const countsAsDown = (effect: Transition): boolean =>
  effect.to === 'down' && effect.continues !== true && effect.from !== 'flapping' && effect.from !== 'recovering';

/**
 * Carries one effect of a service's state machine into the book. An incident opens with down, flapping or degraded, and
 * closes with healthy, stopped or paused; everything in between (recovering, unreachable, not watched) leaves it open.
 */
export function recordEffect(
  book: IncidentBook,
  environment: string,
  service: string,
  effect: Transition | CauseLearned,
  rules: IncidentRules = defaultIncidentRules,
): IncidentChange {
  const place = { environment, service, name: service };
  const last = latestOf(book, place);
  const current = last !== undefined && last.to === null ? last : undefined;
  const unchanged: IncidentChange = { book, incident: null, change: null };
  if (effect.kind === 'cause') {
    if (current === undefined) return unchanged;
    const cause = { ...effect.cause, service: effect.cause.service ?? service };
    const incident = { ...current, cause, certain: current.certain || effect.certain };
    return { book: put(book, incident, rules), incident, change: 'updated' };
  }
  if (current === undefined) return isBad(effect.to) ? open(book, place, effect, rules) : unchanged;
  if (ends.has(effect.to)) {
    const incident = { ...current, state: effect.to, to: Math.max(current.from, effect.at), inhibitedBy: null };
    return { book: put(book, incident, rules), incident, change: 'closed' };
  }
  const bad = isBad(effect.to);
  const incident: Incident = {
    ...current,
    state: effect.to,
    worst: worse(current.worst, effect.to),
    downs: current.downs + (countsAsDown(effect) ? 1 : 0),
    ...(bad
      ? {
          cause: effect.cause === null ? current.cause : { ...effect.cause, service: effect.cause.service ?? service },
          certain: effect.certain,
          evidenceAt: effect.evidenceAt,
        }
      : {}),
  };
  return { book: put(book, incident, rules), incident, change: 'updated' };
}

/** Opens, or updates, an incident that no probe finds: a full disk, lost data. `name` tells several of a place apart. */
export function raiseIncident(
  book: IncidentBook,
  place: Place,
  problem: { readonly at: number; readonly state: 'down' | 'degraded'; readonly cause: Cause },
  rules: IncidentRules = defaultIncidentRules,
): IncidentChange {
  const current = latestOf(book, place);
  if (current === undefined || current.to !== null) {
    const { at, state, cause } = problem;
    return open(book, place, { at, to: state, evidenceAt: at, certain: true, cause }, rules);
  }
  const incident = {
    ...current,
    state: problem.state,
    worst: worse(current.worst, problem.state),
    cause: problem.cause,
  };
  return { book: put(book, incident, rules), incident, change: 'updated' };
}

/** Changes one incident that may have been let go of meanwhile: then nothing happens. */
export function changeIncident(
  book: IncidentBook,
  id: string,
  change: Partial<Pick<Incident, 'acknowledgedAt' | 'snoozedUntil' | 'logLine' | 'inhibitedBy' | 'cause'>>,
): IncidentChange {
  const current = book.incidents.find((each) => each.id === id);
  if (current === undefined) return { book, incident: null, change: null };
  const incident = { ...current, ...change };
  return { book: put(book, incident, { mergeMs: 0, capacity: Infinity }), incident, change: 'updated' };
}

/** Closes an incident that is over (raised ones, and those of a service that is no longer declared). */
export function closeIncident(
  book: IncidentBook,
  id: string,
  at: number,
  state: HealthState = 'healthy',
): IncidentChange {
  const current = book.incidents.find((each) => each.id === id && each.to === null);
  if (current === undefined) return { book, incident: null, change: null };
  const incident = { ...current, state, to: Math.max(current.from, at), inhibitedBy: null };
  return { book: put(book, incident, { mergeMs: 0, capacity: Infinity }), incident, change: 'closed' };
}

export function openIncidents(book: IncidentBook, environment?: string | null): readonly Incident[] {
  return book.incidents.filter(
    (each) => each.to === null && (environment === undefined || each.environment === environment),
  );
}
