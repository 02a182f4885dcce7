import type { z } from 'zod';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { Reason, RunStep, StepQuestion } from '../../../shared/contract/routines.ts';
import type { FactName } from '../../../shared/domain/condition-types.ts';
import type { StepKind } from '../../../shared/domain/routine-file.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';

/** The answer to a question, of the same kind as the question. */
export type StepAnswer =
  | { readonly kind: 'choice'; readonly id: string }
  | { readonly kind: 'secrets'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, string>> };

/** What a step of a routine works with while it runs. */
export interface StepContext {
  readonly runId: string;
  readonly stepId: string;
  readonly environmentId: string;
  readonly target: EnvironmentTarget;
  /** Aborted on cancel and at the step's timeout. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
  /** What an earlier life of this step put on disk with `keep`; undefined in its first. */
  readonly kept: unknown;
  /** On disk before it returns, so that a later life can go on from there. Small, JSON. */
  keep(data: unknown): void;
  detail(text: string): void;
  progress(done: number, total: number | null, unit: 'bytes' | 'items'): void;
  /** Live output, as it comes. Never a secret. */
  output(text: string): void;
  /** Something for the verdict that is not a failure. */
  remark(reason: Omit<Reason, 'step'>): void;
  /** Waits for an answer; the time does not count against the step's timeout. Rejects when the run ends first. */
  ask(question: StepQuestion): Promise<StepAnswer>;
  /**
   * Starts an operation, shows it as this step's, and waits for its end; a later life follows the same one instead of
   * starting another. Cancelling the step cancels it. Throws its error when it fails.
   */
  operate(start: () => Promise<{ readonly operationId: string }>): Promise<OperationView>;
}

export interface StepOutcome {
  /** What it did, one sentence, past tense or a fact: `3 commits, fast-forward to 8f3c1e2`. */
  readonly result: string;
  /** There was nothing to do. Default `done`. */
  readonly state?: 'done' | 'skipped';
  readonly undo?: RunStep['undo'];
  /** Goes into the sentence of the verdict: `7 of 7 services healthy`, `3 commits behind main`. */
  readonly headline?: string;
}

/** What a step runs on this machine or in a container, for the user to agree to. */
export interface StepCommand {
  readonly text: string;
  readonly where: string;
}

/** One kind of step. What it throws fails the step: `{code, message, remedy}`. Must be safe to run again after a cut. */
export interface StepImplementation<O> {
  readonly kind: StepKind;
  /** Of `with`. Unknown keys are refused. */
  readonly options: z.ZodType<O>;
  title(options: O): string;
  /** Ms, when the file says nothing. */
  readonly timeoutMs: number;
  /** It changes nothing: it can be left off at any time, and is when the run's budget is used up. */
  readonly looksOnly?: boolean;
  /** It tells of what was done: it starts once what it needs is over, however that ended. */
  readonly anyway?: boolean;
  /** What it would do now, short, for the list on Today; measured. Null: nothing can be said before. */
  look?(options: O, at: { readonly target: EnvironmentTarget; readonly signal: AbortSignal }): Promise<string | null>;
  /** Empty or absent: nothing that the user has to agree to. */
  commands?(options: O, target: EnvironmentTarget, signal: AbortSignal): Promise<readonly StepCommand[]>;
  /** Where “open terminal here” opens; the stack's folder when absent. */
  folder?(options: O, target: EnvironmentTarget): string;
  run(options: O, step: StepContext): Promise<StepOutcome>;
}

/**
 * Values that conditions may use (`data.changed > 50MiB`, `branch.behind > 0 and not on.battery`). Read when a condition
 * asks, at most once per step. Undefined: cannot be told now, and every comparison with it is false.
 */
export interface Facts {
  /** Every name there is, with its type and a sentence, for the documentation, the editor and error messages. */
  readonly names: Readonly<Record<string, FactName>>;
  read(name: string, target: EnvironmentTarget, signal: AbortSignal): Promise<number | string | boolean | undefined>;
}
