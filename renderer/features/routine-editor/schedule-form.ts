import { type Schedule, scheduleSchema, type Weekday, weekdays } from '../../../shared/domain/routine-file.ts';

export type When = 'at' | 'ready_by' | 'cron' | 'wake';

/** A schedule as it is filled in. */
export interface ScheduleForm {
  readonly when: When;
  readonly time: string;
  readonly cron: string;
  readonly days: readonly Weekday[];
  readonly wake: readonly ('unlock' | 'resume')[];
  readonly notOnLowBattery: boolean;
  readonly notOnMetered: boolean;
}

export const workdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** @param usual what to begin with where nothing is said. */
export function formOf(schedule: Schedule | null, usual: { readonly when: When; readonly time: string }): ScheduleForm {
  const { at, ready_by, cron, on } = schedule ?? {};
  const when =
    at !== undefined
      ? 'at'
      : ready_by !== undefined
        ? 'ready_by'
        : cron !== undefined
          ? 'cron'
          : on === undefined
            ? usual.when
            : 'wake';
  return {
    when,
    time: at ?? ready_by ?? usual.time,
    cron: cron ?? '30 8 * * mon-fri',
    days: schedule?.days ?? workdays,
    wake: on ?? [],
    notOnLowBattery: schedule?.skip_on_low_battery !== false,
    notOnMetered: schedule?.skip_on_metered === true,
  };
}

export type ScheduleResult =
  | { readonly ok: true; readonly schedule: Schedule }
  | { readonly ok: false; readonly field: 'time' | 'cron' | 'days' | 'wake'; readonly message: string };

/** Only what differs from what is meant anyway is said. */
export function scheduleOf(form: ScheduleForm): ScheduleResult {
  const { when } = form;
  if (when === 'wake' && form.wake.length === 0)
    return { ok: false, field: 'wake', message: 'Choose unlocking, waking up, or both.' };
  if (when !== 'cron' && form.days.length === 0) return { ok: false, field: 'days', message: 'Choose a day.' };
  const time = clockOf(form.time);
  if ((when === 'at' || when === 'ready_by') && time === null)
    return { ok: false, field: 'time', message: 'A time such as 08:45.' };
  const candidate = {
    ...(when === 'at' || when === 'ready_by' ? { [when]: time } : {}),
    ...(when === 'cron' ? { cron: form.cron.trim() } : {}),
    ...(when === 'cron' || sameDays(form.days, workdays)
      ? {}
      : { days: weekdays.filter((day) => form.days.includes(day)) }),
    ...(form.wake.length === 0 ? {} : { on: [...form.wake] }),
    ...(form.notOnLowBattery ? {} : { skip_on_low_battery: false }),
    ...(form.notOnMetered ? { skip_on_metered: true } : {}),
  };
  const parsed = scheduleSchema.safeParse(candidate);
  if (parsed.success) return { ok: true, schedule: parsed.data };
  return { ok: false, field: 'cron', message: 'Five fields: minute hour day month weekday.' };
}

/** `08:45` of `8:45`, `845`, `8`; null when it is no time of day. */
export function clockOf(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.]?(\d{2}))?$/.exec(text.trim());
  const hour = Number(match?.[1]);
  const minute = Number(match?.[2] ?? 0);
  if (match === null || hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

export const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

const sameDays = (a: readonly Weekday[], b: readonly Weekday[]): boolean =>
  weekdays.every((day) => a.includes(day) === b.includes(day));

/** `Ready by 08:45, Monday to Friday, not on a metered network`. */
export function scheduleWords(schedule: Schedule): string {
  const { at, ready_by, cron, on } = schedule;
  const wake = on === undefined ? null : on.map((one) => (one === 'unlock' ? 'unlock' : 'wake-up')).join(' or ');
  const time =
    at !== undefined
      ? `at ${at}`
      : ready_by !== undefined
        ? `ready by ${ready_by}`
        : cron === undefined
          ? null
          : `cron ${cron}`;
  const parts = [
    time,
    wake === null ? null : `${time === null ? '' : 'and '}at the first ${wake} of the day`,
    cron === undefined ? daysWords(schedule.days ?? workdays) : null,
    schedule.skip_on_low_battery === false ? 'also on a low battery' : null,
    schedule.skip_on_metered === true ? 'not on a metered network' : null,
  ].filter((one) => one !== null);
  const text = parts.join(', ').replace(/, and at/, ' and at');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function daysWords(days: readonly Weekday[]): string {
  const sorted = weekdays.filter((day) => days.includes(day));
  if (sorted.length === 7) return 'every day';
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'never';
  const run = weekdays.indexOf(last) - weekdays.indexOf(first) === sorted.length - 1;
  if (run && sorted.length > 2) return `${dayNames[first]} to ${dayNames[last]}`;
  return sorted.map((day) => dayNames[day]).join(', ');
}
