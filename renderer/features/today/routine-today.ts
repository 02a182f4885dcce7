import type { RoutineRun, RoutineView } from '../../../shared/contract/routines.ts';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { dayOf } from '../../ui/routine-hour.ts';
import { runElapsedMs, verdictLook } from '../../ui/routine-words.ts';

/** What pressing the button promises: how long, and how it ends; or when it starts by itself, or why it did not. */
export function promise(
  view: Pick<RoutineView, 'usualMs' | 'schedule'> | null,
  routine: 'morning' | 'evening',
  now: number,
): string {
  const end = routine === 'morning' ? 'ends ready or says why not' : 'everything is kept';
  const usual = view?.usualMs ?? null;
  const schedule = view?.schedule?.enabled === true ? view.schedule : null;
  const ofToday = (iso: string): boolean => dayOf(Date.parse(iso)) === dayOf(now);
  if (schedule?.skipped != null && ofToday(schedule.skipped.at))
    return `Left out at ${formatMoment(schedule.skipped.at, now)}: ${schedule.skipped.reason}`;
  const next = schedule?.nextAt ?? null;
  const soon =
    next === null || !ofToday(next) || Date.parse(next) < now ? end : `starts by itself at ${formatMoment(next, now)}`;
  const sentence = usual === null ? soon : `about ${formatDuration(usual)}, ${soon}`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The newest run of a morning or an evening that ended today. */
export function todaysRun(runs: readonly RoutineRun[], environmentId: string, now: number): RoutineRun | null {
  return (
    runs
      .filter(
        (one) =>
          one.environmentId === environmentId &&
          (one.routine === 'morning' || one.routine === 'evening') &&
          one.endedAt !== null &&
          dayOf(Date.parse(one.endedAt)) === dayOf(now),
      )
      .sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0] ?? null
  );
}

/** `08:43 ready in 38 s`. */
export function lastRunWords(run: RoutineRun, now: number): string {
  const at = formatMoment(run.endedAt ?? run.startedAt, now);
  const took = formatDuration(runElapsedMs(run, now));
  const word = verdictLook(run.verdict?.kind ?? null, run.routine).word;
  if (run.routine === 'evening')
    return run.verdict?.kind === 'ready' || run.verdict?.kind === 'remarks'
      ? `Ended the day at ${at}, in ${took}`
      : `${word} at ${at}, after ${took}`;
  return `${word} at ${at}, ${run.verdict?.kind === 'ready' || run.verdict?.kind === 'remarks' ? 'in' : 'after'} ${took}`;
}
