import type { Reason, RoutineRun, RunStep, Verdict } from '../../shared/contract/routines.ts';
import type { Shape, Tone } from './health.ts';

/** What the button of a routine says. Ours have words of their own; a routine of the file is called by its title. */
export function routineAction(routine: { readonly name: string; readonly title?: string }): string {
  if (routine.name === 'morning') return 'Start the day';
  if (routine.name === 'evening') return 'End the day';
  return routine.title ?? routine.name;
}

export const isRunning = (run: Pick<RoutineRun, 'state'>): boolean => run.state === 'running';

/** What a run of the routine would be called while it is under way, or after. */
export const runAction = (run: Pick<RoutineRun, 'routine' | 'title'>): string =>
  routineAction({ name: run.routine, title: run.title });

/** How a run ended. A morning makes ready; what other routines do is done. */
export function verdictLook(
  kind: Verdict['kind'] | null,
  routine = 'morning',
): {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
} {
  const good = routine === 'morning' ? 'Ready' : 'Done';
  switch (kind) {
    case 'ready':
      return { tone: 'healthy', shape: 'disc', word: good };
    case 'remarks':
      return { tone: 'degraded', shape: 'triangle', word: `${good} with remarks` };
    case 'not-ready':
      return { tone: 'down', shape: 'square', word: `Not ${good.toLowerCase()}` };
    case 'cancelled':
      return { tone: 'idle', shape: 'ring', word: 'Cancelled' };
    case null:
      return { tone: 'idle', shape: 'dashed', word: 'Under way' };
  }
}

export const reasonLook = (reason: Pick<Reason, 'kind'>): { readonly tone: Tone; readonly shape: Shape } =>
  reason.kind === 'blocker' ? { tone: 'down', shape: 'square' } : { tone: 'degraded', shape: 'triangle' };

/** The same thing said twice by two steps is one thing. */
export function uniqueReasons(reasons: readonly Reason[]): readonly Reason[] {
  const seen = new Set<string>();
  return reasons.filter((one) => {
    const key = `${one.kind}\n${one.title}\n${one.detail ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Time a run has taken so far or took, ms. */
export const runElapsedMs = (run: Pick<RoutineRun, 'startedAt' | 'endedAt'>, now: number): number =>
  Math.max(0, (run.endedAt === null ? now : Date.parse(run.endedAt)) - Date.parse(run.startedAt));

/** Time a step has taken so far or took, ms; null before it began. */
export function stepElapsedMs(step: Pick<RunStep, 'startedAt' | 'endedAt'>, now: number): number | null {
  if (step.startedAt === null) return null;
  return Math.max(0, (step.endedAt === null ? now : Date.parse(step.endedAt)) - Date.parse(step.startedAt));
}
