import type { RoutineRun, RunStep } from '../../shared/contract/routines.ts';
import { duration } from './output.ts';

/** A step in a state that was not told yet, as one JSON line. */
export interface StepLine {
  readonly step: string;
  readonly uses: RunStep['uses'];
  readonly title: string;
  readonly state: RunStep['state'];
  /** ISO 8601. */
  readonly at: string | null;
  readonly tookMs: number | null;
  readonly result: string | null;
  readonly error: RunStep['error'];
  readonly question: RunStep['question'];
}

/** Told each picture of a run, gives what is new in it: each state of each step once. */
export function createStepLines(): (run: RoutineRun) => StepLine[] {
  const told = new Map<string, string>();
  return (run) =>
    run.steps.flatMap((step) => {
      const key = `${step.state} ${step.attempts} ${step.question === null ? '' : JSON.stringify(step.question)}`;
      if (step.state === 'waiting' || told.get(step.id) === key) return [];
      told.set(step.id, key);
      return [
        {
          step: step.id,
          uses: step.uses,
          title: step.title,
          state: step.state,
          at: step.endedAt ?? step.startedAt,
          tookMs: tookOf(step),
          result: step.result,
          error: step.error,
          question: step.question,
        },
      ];
    });
}

function tookOf(step: RunStep): number | null {
  return step.startedAt === null || step.endedAt === null
    ? null
    : Date.parse(step.endedAt) - Date.parse(step.startedAt);
}

const marks: Readonly<Record<RunStep['state'], string>> = {
  waiting: ' ',
  running: '…',
  asking: '?',
  done: '✓',
  skipped: '–',
  failed: '✗',
  blocked: '✗',
  cancelled: '–',
};

/** For people: `✓ Fetch what is new (3.8 s)  3 commits, fast-forward to 8f3c1e2`. */
export function stepText(line: StepLine): string {
  const took = line.tookMs === null || line.state === 'skipped' ? '' : ` (${duration(line.tookMs)})`;
  const words =
    line.error !== null && line.state === 'failed'
      ? `${line.error.message}\n    ${line.error.remedy}`
      : line.state === 'blocked'
        ? (line.result ?? 'something before it failed')
        : (line.result ?? '');
  return `${marks[line.state]} ${line.title}${took}${words === '' ? '' : `  ${words}`}`;
}

/** The end: verdict, and what keeps from being ready or is worth knowing. */
export function verdictText(run: RoutineRun): string {
  const { verdict } = run;
  if (verdict === null) return '';
  const took = run.endedAt === null ? '' : ` (${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))})`;
  const reasons = verdict.reasons.map((reason) => {
    const detail = reason.detail === null ? '' : `: ${reason.detail}`;
    const remedy = reason.remedy === null ? '' : `\n      ${reason.remedy}`;
    return `  ${reason.kind === 'blocker' ? '✗' : '·'} ${reason.title}${detail}${remedy}`;
  });
  return [`${verdict.sentence}${took}`, ...reasons].join('\n');
}

/** 0: ready, also with remarks. 1: not ready, or cancelled. */
export const runExitCode = (run: RoutineRun): number =>
  run.verdict?.kind === 'ready' || run.verdict?.kind === 'remarks' ? 0 : 1;
