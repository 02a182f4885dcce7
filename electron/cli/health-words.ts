import type { CheckView, ProbeOutcome } from '../../shared/contract/health.ts';
import type { Probe } from '../../shared/domain/checks.ts';
import { latencyAmount, span } from '../../shared/domain/clock-words.ts';
import type { HealthState } from '../../shared/domain/health.ts';
import { explain } from '../../shared/domain/health-explain.ts';
import type { Incident } from '../../shared/domain/incident-types.ts';
import { healthLook, type Shape } from '../../shared/looks/health-look.ts';
import { table } from './output.ts';
import { dateTime, utcOffset } from './times.ts';

/** The shapes of the window, as characters. */
const glyphs: Readonly<Record<Shape, string>> = {
  disc: '●',
  triangle: '▲',
  square: '■',
  ring: '○',
  dashed: '◌',
  half: '◐',
};

/** `● healthy`: shape and word, as in the window. */
export function stateText(state: HealthState): string {
  const { shape, word } = healthLook(state);
  return `${glyphs[shape]} ${word.toLowerCase()}`;
}

/** Stopped and paused are somebody's choice; everything else that is not healthy is worth a look. */
const fine: ReadonlySet<HealthState> = new Set(['healthy', 'stopped', 'paused']);

export const allFine = (checks: readonly Pick<CheckView, 'state'>[]): boolean =>
  checks.every((each) => fine.has(each.state));

/** One row per service; the reason last, because it is as long as it is. */
export function healthTable(checks: readonly CheckView[], now: number): string {
  const head = ['SERVICE', 'STATE', 'FOR', 'PROBE', 'LAST ANSWER', 'P50', 'P95', 'P99'];
  const counts = ['PROBES', 'FAILED', 'DOWN', 'RESTARTS', 'OOM'];
  const rows = checks.map((check) => {
    const { counters, latency } = check;
    return [
      check.service,
      stateText(check.state),
      span(now - check.since),
      probeText(check),
      check.last === null ? '-' : `${answerText(check.last)}, ${span(now - check.last.at)} ago`,
      ...[latency?.p50, latency?.p95, latency?.p99].map((each) => (each === undefined ? '-' : latencyAmount(each))),
      ...[counters.probes, counters.failures, counters.downs, counters.restarts, counters.ooms].map(String),
      [check.reason, check.obstacle].filter((each) => each != null).join(' '),
    ];
  });
  return table([[...head, ...counts, 'WHY'], ...rows]);
}

/** `postgres 172.18.0.2:5432 (suggested)`. */
export function probeText({ probe, target, source }: Pick<CheckView, 'probe' | 'target' | 'source'>): string {
  if (probe === null) return source === 'declared' ? 'none (declared)' : 'container state';
  const where = target === null ? '' : ` ${target}`;
  return `${kindOf(probe)}${where} (${source})`;
}

function kindOf(probe: Probe): string {
  if (probe.http !== undefined) return `${probe.http.scheme ?? 'http'} ${probe.http.path ?? '/'}`;
  return Object.entries(probe).find(([, value]) => value !== undefined)?.[0] ?? 'none';
}

/** `ok in 2 ms`, `failed`. */
export function answerText({ ok, latencyMs }: ProbeOutcome): string {
  return `${ok ? 'ok' : 'failed'}${latencyMs === null ? '' : ` in ${latencyAmount(latencyMs)}`}`;
}

/** Why, in one sentence, by the clock of this machine. */
export function explanationOf({ cause, from }: Pick<Incident, 'cause' | 'from'>): string {
  return cause === null ? 'Nothing is known of its cause.' : explain(cause, utcOffset(from)).sentence;
}

export const incidentSubject = ({ environment, service }: Pick<Incident, 'environment' | 'service'>): string =>
  environment === null ? 'this machine' : service === null ? environment : `${environment}/${service}`;

export function incidentTable(incidents: readonly Incident[], now: number): string {
  const rows = incidents.map((incident) => [
    incident.to === null ? stateText(incident.state) : 'over',
    dateTime(incident.from),
    span((incident.to ?? now) - incident.from),
    incident.acknowledgedAt === null ? '' : 'seen',
    incident.id,
    explanationOf(incident),
  ]);
  return table([['STATE', 'FROM', 'FOR', '', 'ID', 'WHY'], ...rows]);
}

export function incidentText(
  incident: Incident,
  explanation: string,
  events: readonly { readonly at: number; readonly text: string }[],
  now: number,
): string {
  const times = incident.downs > 1 ? `, down ${incident.downs} times` : '';
  const until = incident.to === null ? 'goes on' : `until ${dateTime(incident.to)}`;
  const lines = [
    incident.id,
    `${incident.to === null ? stateText(incident.state) : 'over'}: ${incidentSubject(incident)}, from ${dateTime(incident.from)}, ${until} (${span((incident.to ?? now) - incident.from)})${times}`,
    explanation,
    ...(incident.inhibitedBy === null ? [] : [`It waits for ${incident.inhibitedBy}.`]),
    ...(incident.logLine === null ? [] : [`log: ${incident.logLine}`]),
    ...(incident.acknowledgedAt === null ? [] : [`Acknowledged ${dateTime(incident.acknowledgedAt)}.`]),
    ...events.map((event) => `  ${dateTime(event.at)}  ${event.text}`),
  ];
  return `${lines.join('\n')}\n`;
}
