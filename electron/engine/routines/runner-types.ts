import type { Reason, RoutineRun, Verdict } from '../../../shared/contract/routines.ts';
import type { RunRules, RunState } from '../../../shared/domain/routine-run.ts';
import type { OutputBook } from './output-book.ts';
import type { RunBody, RunStore, StepRecord, StoredStep } from './run-store.ts';
import type { LiveStep, TaskDeps } from './step-task.ts';
import type { StepAnswer } from './step-types.ts';

export interface RunnerDeps extends TaskDeps {
  readonly store: RunStore;
  readonly output: OutputBook;
  /** A run as it is now. Often: several times a second while it goes on. */
  readonly onChange: (run: RoutineRun) => void;
  /** For fault tests: called right after something is on disk, for example `running stack.up`. */
  readonly onJournal?: ((point: string) => void) | undefined;
}

export interface StartRun {
  readonly environmentId: string;
  readonly routine: string;
  readonly title: string;
  readonly trigger: RoutineRun['trigger'];
  readonly budgetMs: number;
  readonly sequential: boolean;
  readonly plan: readonly StoredStep[];
}

export interface RoutineRunner {
  /** Returns as soon as it is on disk. Throws `routine.busy` when one of this environment goes on. */
  start(run: StartRun): string;
  /** Takes up what an earlier life left. Call once, after the operations were recovered. */
  recover(): void;
  get(id: string): RoutineRun;
  cancel(id: string): RoutineRun;
  retry(id: string, step: string): RoutineRun;
  skip(id: string, step: string): RoutineRun;
  answer(id: string, step: string, answer: StepAnswer): RoutineRun;
  /** Of one environment, or of all. */
  running(environmentId?: string): RoutineRun[];
  /** Resolves when the run has ended, however. */
  settled(id: string, signal: AbortSignal): Promise<RoutineRun>;
  /** Stops where it is; the next life goes on. */
  close(): Promise<void>;
}

export interface Task {
  readonly abort: AbortController;
  ended: Promise<void>;
  live: LiveStep;
  question: { readonly resolve: (answer: StepAnswer) => void } | null;
}

/** A run in memory. */
export interface LiveRun {
  readonly id: string;
  readonly environmentId: string;
  readonly routine: string;
  body: RunBody;
  readonly rules: RunRules;
  state: RunState;
  readonly records: Map<string, StepRecord>;
  readonly tasks: Map<string, Task>;
  readonly usual: { readonly run: number | null; readonly step: (id: string) => number | null };
  timer: AbortController | null;
  /** Of the last end; null while it goes on. */
  verdict: Verdict | null;
  reasons: readonly Reason[];
  readonly waiters: Set<() => void>;
}
