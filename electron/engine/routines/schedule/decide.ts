import { type Schedule, weekdays } from '../../../../shared/domain/routine-file.ts';
import { workingDay } from './local-time.ts';
import { type Slots, usualDays } from './slots.ts';

/** What happened to this machine that a routine may wait for. */
export interface Wake {
  readonly kind: 'unlock' | 'resume';
  readonly at: number;
}

export interface Situation {
  readonly now: number;
  readonly schedule: Schedule;
  readonly slots: Slots;
  /** How long before its slot it starts; 0 but for `ready_by`. */
  readonly leadMs: number;
  /** No slot at or before this is used any more. */
  readonly handledUntil: number;
  /** The working day on which an unlock or resume was used last. */
  readonly wakeDay: string | null;
  /** The newest of each kind. */
  readonly wakes: readonly Wake[];
  /** When it was started last, by anybody; null: never. */
  readonly ranAt: number | null;
  readonly timezone: string | undefined;
}

export type Decision =
  | { readonly kind: 'none' }
  /** Its time has come. Worth it until `until`. */
  | {
      readonly kind: 'start';
      readonly trigger: 'schedule' | 'late' | 'unlock' | 'resume';
      readonly slot: number | null;
      readonly wakeDay: string | null;
      /** When it should have been started. */
      readonly dueAt: number;
      readonly until: number;
    }
  /** It was started by somebody already: nothing to do, nothing to say. */
  | { readonly kind: 'satisfied'; readonly slot: number | null; readonly wakeDay: string | null }
  /** Its time went by while nobody was there. */
  | { readonly kind: 'missed'; readonly slot: number; readonly dueAt: number };

/** Later than this it is late. */
export const onTimeMs = 2 * 60_000;
/** What was missed is made up for so long, within its day. */
export const windowMs = 4 * 3_600_000;
/** A start by hand so long before its slot does for it. */
const enoughBeforeMs = 3_600_000;
/** A day has no more hours. */
const dayMs = 25 * 3_600_000;

/** What to do now about one routine. Pure: the same situation is decided the same. */
export function decide(situation: Situation): Decision {
  const wake = decideWake(situation);
  if (wake.kind === 'start') return wake;
  const slot = decideSlot(situation);
  return slot.kind === 'none' ? wake : slot;
}

/** When it will be started by the clock next; null: not by the clock. */
export function nextStart({ now, slots, leadMs, handledUntil }: Situation): number | null {
  const slot = slots.next(Math.max(now + leadMs, believable(handledUntil, now)));
  return slot === null ? null : slot - leadMs;
}

/** A clock that was far ahead for a while must not keep everything from ever being due again. */
export function believable(handledUntil: number, now: number): number {
  return handledUntil > now + dayMs ? now : handledUntil;
}

function decideSlot(situation: Situation): Decision {
  const { now, schedule, slots, leadMs, ranAt, timezone } = situation;
  const handledUntil = believable(situation.handledUntil, now);
  const slot = slots.last(now + leadMs);
  if (slot === null || slot <= handledUntil) return { kind: 'none' };
  const dueAt = slot - leadMs;
  const before = slots.last(slot - 1);
  const enough = Math.min(enoughBeforeMs, before === null ? enoughBeforeMs : (slot - before) / 2);
  if (ranAt !== null && ranAt >= dueAt - enough && ranAt <= now) return { kind: 'satisfied', slot, wakeDay: null };
  const following = slots.next(slot);
  const until = Math.min(dueAt + windowMs, following === null ? Number.POSITIVE_INFINITY : following - leadMs);
  const sameDay = workingDay(now, timezone).key === workingDay(dueAt, timezone).key;
  if (now > until || !sameDay) return { kind: 'missed', slot, dueAt };
  const inTime = schedule.ready_by === undefined ? now - dueAt <= onTimeMs : now < slot;
  return { kind: 'start', trigger: inTime ? 'schedule' : 'late', slot, wakeDay: null, dueAt, until };
}

function decideWake({ now, schedule, wakes, wakeDay, ranAt, timezone }: Situation): Decision {
  const today = workingDay(now, timezone);
  const weekday = weekdays[today.weekday];
  if (weekday === undefined || !(schedule.days ?? usualDays).includes(weekday)) return { kind: 'none' };
  if (today.key === wakeDay) return { kind: 'none' };
  const wake = wakes.find(
    ({ kind, at }) =>
      schedule.on?.includes(kind) === true &&
      at <= now &&
      now <= at + windowMs &&
      workingDay(at, timezone).key === today.key,
  );
  if (wake === undefined) return { kind: 'none' };
  if (ranAt !== null && ranAt <= now && workingDay(ranAt, timezone).key === today.key)
    return { kind: 'satisfied', slot: null, wakeDay: today.key };
  const until = wake.at + windowMs;
  return { kind: 'start', trigger: wake.kind, slot: null, wakeDay: today.key, dueAt: wake.at, until };
}
