import { durationMs } from '../../../../shared/domain/duration.ts';
import type { DaySection } from '../../../../shared/domain/routine-file.ts';
import { localTime } from '../schedule/local-time.ts';

export type IdleRule = NonNullable<DaySection['idle']>;

export interface IdleSituation {
  readonly now: number;
  readonly rule: IdleRule;
  /** Something of it runs, and nothing is being done with it just now. */
  readonly quiet: boolean;
  /** When it was last used, by all signs there are. */
  readonly lastUse: number;
  /** When it was last used at the time that we asked; null: not asked. */
  readonly asked: number | null;
  readonly timezone: string | undefined;
}

/** `ask`: now. `take-back`: the question is no longer one. */
export type IdleVerdict = 'ask' | 'take-back' | 'nothing';

const nightEndsAtMinute = 4 * 60;
/** Times of files and buckets are only so exact. */
const sameMs = 60_000;

export function judgeIdle({ now, rule, quiet, lastUse, asked, timezone }: IdleSituation): IdleVerdict {
  const after = durationMs(rule.after) ?? Number.POSITIVE_INFINITY;
  const idle = quiet && isEvening(now, rule.from, timezone) && now - lastUse >= after;
  if (!idle) return asked === null ? 'nothing' : 'take-back';
  // Nobody answered, and nobody came: asked once is enough.
  return asked === null || Math.abs(asked - lastUse) > sameMs ? 'ask' : 'nothing';
}

/** From that time of day until four in the morning. */
export function isEvening(now: number, from: string, timezone: string | undefined): boolean {
  const { hour, minute } = localTime(now, timezone);
  const [fromHour = 0, fromMinute = 0] = from.split(':').map(Number);
  const at = hour * 60 + minute;
  const begin = fromHour * 60 + fromMinute;
  return begin >= nightEndsAtMinute ? at >= begin || at < nightEndsAtMinute : at >= begin && at < nightEndsAtMinute;
}
