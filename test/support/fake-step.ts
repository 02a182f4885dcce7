import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import type { StepAnswer, StepContext } from '../../electron/engine/routines/step-types.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { Reason, StepQuestion } from '../../shared/contract/routines.ts';

/** A step as a runner would run it, with the answers given beforehand. */
export interface FakeStep {
  readonly context: StepContext;
  readonly questions: StepQuestion[];
  readonly remarks: Omit<Reason, 'step'>[];
  readonly operations: string[];
}

/** `answer` is asked for every question; one that gives none ends the step as the end of a run does. */
export function fakeStep(
  folder: string,
  answer: (question: StepQuestion) => StepAnswer | undefined = () => undefined,
  more: Partial<StepContext> = {},
): FakeStep {
  const questions: StepQuestion[] = [];
  const remarks: Omit<Reason, 'step'>[] = [];
  const operations: string[] = [];
  const target: EnvironmentTarget = {
    id: 'shop/main',
    stackName: 'shop',
    name: 'main',
    class: 'development',
    folder,
    files: [`${folder}/compose.yaml`],
    projectName: 'shop',
    project: { name: 'shop', services: {} },
    configHashes: {},
    excludedVolumes: [],
    gateTimeoutMs: 1000,
  };
  const context: StepContext = {
    runId: 'run',
    stepId: 'step',
    environmentId: target.id,
    target,
    signal: new AbortController().signal,
    attempt: 1,
    kept: undefined,
    keep: () => undefined,
    detail: () => undefined,
    progress: () => undefined,
    output: () => undefined,
    remark: (reason) => void remarks.push(reason),
    async ask(question) {
      questions.push(question);
      const given = answer(question);
      if (given === undefined) throw new DOMException('The run ended.', 'AbortError');
      return given;
    },
    async operate(start) {
      const { operationId } = await start();
      operations.push(operationId);
      return { id: operationId, state: 'done' } as OperationView;
    },
    ...more,
  };
  return { context, questions, remarks, operations };
}
