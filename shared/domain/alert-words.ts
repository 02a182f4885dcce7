import type { NoticeAction, TrackedIncident } from './alert-types.ts';
import { clockTime, enumerate, sentence } from './clock-words.ts';
import { explain, stateClause } from './health-explain.ts';
import type { Incident } from './incident-types.ts';

export interface NoticeText {
  readonly title: string;
  readonly lines: readonly string[];
  readonly actions: readonly NoticeAction[];
  readonly service: string | null;
}

const maxLine = 200;
const maxListed = 4;

const clip = (text: string): string => (text.length > maxLine ? `${text.slice(0, maxLine - 1)}…` : text);

function subject(incident: Incident): string {
  if (incident.service !== null) return incident.service;
  if (incident.cause?.kind === 'disk-full') return 'The disk';
  return incident.environment ?? 'The host';
}

function predicate(incident: Incident, still: boolean): string {
  const { cause } = incident;
  if (cause?.kind === 'disk-full') return 'is full';
  if (cause?.kind === 'data-loss') return 'lost data';
  const clause = stateClause(incident.state);
  return still ? clause.replace(/^is /, 'is still ').replace(/^keeps /, 'still keeps ') : clause;
}

/** `ran out of memory at 11:10 (limit 512 MB): …`; null where the cause adds nothing. */
function because(incident: Incident, utcOffsetMinutes: number): string | null {
  const { cause } = incident;
  if (cause === null) return null;
  const { clause } = explain(cause, utcOffsetMinutes);
  const detail = cause.detail === null || cause.detail === '' ? '' : `: ${cause.detail}`;
  return `${clause}${detail}`;
}

function actionsFor(incident: Incident, utcOffsetMinutes: number): readonly NoticeAction[] {
  const { cause } = incident;
  if (cause?.kind === 'disk-full') return ['cleanup', 'open', 'snooze'];
  if (cause?.kind === 'data-loss') return ['restore', 'logs', 'open'];
  if (cause?.kind === 'unreachable') return ['start-engine', 'open', 'snooze'];
  const proposed = cause === null ? null : explain(cause, utcOffsetMinutes).action.kind;
  if (incident.state === 'degraded') return ['logs', 'restart', 'snooze'];
  return [...(proposed === 'raise-limit' ? (['raise-limit'] as const) : []), 'restart', 'logs', 'restore', 'snooze'];
}

function since(incident: Incident, utcOffsetMinutes: number): string {
  const often = incident.downs > 1 && incident.state !== 'flapping' ? `, time ${incident.downs}` : '';
  const when = `ince ${clockTime(incident.from, utcOffsetMinutes)}${often}.`;
  return incident.environment === null ? `S${when}` : `${incident.environment}, s${when}`;
}

/**
 * What a notice says: what, the likely cause, who waits for it, since when, the last telling log line. `waiting`: names
 * of services that these incidents explain.
 */
export function noticeText(
  told: readonly TrackedIncident[],
  waiting: readonly string[],
  options: { readonly utcOffsetMinutes: number; readonly still: boolean },
): NoticeText {
  const { utcOffsetMinutes } = options;
  // While it is coming back the notice stays what it was.
  const incidents = told.map(({ incident, toldAs }) =>
    ['down', 'degraded', 'flapping'].includes(incident.state) ? incident : { ...incident, state: toldAs ?? 'down' },
  );
  const waits =
    waiting.length === 0
      ? []
      : [
          `${enumerate(waiting)} ${waiting.length === 1 ? 'waits' : 'wait'} for ${incidents.length === 1 ? 'it' : 'them'}.`,
        ];
  const [first] = incidents;
  if (first !== undefined && incidents.length === 1) {
    const why = because(first, utcOffsetMinutes);
    const lines = [
      ...(why === null ? [] : [sentence(why)]),
      ...waits,
      since(first, utcOffsetMinutes),
      ...(first.logLine === null ? [] : [first.logLine]),
    ];
    return {
      title: clip(`${subject(first)} ${predicate(first, options.still)}`),
      lines: lines.map(clip),
      actions: actionsFor(first, utcOffsetMinutes),
      service: first.service,
    };
  }
  const states = new Set(incidents.map(({ state }) => state));
  const alike =
    states.size === 1
      ? stateClause(incidents[0]?.state ?? 'down')
          .replace(/^is /, 'are ')
          .replace(/^keeps /, 'keep ')
      : 'are not healthy';
  const listed = incidents.slice(0, maxListed).map((incident) => {
    const why = because(incident, utcOffsetMinutes);
    return `${subject(incident)} ${predicate(incident, false)}${why === null ? '' : `: ${why}`}.`;
  });
  const more = incidents.length - listed.length;
  return {
    title: `${incidents.length} services ${alike}`,
    lines: [
      ...listed,
      ...(more > 0 ? [`And ${more} more.`] : []),
      ...waits,
      ...(first === undefined ? [] : [since(first, utcOffsetMinutes)]),
    ].map(clip),
    actions: ['open', 'restore', 'snooze'],
    service: null,
  };
}

/** One line for the morning. */
export function summaryLine(incident: Incident, utcOffsetMinutes: number): string {
  const why = because(incident, utcOffsetMinutes);
  const where = incident.environment === null ? '' : ` (${incident.environment})`;
  const what = `${subject(incident)}${where} ${predicate(incident, false)} since ${clockTime(incident.evidenceAt, utcOffsetMinutes)}`;
  return clip(`${what}${why === null ? '' : `: ${why}`}.`);
}
