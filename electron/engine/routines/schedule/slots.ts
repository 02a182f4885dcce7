import { Cron } from 'croner';
import { type Schedule, weekdays } from '../../../../shared/domain/routine-file.ts';

/** When a routine is due by the clock. Times in ms since the epoch; one time is one slot, which is used once. */
export interface Slots {
  /** The first slot after a moment; null: none ever. */
  next(after: number): number | null;
  /** The last slot at or before a moment. */
  last(at: number): number | null;
}

/** Reading an expression takes longer than asking it. */
const made = new Map<string, Slots>();
const mostMade = 200;

const none: Slots = { next: () => null, last: () => null };

/** Days when nothing is said. */
export const usualDays: NonNullable<Schedule['days']> = ['mon', 'tue', 'wed', 'thu', 'fri'];

/**
 * The slots of `at`, `ready_by` (when it should be done) or `cron`. Where clocks go forward over a slot it comes when
 * they have; where they go back it comes once. Undefined time zone: the machine's.
 */
export function slotsOf(schedule: Schedule, timezone: string | undefined): Slots {
  const key = JSON.stringify([schedule, timezone]);
  const known = made.get(key);
  if (known !== undefined) return known;
  const slots = makeSlots(schedule, timezone);
  if (made.size >= mostMade) made.clear();
  made.set(key, slots);
  return slots;
}

function makeSlots({ at, ready_by, cron, days }: Schedule, timezone: string | undefined): Slots {
  const time = at ?? ready_by;
  if (time === undefined && cron === undefined) return none;
  const [hour = '', minute = ''] = (time ?? '').split(':');
  const numbers = (days ?? usualDays).map((day) => (weekdays.indexOf(day) + 1) % 7);
  const pattern = time === undefined ? cron : `${Number(minute)} ${Number(hour)} * * ${numbers.join(',')}`;
  let job: Cron;
  try {
    job = new Cron(pattern ?? '', { mode: '5-part', paused: true, ...(timezone === undefined ? {} : { timezone }) });
  } catch {
    // Refused where it was said; one that was accepted by an older version waits for somebody to correct it.
    return none;
  }
  return {
    next: (after) => job.nextRun(new Date(after))?.getTime() ?? null,
    last: (moment) => job.previousRuns(1, new Date(moment + 1))[0]?.getTime() ?? null,
  };
}
