import type { z } from 'zod';
import type { StartedBy, StepPart } from '../../../shared/contract/operations.ts';

/** What a step can say about itself while it runs. */
export interface StepContext {
  readonly signal: AbortSignal;
  /** Only measured values. `total` null when unknown. */
  progress(done: number, total: number | null, unit: 'bytes' | 'items'): void;
  /** What it is doing right now, one short sentence. */
  detail(text: string): void;
  /** A line for the operation's log. */
  log(text: string): void;
  /** Puts something on disk that this step can ask for when a later life takes it up. */
  note(text: string): void;
  noted(text: string): boolean;
  /** The things it works on at once, all of them each time; a hundred are shown. */
  parts?(parts: readonly StepPart[]): void;
}

export interface StepOptions<T> {
  /** Sentence case, what the user reads: `Start services`. */
  readonly title: string;
  /** The result is written to the journal and parsed with this when the operation is taken up again. */
  readonly result: z.ZodType<T>;
}

export interface OperationContext {
  readonly id: string;
  /** Aborted when the user cancels. Cleaning up is `undo`'s work, not a catch block's. */
  readonly signal: AbortSignal;
  /** The engine ended while this operation ran, or Docker's was lost; finished steps give their recorded results. */
  readonly resumed: boolean;
  /**
   * Runs one step: `begin` is on disk before `run` starts, `end` with the result after it. A step that had ended in an
   * earlier life is not run again. One that had begun is: steps must be idempotent.
   */
  step<T>(name: string, options: StepOptions<T>, run: (step: StepContext) => Promise<T>): Promise<T>;
  /** From here on cancelling is refused, and a restart finishes the work instead of undoing it. Journalled. */
  pointOfNoReturn(): void;
}

export interface UndoContext {
  readonly id: string;
  readonly signal: AbortSignal;
  /** The result of a step that ended, or undefined. */
  recorded<T>(name: string, result: z.ZodType<T>): T | undefined;
  /** The step had begun (and perhaps ended). */
  begun(name: string): boolean;
  step(name: string, title: string, run: (step: StepContext) => Promise<void>): Promise<void>;
}

export interface Outcome {
  /** What changed, one sentence, past tense, no "successfully". */
  readonly summary: string;
  /** `golden.undo` brings the state before back. */
  readonly undoable?: boolean;
}

/** One kind of long-running work. Registered once; inputs are parsed from `unknown` at every start and resume. */
export interface OperationKind<I> {
  /** `stack.up`, `golden.capture` … */
  readonly kind: string;
  readonly input: z.ZodType<I>;
  title(input: I): string;
  /** The environment whose queue it joins; null runs at once. */
  environmentId(input: I): string | null;
  run(input: I, context: OperationContext): Promise<Outcome>;
  /** Brings the state before back after a failure, a cancel, or a restart before the point of no return. Idempotent. */
  undo(input: I, context: UndoContext): Promise<void>;
}

export interface Operations {
  /** Returns as soon as it is in the journal. */
  start<I>(kind: OperationKind<I>, input: I, startedBy?: StartedBy): { readonly operationId: string };
}
