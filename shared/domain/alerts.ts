import { type FlushContext, flushEnvironment, flushQueue, isCritical } from './alert-flush.ts';
import { recentlySent } from './alert-limits.ts';
import type {
  AlertEvent,
  AlertSettings,
  AlertState,
  AlertStep,
  EnvironmentAlerts,
  IncidentNews,
  Message,
  Snooze,
  TrackedIncident,
} from './alert-types.ts';
import { clockTime } from './clock-words.ts';
import type { Incident } from './incident-types.ts';

export const initialAlerts = (at: number): AlertState => ({
  at,
  environments: {},
  gapUntil: null,
  snoozes: [],
  queued: [],
  wakeAt: null,
  sequence: 0,
});

const noAlerts: EnvironmentAlerts = {
  tracked: [],
  live: null,
  sent: { normal: [], critical: [], silent: [] },
  operations: 0,
  graceUntil: null,
  tellWhenHealthy: [],
  messages: [],
};

/** What is over is remembered longer than incidents are merged, so that what fails again is not told as new. */
const rememberMs = 2_400_000;
/** The verdict on an upstream service takes no longer than this. */
const unsureMs = 10_000;
/** Events that reach us in the wrong order by less than this are no clock that was set. */
const disorderMs = 1_000;
/** A wake-up that comes so late came after a sleep. */
const lateMs = 60_000;
const endWords = 'Healthy again since';
const most = { tracked: 300, messages: 20, tellWhenHealthy: 100, snoozes: 300, queued: 200 } as const;

function shift(state: AlertState, by: number): AlertState {
  const moved = <T extends number | null>(time: T): T => (time === null ? time : ((time + by) as T));
  const environments = Object.entries(state.environments).map(([key, each]): [string, EnvironmentAlerts] => [
    key,
    {
      ...each,
      graceUntil: moved(each.graceUntil),
      live: each.live === null ? null : { ...each.live, at: moved(each.live.at) },
      sent: {
        normal: each.sent.normal.map(moved),
        critical: each.sent.critical.map(moved),
        silent: each.sent.silent.map(moved),
      },
      tracked: each.tracked.map((tracked) => ({
        ...tracked,
        dueAt: moved(tracked.dueAt),
        notBefore: moved(tracked.notBefore),
        unsureUntil: moved(tracked.unsureUntil),
        toldAt: moved(tracked.toldAt),
      })),
    },
  ]);
  return {
    ...state,
    at: moved(state.at),
    gapUntil: moved(state.gapUntil),
    wakeAt: moved(state.wakeAt),
    snoozes: state.snoozes.map((snooze) => ({ ...snooze, until: moved(snooze.until) })),
    environments: Object.fromEntries(environments),
  };
}

function update(
  state: AlertState,
  environment: string,
  change: (before: EnvironmentAlerts) => EnvironmentAlerts,
): AlertState {
  const before = state.environments[environment] ?? noAlerts;
  return { ...state, environments: { ...state.environments, [environment]: change(before) } };
}

function track(
  before: TrackedIncident | undefined,
  incident: Incident,
  upstreamUnsure: boolean,
  at: number,
  settings: AlertSettings,
): TrackedIncident {
  const fresh: TrackedIncident = {
    incident,
    dueAt: at,
    notBefore: null,
    unsureUntil: null,
    toldAt: null,
    toldAs: null,
    toldDowns: 0,
    repeated: false,
  };
  // Nothing will bring it back by itself, or it matters too much: there is nothing to wait for.
  const atOnce = incident.certain || isCritical(fresh);
  const released = before !== undefined && before.incident.inhibitedBy !== null && incident.inhibitedBy === null;
  return {
    ...(before ?? fresh),
    incident,
    dueAt: atOnce ? Math.min(at, incident.evidenceAt) : incident.evidenceAt + settings.holdMs,
    notBefore: released ? at + settings.graceMs : (before?.notBefore ?? null),
    unsureUntil: upstreamUnsure ? (before?.unsureUntil ?? at + unsureMs) : null,
  };
}

/** What waits for the morning says there how it ended. */
function withEnd(state: AlertState, incident: Incident, utcOffsetMinutes: number): AlertState {
  const ended = incident.to !== null && incident.state === 'healthy';
  const last = ended ? state.queued.findLastIndex(({ incidentId }) => incidentId === incident.id) : -1;
  const entry = state.queued[last];
  if (entry === undefined || entry.text.includes(endWords)) return state;
  const text = `${entry.text} ${endWords} ${clockTime(state.at, utcOffsetMinutes)}.`;
  return { ...state, queued: state.queued.with(last, { ...entry, text }) };
}

function onIncident(
  state: AlertState,
  event: IncidentNews,
  settings: AlertSettings,
  utcOffsetMinutes: number,
): AlertState {
  const { incident } = event;
  const key = incident.environment ?? '';
  return update(withEnd(state, incident, utcOffsetMinutes), key, (environment) => {
    const index = environment.tracked.findIndex((each) => each.incident.id === incident.id);
    const next = track(environment.tracked[index], incident, event.upstreamUnsure, state.at, settings);
    const tracked = index < 0 ? [...environment.tracked, next] : environment.tracked.with(index, next);
    const asked = incident.service !== null && environment.tellWhenHealthy.includes(incident.service);
    if (!asked || incident.to === null || incident.state !== 'healthy')
      return { ...environment, tracked: bound(tracked) };
    const message: Message = {
      at: state.at,
      service: incident.service ?? '',
      reason: 'healthy-again',
      text: `${incident.service} is healthy again`,
    };
    return {
      ...environment,
      tracked: bound(tracked),
      tellWhenHealthy: environment.tellWhenHealthy.filter((service) => service !== incident.service),
      messages: [...environment.messages, message].slice(-most.messages),
    };
  });
}

/** What is over leaves first, then what is oldest. */
function bound(tracked: readonly TrackedIncident[]): readonly TrackedIncident[] {
  if (tracked.length <= most.tracked) return tracked;
  const over = tracked.findIndex(({ incident }) => incident.to !== null);
  return tracked.toSpliced(Math.max(0, over), 1);
}

function intake(state: AlertState, event: AlertEvent, settings: AlertSettings, utcOffsetMinutes: number): AlertState {
  const { at } = state;
  switch (event.kind) {
    case 'incidents':
      return event.changes.reduce((so, news) => onIncident(so, news, settings, utcOffsetMinutes), state);
    case 'gap':
      return { ...state, gapUntil: at + settings.graceMs };
    case 'operation':
      return update(state, event.environment, (environment) => {
        const operations = Math.max(0, environment.operations + (event.action === 'began' ? 1 : -1));
        return { ...environment, operations, graceUntil: operations === 0 ? at + settings.graceMs : null };
      });
    case 'snooze': {
      const { environment, service, until } = event;
      const others = state.snoozes.filter((each) => each.environment !== environment || each.service !== service);
      const snoozes = until === null || until <= at ? others : [...others, { environment, service, until }];
      return { ...state, snoozes: snoozes.slice(-most.snoozes) };
    }
    case 'tell-when-healthy':
      return update(state, event.environment, (environment) => {
        const others = environment.tellWhenHealthy.filter((service) => service !== event.service);
        const wanted = event.wanted ? [...others, event.service] : others;
        return { ...environment, tellWhenHealthy: wanted.slice(-most.tellWhenHealthy) };
      });
    case 'recovery':
      return update(state, event.environment, (environment) => {
        const { service, text } = event;
        const message: Message = { at, service, reason: 'recovery', text };
        return { ...environment, messages: [...environment.messages, message].slice(-most.messages) };
      });
    case 'forget':
      return update(state, event.environment, (environment) => ({
        ...noAlerts,
        live: environment.live,
        sent: environment.sent,
      }));
    case 'tick':
      return state;
  }
}

function isEmpty(environment: EnvironmentAlerts): boolean {
  const { tracked, live, sent, operations, graceUntil, tellWhenHealthy, messages } = environment;
  const lists = [tracked, sent.normal, sent.critical, sent.silent, tellWhenHealthy, messages];
  return live === null && operations === 0 && graceUntil === null && lists.every((list) => list.length === 0);
}

function tidy(environment: EnvironmentAlerts, at: number): EnvironmentAlerts {
  return {
    ...environment,
    tracked: environment.tracked.filter(({ incident }) => incident.to === null || at - incident.to < rememberMs),
    sent: recentlySent(environment.sent, at),
    graceUntil: environment.graceUntil !== null && environment.graceUntil <= at ? null : environment.graceUntil,
  };
}

/** What was told before a snooze that is over now, and goes on, is told as if for the first time: that is what it was put off for. */
function untold(state: AlertState, before: AlertState['snoozes']): AlertState {
  const isSame = (one: Snooze, other: Snooze): boolean =>
    one.environment === other.environment && one.service === other.service;
  const over = before.filter((each) => !state.snoozes.some((other) => isSame(each, other)));
  if (over.length === 0) return state;
  const environments = Object.entries(state.environments).map(([key, environment]) => {
    const own = over.filter((each) => each.environment === key);
    const tracked = environment.tracked.map((each) => {
      const wasSnoozed = own.some(({ service }) => service === null || service === each.incident.service);
      return wasSnoozed && each.toldAt !== null ? { ...each, toldAt: null, toldAs: null, repeated: false } : each;
    });
    return [key, own.length === 0 ? environment : { ...environment, tracked }] as const;
  });
  return { ...state, environments: Object.fromEntries(environments) };
}

/**
 * Decides what is told. Pure: times come with the events, the local time of day by `utcOffsetMinutes` (local minus
 * UTC). Notices with the id of one that is shown replace it; withdrawals take one away. Whoever calls sends a `tick` at
 * `wakeAt` at the latest. What was decided once is decided the same again from the same events.
 */
export function alertStep(
  before: AlertState,
  event: AlertEvent,
  settings: AlertSettings,
  utcOffsetMinutes: number,
): AlertStep {
  if (!Number.isFinite(event.at)) return { state: before, notices: [], withdrawals: [], wakeAt: before.wakeAt };
  const backwards = before.at - event.at > disorderMs;
  const late = before.wakeAt !== null && event.at - before.wakeAt > lateMs;
  let state = backwards ? shift(before, event.at - before.at) : before;
  const at = Math.max(state.at, event.at);
  state = { ...state, at };
  if (backwards || late) state = intake(state, { kind: 'gap', at }, settings, utcOffsetMinutes);
  const { snoozes } = state;
  state = intake(state, event, settings, utcOffsetMinutes);
  state = {
    ...state,
    gapUntil: state.gapUntil !== null && state.gapUntil <= at ? null : state.gapUntil,
    snoozes: state.snoozes.filter(({ until }) => until > at),
  };
  state = untold(state, snoozes);
  const out: FlushContext['out'] = { sequence: state.sequence, notices: [], withdrawals: [], queued: [], wakes: [] };
  const context: FlushContext = {
    at,
    settings,
    utcOffsetMinutes,
    snoozes: state.snoozes,
    gapUntil: state.gapUntil,
    out,
  };
  const environments: Record<string, EnvironmentAlerts> = {};
  for (const [key, environment] of Object.entries(state.environments)) {
    const after = flushEnvironment(key, tidy(environment, at), context);
    if (!isEmpty(after)) environments[key] = after;
  }
  const queued = flushQueue([...state.queued, ...out.queued].slice(-most.queued), context);
  const wakeAt = out.wakes.length === 0 ? null : Math.max(at, Math.min(...out.wakes));
  state = { ...state, environments, queued, wakeAt, sequence: out.sequence };
  return { state, notices: out.notices, withdrawals: out.withdrawals, wakeAt };
}
