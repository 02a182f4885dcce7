import type { Call } from '../../api.ts';
import type { StepContext } from '../step-types.ts';

/** The call that a step makes: the engine acts by itself, as a routine, and the journal says so. */
export type AsRoutine = (step: Pick<StepContext, 'signal' | 'runId'>) => Call;

export function asRoutine(user: string, titleOf: (runId: string) => string): AsRoutine {
  return (step) => ({
    actor: { door: 'engine', user, acts: { who: 'routine', reason: titleOf(step.runId), service: null } },
    signal: step.signal,
  });
}
