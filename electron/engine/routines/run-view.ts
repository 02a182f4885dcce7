import type { Reason, RoutineRun, RunStep, Verdict } from '../../../shared/contract/routines.ts';
import { canRetry, canSkip, type RunState, type StepState } from '../../../shared/domain/routine-run.ts';
import type { RunBody, StepRecord, StoredStep } from './run-store.ts';
import type { LiveStep } from './step-task.ts';

export interface RunPicture {
  readonly id: string;
  readonly environmentId: string;
  readonly routine: string;
  readonly body: RunBody;
  readonly state: RunState;
  readonly record: (step: string) => StepRecord;
  readonly live: (step: string) => LiveStep | undefined;
  readonly verdict: Verdict | null;
  readonly reasons: readonly Reason[];
  readonly usual: { readonly run: number | null; readonly step: (id: string) => number | null };
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export function runView(run: RunPicture): RoutineRun {
  const { body, state } = run;
  return {
    id: run.id,
    environmentId: run.environmentId,
    routine: run.routine,
    title: body.title,
    trigger: body.trigger,
    state: state.phase,
    startedAt: iso(state.startedAt),
    endedAt: isoOrNull(state.endedAt),
    budgetMs: body.budgetMs,
    usualMs: run.usual.run,
    verdict: run.verdict,
    reasons: [...run.reasons].slice(0, 200),
    steps: body.plan.map((step) => stepView(run, step, state.steps[step.id] as StepState)),
    resumed: body.resumed,
  };
}

function stepView(run: RunPicture, step: StoredStep, state: StepState): RunStep {
  const record = run.record(step.id);
  const live = state.state === 'running' || state.state === 'asking' ? run.live(step.id) : undefined;
  const open = run.state.phase === 'ended' || !run.state.cancelled;
  return {
    id: step.id,
    uses: step.uses,
    title: step.title,
    needs: [...step.needs],
    state: state.state,
    startedAt: isoOrNull(state.startedAt),
    endedAt: isoOrNull(state.endedAt),
    attempts: state.attempts,
    detail:
      live?.detail ?? (state.state === 'waiting' && state.notBefore !== null ? 'Waits before it is tried again' : null),
    progress: live?.progress ?? null,
    result: state.result,
    error: state.error,
    question: state.question,
    operationId: record.operations.at(-1) ?? null,
    usualMs: run.usual.step(step.id),
    can: {
      retry: open && canRetry(state),
      skip: open && canSkip(state),
      terminal: record.folder !== null && (state.state === 'failed' || step.uses === 'run'),
    },
    folder: record.folder,
    undo: record.undo,
    hasOutput: record.hasOutput,
  };
}
