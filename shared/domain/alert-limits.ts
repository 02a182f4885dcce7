import type { AlertSettings, EnvironmentAlerts, Snooze, TrackedIncident } from './alert-types.ts';
import { minuteOfDay } from './clock-words.ts';

const hourMs = 3_600_000;
const dayMinutes = 24 * 60;

export type Budget = keyof EnvironmentAlerts['sent'];

/** Drops what is older than an hour. */
export function recentlySent(sent: EnvironmentAlerts['sent'], at: number): EnvironmentAlerts['sent'] {
  const recent = (times: readonly number[]): readonly number[] => times.filter((time) => at - time < hourMs);
  return { normal: recent(sent.normal), critical: recent(sent.critical), silent: recent(sent.silent) };
}

/** When one more may be sent: now, or when the oldest of the last hour is an hour old. */
export function freeAt(sent: EnvironmentAlerts['sent'], budget: Budget, settings: AlertSettings, at: number): number {
  const most = budget === 'silent' ? settings.maxSilentPerHour : settings.maxPerHour;
  const times = sent[budget];
  return times.length < most ? at : (times.at(-most) as number) + hourMs;
}

export function isQuiet(at: number, settings: AlertSettings, utcOffsetMinutes: number): boolean {
  if (settings.quietHours === null) return false;
  const { fromMinute, toMinute } = settings.quietHours;
  const minute = minuteOfDay(at, utcOffsetMinutes);
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** When the quiet hours that hold now are over. */
export function quietEnd(at: number, settings: AlertSettings, utcOffsetMinutes: number): number {
  const left = ((settings.quietHours?.toMinute ?? 0) - minuteOfDay(at, utcOffsetMinutes) + dayMinutes) % dayMinutes;
  return (Math.floor(at / 60_000) + (left === 0 ? dayMinutes : left)) * 60_000;
}

/** Until when the user wants to hear nothing of a service; null when there is no such wish, Infinity while muted. */
export function silence(
  of: { readonly environment: string; readonly service: string | null },
  settings: AlertSettings,
  snoozes: readonly Snooze[],
  at: number,
): number | null {
  const covers = (rule: { readonly environment: string; readonly service: string | null }): boolean =>
    rule.environment === of.environment && (rule.service === null || rule.service === of.service);
  if (settings.muted.some(covers)) return Infinity;
  const until = Math.max(-Infinity, ...snoozes.filter(covers).map((snooze) => snooze.until));
  return until > at ? until : null;
}

/** The same of an incident, which can be snoozed or acknowledged by itself. */
export function silencedUntil(
  { incident }: TrackedIncident,
  settings: AlertSettings,
  snoozes: readonly Snooze[],
  at: number,
): number | null {
  if (incident.acknowledgedAt !== null) return Infinity;
  const { environment, service, snoozedUntil } = incident;
  const ofService = silence({ environment: environment ?? '', service }, settings, snoozes, at);
  const until = Math.max(snoozedUntil ?? -Infinity, ofService ?? -Infinity);
  return until > at ? until : null;
}
