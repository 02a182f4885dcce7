import type { RoutineRun } from '../../../../shared/contract/routines.ts';
import type { Notice } from '../../../../shared/domain/alert-types.ts';
import type { Schedule } from '../../../../shared/domain/routine-file.ts';
import type { AppError } from '../../../../shared/errors.ts';

/** Reasons that fit a notification. */
const mostReasons = 3;

/**
 * What is said of a run that started by itself; null: not worth a word. That it went well interests whoever waits to
 * begin, and nobody at the end of a day.
 */
export function verdictNotice(run: RoutineRun, schedule: Schedule, stack: string, at: number): Notice | null {
  const { verdict, environmentId } = run;
  if (verdict === null || verdict.kind === 'cancelled') return null;
  const base = {
    id: `routine:${environmentId}:${run.routine}`,
    environment: environmentId,
    service: null,
    at,
    actions: ['open' as const],
    reason: 'routine' as const,
    place: { to: 'run' as const, runId: run.id, environmentId },
  };
  const well = verdict.kind === 'ready';
  const blockers = verdict.reasons.filter(({ kind }) => kind === 'blocker');
  if (verdict.kind === 'not-ready') {
    const [first] = blockers;
    return {
      ...base,
      title: `${run.title} of ${stack}: not ready`,
      lines: [
        ...blockers.slice(0, mostReasons).map(({ title }) => title),
        ...(blockers.length > mostReasons ? [`and ${blockers.length - mostReasons} more`] : []),
        ...(first?.remedy == null ? [] : [first.remedy]),
      ],
      urgency: 'normal',
      silent: false,
    };
  }
  const awaited = schedule.ready_by !== undefined || schedule.on !== undefined || run.trigger === 'late';
  const remarks = verdict.reasons.filter(({ kind }) => kind === 'remark');
  if (!awaited && (well || remarks.length === 0)) return null;
  return {
    ...base,
    title: awaited ? `${stack} is ready` : `${run.title} of ${stack}`,
    lines: [verdict.sentence, ...remarks.slice(0, mostReasons).map(({ title }) => title)],
    urgency: 'low',
    silent: true,
  };
}

/** It should have started, and could not. */
export function refusalNotice(
  { environmentId, routine, title, stack }: { environmentId: string; routine: string; title: string; stack: string },
  error: AppError,
  at: number,
): Notice {
  const untrusted = error.code === 'guard.untrusted';
  return {
    id: `routine:${environmentId}:${routine}`,
    environment: environmentId,
    service: null,
    at,
    title: `${title} of ${stack} did not start`,
    lines: untrusted
      ? [
          'It runs commands that you have not agreed to, or that changed since.',
          'Look at them once, and it starts by itself from then on.',
        ]
      : [error.message, error.remedy],
    actions: ['open'],
    urgency: 'normal',
    silent: false,
    reason: 'routine',
    place: { to: 'routine', environmentId, routine },
  };
}
