import { z } from 'zod';
import { type Clock, systemClock } from '../../electron/engine/platform/clock.ts';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import { createDurations } from '../../electron/engine/routines/durations.ts';
import { type AnyStep, createStepBook } from '../../electron/engine/routines/kinds.ts';
import { createOutputBook } from '../../electron/engine/routines/output-book.ts';
import { createRunStore, type StoredStep } from '../../electron/engine/routines/run-store.ts';
import { createRunner } from '../../electron/engine/routines/runner.ts';
import type { StepOperations } from '../../electron/engine/routines/step-task.ts';
import type { StepContext, StepOutcome } from '../../electron/engine/routines/step-types.ts';
import { type Database, openDatabase } from '../../electron/engine/storage/database.ts';
import { createFlows } from '../../electron/engine/streams/flow.ts';
import type { RoutineRun } from '../../shared/contract/routines.ts';
import type { StepKind } from '../../shared/domain/routine-file.ts';
import { waitFor } from './wait.ts';

export const bedEnvironment = 'shop/main';
const target = { id: bedEnvironment, folder: '/shop' } as EnvironmentTarget;

export const noOperations: StepOperations = {
  cancel: () => undefined,
  settled: () => Promise.reject(new Error('no operations here')),
  list: () => [],
};

export type Work = (step: StepContext) => Promise<StepOutcome>;

/** A step of a plan with everything said that a test does not care about. */
export function planned(id: string, needs: readonly string[] = [], more: Partial<StoredStep> = {}): StoredStep {
  return {
    id,
    uses: 'run',
    title: id,
    options: {},
    needs: [...needs],
    if: null,
    timeoutMs: 10_000,
    retries: { times: 0, pauseMs: 1 },
    optional: false,
    ask: false,
    looksOnly: false,
    anyway: false,
    ...more,
  };
}

/** A runner on a database in memory whose steps do what the test says, by their ids. */
export function routineBed(
  work: Readonly<Record<string, Work>>,
  options: {
    readonly database?: Database;
    readonly operations?: StepOperations;
    readonly clock?: Clock;
    readonly facts?: Readonly<Record<string, number>>;
    readonly uses?: StepKind;
  } = {},
) {
  const database = options.database ?? openDatabase(':memory:');
  const clock = options.clock ?? systemClock;
  const store = createRunStore(database);
  const step = {
    kind: options.uses ?? 'run',
    options: z.object({}),
    title: () => 'Run',
    timeoutMs: 10_000,
    run: (_options: object, context: StepContext) =>
      work[context.stepId]?.(context) ?? Promise.resolve({ result: `${context.stepId} done` }),
  } as unknown as AnyStep;
  const output = createOutputBook({ clock, flows: createFlows() });
  const changes: RoutineRun[] = [];
  const journal: string[] = [];
  const runner = createRunner(
    {
      clock,
      store,
      output,
      book: createStepBook([step]),
      facts: {
        names: Object.fromEntries(
          Object.keys(options.facts ?? {}).map((name) => [name, { type: 'number' as const, about: name }]),
        ),
        read: async (name) => options.facts?.[name],
      },
      operations: options.operations ?? noOperations,
      resolveTarget: async () => target,
      onChange: (run) => changes.push(run),
      onJournal: (point) => journal.push(point),
    },
    createDurations(store),
  );
  const start = (plan: readonly StoredStep[], more: { budgetMs?: number; sequential?: boolean } = {}): string =>
    runner.start({
      environmentId: bedEnvironment,
      routine: 'morning',
      title: 'Morning startup',
      trigger: 'user',
      budgetMs: more.budgetMs ?? 60_000,
      sequential: more.sequential ?? false,
      plan,
    });
  return {
    database,
    store,
    output,
    runner,
    changes,
    journal,
    start,
    ended: (id: string) => runner.settled(id, AbortSignal.timeout(5000)),
    stateOf: (id: string, name: string) => runner.get(id).steps.find((each) => each.id === name)?.state,
    reaches: (id: string, name: string, state: string) =>
      waitFor(() => runner.get(id).steps.find((each) => each.id === name)?.state === state, {
        what: `${name} is ${state}`,
        deadlineMs: 5000,
        intervalMs: 2,
      }),
  };
}
