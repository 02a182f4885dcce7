import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import type { StepAnswer, StepContext } from '../../electron/engine/routines/step-types.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { Reason, StepQuestion } from '../../shared/contract/routines.ts';

export interface BareStep {
  readonly context: StepContext;
  readonly asked: StepQuestion[];
  readonly reasons: Omit<Reason, 'step'>[];
  readonly kept: unknown[];
  output(): string;
  abort(reason: unknown): void;
}

/** What a step works with, without a run around it. Questions are answered by `answer`, for ever open without one. */
export function bareStep(
  options: {
    readonly target?: Partial<EnvironmentTarget>;
    readonly kept?: unknown;
    readonly answer?: (question: StepQuestion) => StepAnswer | Promise<StepAnswer>;
  } = {},
): BareStep {
  const controller = new AbortController();
  const asked: StepQuestion[] = [];
  const reasons: Omit<Reason, 'step'>[] = [];
  const kept: unknown[] = [];
  let output = '';
  const target = {
    id: 'shop/main',
    stackName: 'shop',
    folder: '/shop',
    project: { name: 'shop', services: {} },
    ...options.target,
  };
  return {
    asked,
    reasons,
    kept,
    output: () => output,
    abort: (reason) => controller.abort(reason),
    context: {
      runId: 'run',
      stepId: 'step',
      environmentId: target.id,
      target: target as EnvironmentTarget,
      signal: controller.signal,
      attempt: 1,
      kept: options.kept,
      keep: (data) => void kept.push(data),
      detail: () => undefined,
      progress: () => undefined,
      output: (text) => {
        output += text;
      },
      remark: (reason) => void reasons.push(reason),
      ask: (question) => {
        asked.push(question);
        return new Promise((resolve, reject) => {
          controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
          if (options.answer !== undefined) resolve(options.answer(question));
        });
      },
      operate: async (start) => {
        const { operationId } = await start();
        return { id: operationId, summary: `${operationId} ended.` } as OperationView;
      },
    },
  };
}
