/** What the clock says about the day. Pure; the working day in minutes of the local day. */
export interface WorkingDay {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minuteOf = (now: number): number => {
  const date = new Date(now);
  return date.getHours() * 60 + date.getMinutes();
};

const noon = 12 * 60;
/** Who is up before this has not gone to bed. */
const dawn = 4 * 60;

/** The part of the day: the night belongs to the evening before it. */
export function partOfDay(now: number, day: WorkingDay): 'morning' | 'day' | 'evening' {
  const minute = minuteOf(now);
  if (day.toMinute <= day.fromMinute) {
    // A working day over midnight: it begins in the evening, by the clock.
    const since = (minute - day.fromMinute + 24 * 60) % (24 * 60);
    const length = day.toMinute - day.fromMinute + 24 * 60;
    if (since >= length) return since < length + 6 * 60 ? 'evening' : 'morning';
    return since < 4 * 60 ? 'morning' : 'day';
  }
  if (minute >= day.toMinute || minute < Math.min(dawn, day.fromMinute)) return 'evening';
  return minute < noon ? 'morning' : 'day';
}

/**
 * The routine of the hour: before noon the day is started, after the working day it is ended. In between it is ended
 * once something runs, and started while nothing does.
 */
export function routineOfHour(now: number, day: WorkingDay, somethingRuns: boolean): 'morning' | 'evening' {
  const part = partOfDay(now, day);
  if (part === 'day') return somethingRuns ? 'evening' : 'morning';
  return part;
}

/** The local day that a moment is of, `2025-02-04`; the small hours are their own day. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The local day so many days before. */
export function daysBefore(now: number, days: number): string {
  const date = new Date(now);
  return dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() - days, 12).getTime());
}
