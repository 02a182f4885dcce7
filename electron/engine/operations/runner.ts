import type { OperationView } from '../../../shared/contract/operations.ts';
import { AppError, type ErrorShape, isAbort, toAppError } from '../../../shared/errors.ts';
import { abortable } from '../platform/abortable.ts';
import { newId } from '../platform/random.ts';
import { type OperationRow, operationView, stepView } from './journal.ts';
import { cancelledError, cannotCancel, cannotResume, shuttingDown, undoReason, unknownOperation } from './reasons.ts';
import type { OperationsDeps, OperationsRunner } from './runner-types.ts';
import { createStepBook, type StepBook } from './step-book.ts';
import type { OperationKind } from './types.ts';

export type { OperationsDeps, OperationsRunner } from './runner-types.ts';

interface Live {
  readonly row: OperationRow;
  readonly kind: OperationKind<unknown>;
  readonly input: unknown;
  readonly steps: StepBook;
  readonly user: AbortController;
  readonly estimateMs: number | null;
  phase: 'run' | 'undo';
  ended: Promise<void>;
}

const engineLoss: ReadonlySet<string> = new Set(['docker.gone', 'docker.not-responding', 'docker.not-found']);

/** Runs operations from the journal: one at a time per environment, in the order they came. */
export function createOperations(deps: OperationsDeps): OperationsRunner {
  const { journal, clock } = deps;
  const kinds = new Map<string, OperationKind<unknown>>();
  const live = new Map<string, Live>();
  const queues = new Map<string, Promise<void>>();
  const closing = new AbortController();
  const dirty = new Set<string>();
  let flushTimer: NodeJS.Timeout | undefined;

  const now = (): string => clock.now().toISOString();

  function view(id: string): OperationView {
    const running = live.get(id);
    const row = journal.row(id);
    if (row === undefined) throw unknownOperation(id);
    const steps = running?.steps.views() ?? journal.steps(id).map(stepView);
    return operationView(row, steps, running?.estimateMs ?? journal.estimate(row.kind, row.environment_id));
  }

  // Progress can come thousands of times a second; a window cannot use more than a few.
  function changed(id: string, soon = false): void {
    if (soon) {
      dirty.add(id);
      flushTimer ??= setTimeout(() => {
        flushTimer = undefined;
        for (const each of dirty) deps.onChange(view(each));
        dirty.clear();
      }, 80);
      return;
    }
    dirty.delete(id);
    deps.onChange(view(id));
  }

  function setState(operation: Live, state: OperationRow['state']): void {
    operation.row.state = state;
    journal.setState(operation.row.id, state, now());
    deps.onJournal?.(`${state} ${operation.row.kind}`);
    changed(operation.row.id);
  }

  function end(
    operation: Live,
    state: 'done' | 'failed' | 'cancelled',
    error: ErrorShape | null,
    summary: string | null,
    undoable: boolean,
  ): void {
    operation.steps.settle();
    journal.end(operation.row.id, { state, at: now(), error, summary, undoable });
    deps.onJournal?.(`${state} ${operation.row.kind}`);
    changed(operation.row.id);
  }

  async function waitForEngine(operation: Live, error: unknown): Promise<void> {
    const shape = toAppError(error);
    operation.steps.note(`${shape.message} Waiting for the engine to come back.`);
    await deps.engineAvailable(closing.signal);
    operation.steps.note('The engine is back.');
  }

  async function run(operation: Live): Promise<void> {
    const { row, kind, input } = operation;
    const signal = AbortSignal.any([operation.user.signal, closing.signal]);
    let again = false;
    for (;;) {
      try {
        const outcome = await kind.run(input, {
          id: row.id,
          signal,
          resumed: again || row.resumed === 1,
          step: (name, options, body) => operation.steps.run(name, options, signal, body),
          pointOfNoReturn: () => {
            if (row.committed === 1) return;
            signal.throwIfAborted();
            row.committed = 1;
            journal.commit(row.id);
            deps.onJournal?.(`commit ${row.kind}`);
            changed(row.id);
          },
        });
        end(operation, 'done', null, outcome.summary, outcome.undoable ?? false);
        return;
      } catch (error) {
        if (closing.signal.aborted) return;
        const shape = toAppError(error).toShape();
        if (row.committed === 1) {
          if (engineLoss.has(shape.code)) {
            await waitForEngine(operation, error);
            // What was cut off may have been done, or still run: for the kind this is a second life.
            again = true;
            continue;
          }
          end(operation, 'failed', shape, null, false);
          return;
        }
        const cancelled = operation.user.signal.aborted && (isAbort(error) || shape.code === 'operation.cancelled');
        await undo(operation, cancelled ? cancelledError() : shape);
        return;
      }
    }
  }

  async function undo(operation: Live, reason: ErrorShape): Promise<void> {
    operation.phase = 'undo';
    journal.fail(operation.row.id, reason);
    setState(operation, 'undoing');
    for (;;) {
      try {
        await operation.kind.undo(operation.input, {
          id: operation.row.id,
          signal: closing.signal,
          recorded: (name, schema) => operation.steps.recorded(name, schema),
          begun: (name) => operation.steps.begun(name),
          step: (name, title, body) => operation.steps.undo(name, title, closing.signal, body),
        });
        end(operation, reason.code === 'operation.cancelled' ? 'cancelled' : 'failed', reason, null, false);
        return;
      } catch (error) {
        if (closing.signal.aborted) return;
        const shape = toAppError(error).toShape();
        if (engineLoss.has(shape.code)) {
          await waitForEngine(operation, error);
          continue;
        }
        end(
          operation,
          'failed',
          {
            ...reason,
            message: `${reason.message} Bringing back the state before failed too: ${shape.message}`,
            remedy: shape.remedy,
          },
          null,
          false,
        );
        return;
      }
    }
  }

  function enqueue(operation: Live, work: () => Promise<void>): void {
    const { row } = operation;
    live.set(row.id, operation);
    const key = row.environment_id ?? `alone:${row.id}`;
    const before = queues.get(key) ?? Promise.resolve();
    const mine = before.then(async () => {
      // A search for engines that failed must not keep everything waiting for ever: the work itself says what is missing.
      await deps.ready?.catch(() => undefined);
      if (closing.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        // Only the journal itself failing (disk full, file gone) or the end of this life comes here.
        if (!closing.signal.aborted)
          console.error(`operation ${row.id} (${row.kind}) stopped: ${toAppError(error).message}`);
      } finally {
        live.delete(row.id);
        if (queues.get(key) === mine) queues.delete(key);
      }
    });
    operation.ended = mine;
    queues.set(key, mine);
  }

  function prepare(row: OperationRow, kind: OperationKind<unknown>, input: unknown): Live {
    const steps = createStepBook({
      journal,
      clock,
      operationId: row.id,
      closing: closing.signal,
      onChange: (soon) => changed(row.id, soon),
      ...(deps.onJournal === undefined
        ? {}
        : {
            onJournal: (point: string) => deps.onJournal?.(`${point.split(' ')[0]} ${row.kind}/${point.split(' ')[1]}`),
          }),
    });
    return {
      row,
      kind,
      input,
      steps,
      user: new AbortController(),
      estimateMs: journal.estimate(row.kind, row.environment_id),
      phase: 'run',
      ended: Promise.resolve(),
    };
  }

  function startWork(operation: Live): () => Promise<void> {
    return async () => {
      // Cancelled while it was queued, and noted as such then.
      if (operation.user.signal.aborted) return;
      setState(operation, 'running');
      await run(operation);
    };
  }

  function recoverOne(row: OperationRow): void {
    const kind = kinds.get(row.kind);
    const parsed = kind?.input.safeParse(JSON.parse(row.input));
    if (kind === undefined || parsed === undefined || !parsed.success) {
      journal.end(row.id, {
        state: 'failed',
        at: now(),
        error: cannotResume(row.title),
        summary: null,
        undoable: false,
      });
      deps.onChange(view(row.id));
      return;
    }
    const operation = prepare(row, kind, parsed.data);
    if (row.state === 'queued') {
      enqueue(operation, startWork(operation));
      return;
    }
    row.resumed = 1;
    journal.markResumed(row.id);
    if (row.committed === 1) {
      enqueue(operation, startWork(operation));
      return;
    }
    enqueue(operation, () => undo(operation, undoReason(row)));
  }

  return {
    register(list) {
      for (const kind of list) kinds.set(kind.kind, kind as unknown as OperationKind<unknown>);
    },
    recover() {
      for (const row of journal.unfinished()) recoverOne(row);
    },
    start(kind, input, startedBy) {
      if (closing.signal.aborted) throw shuttingDown();
      const parsed = kind.input.parse(input);
      const row: OperationRow = {
        id: newId(clock.now()),
        kind: kind.kind,
        environment_id: kind.environmentId(parsed),
        title: kind.title(parsed),
        input: JSON.stringify(parsed),
        state: 'queued',
        committed: 0,
        resumed: 0,
        created_at: now(),
        started_at: null,
        ended_at: null,
        error: null,
        summary: null,
        undoable: 0,
        started_by: startedBy === undefined ? null : JSON.stringify(startedBy),
      };
      journal.insert(row);
      const operation = prepare(row, kind as unknown as OperationKind<unknown>, parsed);
      enqueue(operation, startWork(operation));
      changed(row.id);
      return { operationId: row.id };
    },
    cancel(id) {
      const operation = live.get(id);
      const current = view(id);
      if (operation === undefined || !current.cancellable) {
        throw cannotCancel(current.title, operation === undefined);
      }
      operation.user.abort(new AppError(cancelledError()));
      if (operation.row.state === 'queued') {
        // Written down now, not when its turn comes: a restart before that must not run it after all.
        live.delete(id);
        end(operation, 'cancelled', cancelledError(), null, false);
      } else if (operation.row.state === 'running') setState(operation, 'cancelling');
      return view(id);
    },
    list: (limit, options) => journal.recent(limit, options).map((row) => view(row.id)),
    within: (from, to) => journal.within(from, to).map((row) => view(row.id)),
    get: view,
    log: (id) => journal.readLog(id),
    dismiss(id) {
      if (live.has(id))
        throw new AppError({
          code: 'guard.refused',
          message: 'This operation is still under way.',
          remedy: 'Cancel it, or wait until it ends.',
        });
      journal.dismiss(id);
      deps.onRemoved(id);
    },
    busy: () => [...live.keys()].map(view),
    async settled(id, signal) {
      const operation = live.get(id);
      if (operation !== undefined) {
        await abortable(operation.ended, signal);
      }
      return view(id);
    },
    async close() {
      closing.abort(shuttingDown());
      await Promise.allSettled([...live.values()].map((operation) => operation.ended));
      clearTimeout(flushTimer);
    },
  };
}
