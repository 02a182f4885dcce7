import { freeAt, isQuiet, quietEnd, silence, silencedUntil } from './alert-limits.ts';
import type {
  AlertSettings,
  EnvironmentAlerts,
  LiveNotice,
  Notice,
  QueuedNotice,
  Snooze,
  TrackedIncident,
} from './alert-types.ts';
import { noticeText, summaryLine } from './alert-words.ts';

export interface FlushContext {
  readonly at: number;
  readonly settings: AlertSettings;
  readonly utcOffsetMinutes: number;
  readonly snoozes: readonly Snooze[];
  readonly gapUntil: number | null;
  /** Ids, notices, withdrawals and times to wake at are collected here. */
  readonly out: {
    sequence: number;
    readonly notices: Notice[];
    readonly withdrawals: string[];
    readonly queued: QueuedNotice[];
    readonly wakes: number[];
  };
}

type Badness = 'degraded' | 'flapping' | 'down';
const rank: Readonly<Record<Badness, number>> = { degraded: 1, flapping: 2, down: 3 };

/** What it would be told as now; null while it is coming back, or in doubt. */
function badnessOf({ incident }: TrackedIncident, settings: AlertSettings): Badness | null {
  const { state } = incident;
  if (incident.to !== null || incident.inhibitedBy !== null) return null;
  if (state === 'down' || state === 'flapping') return state;
  return state === 'degraded' && settings.degraded ? state : null;
}

export function isCritical({ incident }: TrackedIncident): boolean {
  return incident.cause?.kind === 'data-loss' || incident.cause?.kind === 'disk-full';
}

/** From when on it may sound; Infinity: not by time alone; null: nothing to say about it that was not said. */
function soundsAt(tracked: TrackedIncident, environment: EnvironmentAlerts, context: FlushContext): number | null {
  const { at, settings, snoozes, gapUntil } = context;
  const badness = badnessOf(tracked, settings);
  if (badness === null) return null;
  const { toldAs, toldAt } = tracked;
  let due = tracked.dueAt;
  if (toldAt !== null) {
    const worse = toldAs === 'degraded' ? badness !== 'degraded' : toldAs === 'down' && badness === 'flapping';
    const again = toldAs === 'down' && badness === 'down' && tracked.incident.downs > tracked.toldDowns;
    if (!worse && !again) {
      if (tracked.repeated) return null;
      due = Math.max(due, toldAt + settings.repeatMs);
    }
  }
  const silenced = silencedUntil(tracked, settings, snoozes, at);
  const waits = [due, tracked.notBefore, tracked.unsureUntil, gapUntil, silenced];
  if (!isCritical(tracked)) waits.push(environment.graceUntil, environment.operations > 0 ? Infinity : null);
  return Math.max(...waits.map((until) => until ?? -Infinity));
}

function markTold(tracked: TrackedIncident, at: number, settings: AlertSettings): TrackedIncident {
  return {
    ...tracked,
    repeated: tracked.toldAt !== null && at - tracked.toldAt >= settings.repeatMs,
    toldAt: at,
    toldAs: badnessOf(tracked, settings) ?? tracked.toldAs,
    toldDowns: tracked.incident.downs,
  };
}

/** What the notice on the screen is about: told, open, and not silenced. */
function shownOf(environment: EnvironmentAlerts, context: FlushContext): readonly TrackedIncident[] {
  const { settings, snoozes, at } = context;
  return environment.tracked
    .filter((each) => each.toldAt !== null && each.incident.to === null && each.incident.inhibitedBy === null)
    .filter((each) => silencedUntil(each, settings, snoozes, at) === null)
    .sort((a, b) => rank[b.toldAs ?? 'degraded'] - rank[a.toldAs ?? 'degraded'] || a.incident.from - b.incident.from);
}

function compose(
  key: string,
  environment: EnvironmentAlerts,
  shown: readonly TrackedIncident[],
  context: FlushContext,
  how: { readonly id: string; readonly silent: boolean; readonly still: boolean },
): { readonly notice: Notice; readonly live: LiveNotice } {
  const about = new Set(shown.map(({ incident }) => incident.service));
  const waiting = environment.tracked.flatMap(({ incident }) =>
    incident.to === null && incident.service !== null && about.has(incident.inhibitedBy) ? [incident.service] : [],
  );
  const text = noticeText(shown, [...new Set(waiting)].sort(), {
    utcOffsetMinutes: context.utcOffsetMinutes,
    still: how.still,
  });
  const worst = shown.map(({ toldAs }) => toldAs ?? 'degraded').sort((a, b) => rank[b] - rank[a])[0] ?? 'degraded';
  const critical = shown.some(isCritical);
  const notice: Notice = {
    id: how.id,
    environment: key === '' ? null : key,
    service: text.service,
    at: context.at,
    title: text.title,
    lines: [...text.lines],
    actions: [...text.actions],
    urgency: critical ? 'critical' : worst === 'degraded' ? 'low' : 'normal',
    silent: how.silent,
    reason: how.still ? 'repeat' : 'incident',
  };
  const at = how.silent && environment.live !== null ? environment.live.at : context.at;
  return {
    notice,
    live: { id: how.id, at, still: how.still, worst, text: `${text.title}\n${text.lines.join('\n')}` },
  };
}

/** Brings the notice on the screen up to date, or takes it away, without a sound. */
function refresh(key: string, environment: EnvironmentAlerts, context: FlushContext): EnvironmentAlerts {
  const { live } = environment;
  if (live === null) return environment;
  const shown = shownOf(environment, context);
  if (shown.length === 0) {
    context.out.withdrawals.push(live.id);
    return { ...environment, live: null };
  }
  const next = compose(key, environment, shown, context, {
    id: live.id,
    silent: true,
    still: live.still,
  });
  if (next.live.text === live.text) return environment;
  const free = freeAt(environment.sent, 'silent', context.settings, context.at);
  if (free > context.at) {
    context.out.wakes.push(free);
    return environment;
  }
  context.out.notices.push(next.notice);
  return {
    ...environment,
    live: next.live,
    sent: { ...environment.sent, silent: [...environment.sent.silent, context.at] },
  };
}

function sound(
  key: string,
  before: EnvironmentAlerts,
  ready: ReadonlySet<string>,
  context: FlushContext,
): EnvironmentAlerts {
  const { at, settings, out } = context;
  const critical = before.tracked.some((each) => ready.has(each.incident.id) && isCritical(each));
  const quiet = isQuiet(at, settings, context.utcOffsetMinutes) && !critical;
  const budget = critical ? 'critical' : 'normal';
  const free = freeAt(before.sent, budget, settings, at);
  if (!quiet && free > at) {
    out.wakes.push(free);
    return refresh(key, before, context);
  }
  const wanted = before.tracked.filter((each) => ready.has(each.incident.id));
  const still = wanted.every((each) => each.toldAt !== null && at - each.toldAt >= settings.repeatMs);
  const environment: EnvironmentAlerts = {
    ...before,
    tracked: before.tracked.map((each) => (ready.has(each.incident.id) ? markTold(each, at, settings) : each)),
  };
  if (quiet) {
    for (const { incident } of wanted)
      out.queued.push({
        at,
        environment: key,
        incidentId: incident.id,
        text: summaryLine(incident, context.utcOffsetMinutes),
      });
    return refresh(key, environment, context);
  }
  const { live } = before;
  const worst = Math.max(...wanted.map((each) => rank[badnessOf(each, settings) ?? 'degraded']));
  const joins = live !== null && at - live.at < settings.groupMs && worst <= rank[live.worst] && !critical;
  if (joins) return refresh(key, environment, context);
  const id = `${key === '' ? 'host' : key}#${++out.sequence}`;
  if (live !== null) out.withdrawals.push(live.id);
  const next = compose(key, { ...environment, live: null }, shownOf(environment, context), context, {
    id,
    silent: false,
    still,
  });
  out.notices.push(next.notice);
  return {
    ...environment,
    live: next.live,
    sent: { ...environment.sent, [budget]: [...environment.sent[budget], at] },
  };
}

/** Messages wait for quiet hours to end (but for what was asked for) and for the budget. */
function say(key: string, environment: EnvironmentAlerts, context: FlushContext): EnvironmentAlerts {
  const { at, settings, out } = context;
  let { sent } = environment;
  const waiting = [];
  for (const message of environment.messages) {
    const rule = { environment: key, service: message.service };
    if (message.reason === 'recovery' && silence(rule, settings, context.snoozes, at) !== null) continue;
    if (message.reason === 'recovery' && isQuiet(at, settings, context.utcOffsetMinutes)) {
      out.queued.push({ at, environment: key, incidentId: null, text: message.text });
      continue;
    }
    const free = freeAt(sent, 'normal', settings, at);
    if (free > at) {
      out.wakes.push(free);
      waiting.push(message);
      continue;
    }
    sent = { ...sent, normal: [...sent.normal, at] };
    out.notices.push({
      id: `${key}#${++out.sequence}`,
      environment: key,
      service: message.service,
      at,
      title: message.text,
      lines: [key],
      actions: message.reason === 'recovery' ? ['logs', 'restore', 'open'] : ['open'],
      urgency: message.reason === 'recovery' ? 'normal' : 'low',
      silent: false,
      reason: message.reason,
    });
  }
  return { ...environment, sent, messages: waiting };
}

/** Says what is due for one environment, keeps its notice true, and notes when to look again. */
export function flushEnvironment(key: string, before: EnvironmentAlerts, context: FlushContext): EnvironmentAlerts {
  const { at, settings, out } = context;
  const environment = say(key, before, context);
  const ready = new Set<string>();
  for (const tracked of environment.tracked) {
    const when = soundsAt(tracked, environment, context);
    if (when !== null && when <= at) ready.add(tracked.incident.id);
    else if (when !== null && when !== Infinity) out.wakes.push(when);
    const silenced = silencedUntil(tracked, settings, context.snoozes, at);
    if (silenced !== null && silenced !== Infinity && tracked.incident.to === null) out.wakes.push(silenced);
  }
  const after = ready.size > 0 ? sound(key, environment, ready, context) : refresh(key, environment, context);
  // What was just told has a repetition to come.
  for (const tracked of after.tracked) {
    const when = ready.has(tracked.incident.id) ? soundsAt(tracked, after, context) : null;
    if (when !== null && when > at && when !== Infinity) out.wakes.push(when);
  }
  return after;
}

/** The morning's summary, once quiet hours are over; what was held back until then stays. */
export function flushQueue(queued: readonly QueuedNotice[], context: FlushContext): readonly QueuedNotice[] {
  const { at, settings, utcOffsetMinutes, out } = context;
  if (queued.length === 0) return queued;
  if (isQuiet(at, settings, utcOffsetMinutes)) {
    out.wakes.push(quietEnd(at, settings, utcOffsetMinutes));
    return queued;
  }
  const listed = queued.slice(0, 8).map(({ text }) => text);
  const more = queued.length - listed.length;
  out.notices.push({
    id: `summary#${++out.sequence}`,
    environment: null,
    service: null,
    at,
    title: `While it was quiet: ${queued.length === 1 ? 'one incident' : `${queued.length} incidents`}`,
    lines: [...listed, ...(more > 0 ? [`And ${more} more.`] : [])],
    actions: ['open'],
    urgency: 'normal',
    silent: false,
    reason: 'morning-summary',
  });
  return [];
}
