import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import type { StepAnswer, StepContext } from '../../electron/engine/routines/step-types.ts';
import type { Reason, StepQuestion } from '../../shared/contract/routines.ts';

export interface TestStep extends StepContext {
  readonly remarks: Omit<Reason, 'step'>[];
  readonly questions: StepQuestion[];
  /** What was put on disk last, for the next life. */
  readonly saved: { data: unknown };
}

/** A step of a run in this folder, which gives these answers in order and keeps what it was told. */
export function testStep(
  folder: string,
  { answers = [], kept, signal }: { answers?: StepAnswer[]; kept?: unknown; signal?: AbortSignal } = {},
): TestStep {
  const remarks: TestStep['remarks'] = [];
  const questions: StepQuestion[] = [];
  const saved: TestStep['saved'] = { data: undefined };
  return {
    runId: 'run',
    stepId: 'step',
    environmentId: 'shop/main',
    target: { id: 'shop/main', folder } as EnvironmentTarget,
    signal: signal ?? new AbortController().signal,
    attempt: 1,
    kept,
    remarks,
    questions,
    saved,
    keep(data) {
      saved.data = structuredClone(data);
    },
    detail: () => undefined,
    progress: () => undefined,
    output: () => undefined,
    remark: (reason) => void remarks.push(reason),
    async ask(question) {
      questions.push(question);
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`Nobody answers: ${question.text}`);
      return answer;
    },
    operate: () => Promise.reject(new Error('There are no operations here.')),
  };
}
