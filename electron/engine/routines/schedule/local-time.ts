/** A moment as the wall clock of a time zone shows it. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Undefined: the zone of this machine. */
export function localTime(at: number, timezone: string | undefined): LocalTime {
  if (timezone === undefined) {
    const date = new Date(at);
    return {
      year: date.getFullYear(),
      month: date.getMonth() + 1,
      day: date.getDate(),
      hour: date.getHours(),
      minute: date.getMinutes(),
      weekday: (date.getDay() + 6) % 7,
    };
  }
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute, weekday: (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7 };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** Whoever works past midnight has not begun another day. */
const dayBeginsAtHour = 4;

/** The working day that a moment belongs to: `2026-11-21`, from 04:00 to 04:00. */
export function workingDay(
  at: number,
  timezone: string | undefined,
): { readonly key: string; readonly weekday: number } {
  const { year, month, day, hour } = localTime(at, timezone);
  const date = new Date(Date.UTC(year, month - 1, day - (hour < dayBeginsAtHour ? 1 : 0)));
  return { key: date.toISOString().slice(0, 10), weekday: (date.getUTCDay() + 6) % 7 };
}

/** `08:45`. */
export function clockWords(at: number, timezone: string | undefined): string {
  const { hour, minute } = localTime(at, timezone);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
