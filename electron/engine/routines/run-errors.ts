import { AppError } from '../../../shared/errors.ts';
import type { LiveRun } from './runner-types.ts';

export function shuttingDown(): AppError {
  return new AppError({
    code: 'engine.shutting-down',
    message: 'Golden Hour is closing.',
    remedy: 'Start it again: it goes on with the run.',
  });
}

export function leftOff(): AppError {
  return new AppError({
    code: 'operation.cancelled',
    message: 'The step was left off.',
    remedy: 'Retry it when you want to.',
  });
}

export function unknownRun(id: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `There is no run ${id}.`,
    remedy: 'List the runs to see which there are.',
  });
}

export function unknownStep(run: LiveRun, step: string): AppError {
  return new AppError({
    code: 'input.not-found',
    message: `The run has no step ${step}.`,
    remedy: `Choose one of: ${run.body.plan.map(({ id }) => id).join(', ')}.`,
  });
}

export function notNow(run: LiveRun, step: string, what: string): AppError {
  return new AppError({
    code: 'guard.refused',
    message: `${step} cannot be ${what === 'skip' ? 'skipped' : 'retried'} now: it is ${run.state.steps[step]?.state}.`,
    remedy: 'Look at the run again.',
  });
}

export function nothingAsked(run: LiveRun, step: string): AppError {
  return new AppError({
    code: 'guard.refused',
    message: `${step} asks nothing now: it is ${run.state.steps[step]?.state}.`,
    remedy: 'Look at the run again; somebody else may have answered.',
  });
}

export function busy(other: LiveRun): AppError {
  return new AppError({
    code: 'routine.busy',
    message: `${other.body.title} of ${other.environmentId} goes on.`,
    remedy: 'Let it end, or cancel it.',
    details: { runId: other.id, routine: other.routine },
  });
}
