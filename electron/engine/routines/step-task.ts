import type { OperationView } from '../../../shared/contract/operations.ts';
import type { Reason, StepQuestion } from '../../../shared/contract/routines.ts';
import { namesIn, parseCondition } from '../../../shared/domain/condition.ts';
import { conditionHolds, conditionWords, type KnownFacts } from '../../../shared/domain/condition-value.ts';
import { durationWords } from '../../../shared/domain/condition-words.ts';
import { AppError, isAbort } from '../../../shared/errors.ts';
import type { Clock } from '../platform/clock.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { mayI } from './asking.ts';
import { createDeadline } from './deadline.ts';
import type { StepBook } from './kinds.ts';
import type { StepRecord, StoredStep } from './run-store.ts';
import type { Facts, StepAnswer, StepContext, StepOutcome } from './step-types.ts';

/** A question that nobody answers for so long is taken for not seen. */
const unansweredMs = 4 * 3_600_000;
/** What was told to end and does not is left behind after this. */
const graceMs = 30_000;

/** Operations, as far as steps need them. */
export interface StepOperations {
  cancel(id: string): unknown;
  settled(id: string, signal: AbortSignal): Promise<OperationView>;
  list(limit: number, options: { readonly environmentId: string; readonly all: boolean }): OperationView[];
}

export interface TaskDeps {
  readonly clock: Clock;
  readonly book: StepBook;
  readonly facts: Facts;
  readonly operations: StepOperations;
  /** Resolves once it was looked what Docker engines there are: before, everything would say that there is none. */
  readonly looked?: () => Promise<unknown>;
  /** As the files say now, or said last. */
  readonly resolveTarget: (environmentId: string, signal: AbortSignal) => Promise<EnvironmentTarget>;
}

/** What one attempt at a step needs of the run it belongs to. */
export interface TaskHost {
  readonly runId: string;
  readonly environmentId: string;
  readonly step: StoredStep;
  readonly attempt: number;
  /** An earlier life of the engine began this attempt. */
  readonly resumed: boolean;
  readonly record: () => StepRecord;
  /** On disk when it returns. */
  readonly change: (change: Partial<StepRecord>) => void;
  readonly show: (live: { detail?: string; progress?: LiveStep['progress'] }) => void;
  readonly output: (text: string) => void;
  readonly ask: (question: StepQuestion, signal: AbortSignal) => Promise<StepAnswer>;
  /** Cancelled, left off, or skipped. */
  readonly signal: AbortSignal;
  /** This life of the engine ends. */
  readonly closing: AbortSignal;
}

export interface LiveStep {
  readonly detail: string | null;
  readonly progress: { done: number; total: number | null; unit: 'bytes' | 'items' } | null;
}

const endedStates: readonly OperationView['state'][] = ['done', 'failed', 'cancelled'];

/** One attempt, from its condition to its outcome. Throws what made it fail. */
export async function performStep(deps: TaskDeps, host: TaskHost): Promise<StepOutcome> {
  const { step, record } = host;
  const implementation = deps.book.get(step.uses);
  const deadline = createDeadline(deps.clock, step.timeoutMs, () => tooLong(step));
  const signal = AbortSignal.any([host.signal, host.closing, deadline.signal]);
  let answered = 0;
  let operated = 0;
  let operating = 0;

  async function ask(question: StepQuestion): Promise<StepAnswer> {
    const before = record().answers[answered];
    answered += 1;
    if (before != null && before.text === question.text) return { kind: 'choice', id: before.id };
    deadline.pause();
    const waiting = new AbortController();
    try {
      const unanswered = deps.clock
        .sleep(unansweredMs, waiting.signal)
        .then(() => Promise.reject(nobodyAnswered(question)));
      const answer = await Promise.race([host.ask(question, signal), unanswered]);
      // What was typed in may be secret; a choice is not.
      const kept = answer.kind === 'choice' ? { text: question.text, id: answer.id } : null;
      host.change({ answers: [...record().answers.slice(0, answered - 1), kept] });
      return answer;
    } finally {
      waiting.abort(new DOMException('Answered.', 'AbortError'));
      deadline.resume();
    }
  }

  async function operate(start: () => Promise<{ readonly operationId: string }>): Promise<OperationView> {
    const place = operated;
    operated += 1;
    const earlier = record().operations[place] ?? (host.resumed ? startedBefore(deps, host, place) : undefined);
    operating += 1;
    try {
      if (earlier !== undefined) {
        note(place, earlier);
        const view = await follow(earlier);
        // The end of that life undid it. What was wanted is still wanted.
        if (view.error?.code !== 'operation.interrupted') return wellEnded(view);
      }
      signal.throwIfAborted();
      host.change({ intentAt: deps.clock.now().getTime() });
      const { operationId } = await start();
      note(place, operationId);
      return wellEnded(await follow(operationId));
    } finally {
      operating -= 1;
    }
  }

  function note(place: number, id: string): void {
    host.change({ operations: [...record().operations.slice(0, place), id], intentAt: null });
  }

  /** To its end, whatever happens to the step: nothing is left under way that nobody looks after. */
  async function follow(id: string): Promise<OperationView> {
    const cancel = (): void => {
      if (host.closing.aborted) return;
      try {
        deps.operations.cancel(id);
      } catch {
        // Past the point where it can be cancelled, or over: it is followed to its end.
      }
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const view = await deps.operations.settled(id, host.closing);
      if (!endedStates.includes(view.state)) host.closing.throwIfAborted();
      return view;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  function wellEnded(view: OperationView): OperationView {
    if (view.state === 'done') return view;
    // It was ours to cancel: then the step's own reason says more.
    if (view.state === 'cancelled') signal.throwIfAborted();
    throw new AppError(
      view.error ?? {
        code: 'routine.step-failed',
        message: `"${view.title}" did not end well.`,
        remedy: 'Look at its log.',
      },
    );
  }

  async function work(target: EnvironmentTarget): Promise<StepOutcome> {
    if (step.if !== null) {
      const words = await whyNot(deps, step.if, target, signal);
      if (words !== null) return { state: 'skipped', result: `Not needed: ${words}.` };
    }
    const options = implementation.options.parse(step.options);
    host.change({ folder: implementation.folder?.(options, target) ?? target.folder });
    if (step.ask) {
      const commands = (await implementation.commands?.(options, target, signal)) ?? [];
      const answer = await ask(
        mayI(
          step.title,
          commands.map(({ text }) => text),
        ),
      );
      if (answer.kind === 'choice' && answer.id === 'no') return { state: 'skipped', result: 'Not wanted.' };
    }
    const context: StepContext = {
      runId: host.runId,
      stepId: step.id,
      environmentId: host.environmentId,
      target,
      signal,
      attempt: host.attempt,
      kept: record().kept,
      keep: (data) => host.change({ kept: data }),
      detail: (text) => host.show({ detail: text }),
      progress: (done, total, unit) => host.show({ progress: { done, total, unit } }),
      output: host.output,
      remark: (reason: Omit<Reason, 'step'>) =>
        host.change({ reasons: [...record().reasons, { ...reason, step: step.id }].slice(0, 100) }),
      ask,
      operate,
    };
    signal.throwIfAborted();
    return implementation.run(options, context);
  }

  async function leftBehind(): Promise<never> {
    await aborted(signal);
    do await deps.clock.sleep(graceMs, finished.signal);
    while (operating > 0);
    throw signal.reason;
  }

  const finished = new AbortController();
  const over = leftBehind();
  over.catch(() => undefined);
  try {
    await Promise.race([deps.looked?.().catch(() => undefined), over]);
    const target = await deps.resolveTarget(host.environmentId, signal);
    const outcome = await Promise.race([work(target), over]);
    return outcome;
  } catch (error) {
    // Whatever a library makes of an aborted signal: why it was aborted is what happened. A step may say more.
    const told = error instanceof AppError && !isAbort(error);
    if (deadline.signal.aborted && !host.signal.aborted && !host.closing.aborted && !told) throw deadline.signal.reason;
    throw error;
  } finally {
    deadline.end();
    finished.abort(new DOMException('The step has ended.', 'AbortError'));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Between starting an operation and writing down which, the engine may have ended. */
function startedBefore(deps: TaskDeps, host: TaskHost, place: number): string | undefined {
  const { intentAt, operations } = host.record();
  if (intentAt === null || place !== operations.length) return undefined;
  return deps.operations
    .list(50, { environmentId: host.environmentId, all: true })
    .find(
      (each) =>
        each.kind === host.step.uses && each.startedBy?.who === 'routine' && Date.parse(each.createdAt) >= intentAt,
    )?.id;
}

/** Null: the condition holds. */
async function whyNot(
  deps: TaskDeps,
  text: string,
  target: EnvironmentTarget,
  signal: AbortSignal,
): Promise<string | null> {
  const { names } = deps.facts;
  const parsed = parseCondition(text, names);
  if (!parsed.ok)
    throw new AppError({ code: 'input.invalid', message: parsed.fault.message, remedy: parsed.fault.remedy });
  const { condition } = parsed;
  const known: Record<string, KnownFacts[string]> = {};
  await Promise.all(
    namesIn(condition).map(async (name) => {
      known[name] = await deps.facts.read(name, target, signal);
    }),
  );
  return conditionHolds(condition, known) ? null : conditionWords(condition, names, known) || `${text} is false`;
}

function tooLong({ title, timeoutMs }: StoredStep): AppError {
  return new AppError({
    code: 'operation.timeout',
    message: `${title} did not end within ${durationWords(timeoutMs)}.`,
    remedy: 'Try it again, or give the step a longer timeout.',
  });
}

function nobodyAnswered({ text }: StepQuestion): AppError {
  return new AppError({
    code: 'operation.timeout',
    message: `Nobody answered: ${text}`,
    remedy: 'Retry the step when you can answer.',
  });
}
