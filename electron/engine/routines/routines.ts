import { userInfo } from 'node:os';
import { delimiter } from 'node:path';
import type { EngineView } from '../../../shared/contract/engines.ts';
import type { RoutineRun } from '../../../shared/contract/routines.ts';
import type { StateChange } from '../../../shared/contract/streams.ts';
import type { EngineApi } from '../api.ts';
import type { Environments } from '../environments/service.ts';
import type { GoldenService } from '../golden/golden.ts';
import type { OperationsRunner } from '../operations/runner-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { Files } from '../platform/files.ts';
import { readPower } from '../platform/power.ts';
import type { RunProcess } from '../platform/processes.ts';
import { readSmall } from '../platform/small-files.ts';
import { alive, runSupervised } from '../platform/supervised.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import type { StackRuntime } from '../providers/provider.ts';
import type { Database } from '../storage/database.ts';
import type { Flows } from '../streams/flow.ts';
import { createDurations } from './durations.ts';
import { joinFacts, ownFacts } from './facts.ts';
import { type AnyStep, createStepBook } from './kinds.ts';
import { createOutputBook } from './output-book.ts';
import { createRoutinesApi, type OwnRoutinesApi, type RoutinesApiDeps, startRoutine } from './routines-api.ts';
import { createRunStore } from './run-store.ts';
import { createRunner } from './runner.ts';
import { lookAtServices } from './services.ts';
import { createShownRuns } from './shown-runs.ts';
import type { Facts } from './step-types.ts';
import { type AsRoutine, asRoutine } from './steps/as-routine.ts';
import { engineStep } from './steps/engine-step.ts';
import { findEngineWays } from './steps/engine-ways.ts';
import { goldenCaptureStep } from './steps/golden-capture-step.ts';
import { goldenRestoreStep } from './steps/golden-restore-step.ts';
import { healthStep } from './steps/health-step.ts';
import { readyStep } from './steps/ready-step.ts';
import { runStep } from './steps/run-step.ts';
import { createServiceChecks } from './steps/service-checks.ts';
import { stackDownStep, stackRestartStep, stackStopStep, stackUpStep } from './steps/stack-steps.ts';
import { together } from './together.ts';
import { createTrust } from './trust.ts';

export interface RoutinesDeps {
  readonly clock: Clock;
  readonly files: Files;
  readonly runProcess: RunProcess;
  readonly database: Database;
  readonly environment: Readonly<Record<string, string>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly environments: Environments;
  readonly operations: OperationsRunner;
  readonly flows: Flows;
  /** Takes secrets out of what steps write. */
  readonly hide: (text: string) => string;
  readonly runtime: Pick<StackRuntime, 'containers'>;
  readonly docker: CurrentDocker;
  readonly golden: Pick<GoldenService, 'measureChange' | 'dataOrigin'>;
  readonly selectedEngine: () => EngineView | undefined;
  readonly publish: (change: StateChange) => void;
  /** The engine's own surface, as far as steps use it. */
  readonly api: () => Pick<EngineApi, 'engines' | 'environments' | 'golden' | 'health'>;
  /** Steps and facts of other parts: git, configuration, summary. */
  readonly steps: readonly AnyStep[];
  readonly facts: readonly Facts[];
  /** When a routine starts by itself. */
  readonly scheduleOf?: RoutinesApiDeps['scheduleOf'];
  readonly onJournal?: ((point: string) => void) | undefined;
}

export interface Routines {
  readonly api: OwnRoutinesApi;
  /** All running, and the newest ended of each routine. */
  shown(): RoutineRun[];
  /** That began within, the end not included; ISO times. Newest first. */
  within(from: string, to: string): RoutineRun[];
  /** What is under way, for those who ask whether the engine may close. */
  running(): RoutineRun[];
  /** Runs that go on. One that only waits for an answer keeps nobody. */
  busy(): { readonly title: string }[];
  /** Checks and starts; throws what keeps it from starting. For schedules. */
  start(
    wish: { readonly environmentId: string; readonly routine: string; readonly trigger: RoutineRun['trigger'] },
    signal: AbortSignal,
  ): Promise<string>;
  settled(runId: string, signal: AbortSignal): Promise<RoutineRun>;
  /** Median of earlier runs that ended well, ms. */
  usualMs(environmentId: string, routine: string): number | null;
  readonly facts: Facts;
  /** For steps of other parts. */
  readonly as: AsRoutine;
  forget(environmentId: string): void;
  /** Goes on with what an earlier life left. After `operations.recover`. */
  recover(): void;
  /** Before the operations are closed. */
  close(): Promise<void>;
}

/** The routines engine, put together from the engine's parts. */
export function createRoutines(deps: RoutinesDeps): Routines {
  const { clock, environments, api } = deps;
  const user = userInfo().username;
  const store = createRunStore(deps.database);
  const durations = createDurations(store);
  const output = createOutputBook({ clock, flows: deps.flows, hide: deps.hide });
  const checks = createServiceChecks({
    runtime: deps.runtime,
    checks: (environmentId, signal) => api().health.checks({ environmentId }, call(signal)),
    probe: (environmentId, service, signal) => api().health.probe({ environmentId, service }, call(signal)),
  });
  const call = (signal: AbortSignal) => ({ actor: { door: 'engine', user } as const, signal });
  const as = asRoutine(user, (runId) => runner.get(runId).title);

  let found: Promise<unknown> | undefined;
  /** The first list waits for the first search. */
  const looked = (): Promise<unknown> => {
    found ??= api().engines.list(undefined, call(new AbortController().signal));
    return found;
  };
  const measured = together(deps.golden.measureChange);

  const facts = joinFacts([
    ownFacts({
      clock,
      engineReady: () => deps.selectedEngine()?.state === 'available',
      services: async (target, signal) => lookAtServices(target, await deps.runtime.containers(target, signal)),
      healthState: (environmentId) => environments.get(environmentId).health,
      power: (signal) => readPower({ readSmall, run: deps.runProcess }, deps.platform, signal),
      dataChanged: async (target, signal) => (await measured(target, signal))?.bytes,
      async dataAge(target, signal) {
        const origin = await deps.golden.dataOrigin(target, signal);
        return origin === undefined ? undefined : Math.max(0, clock.now().getTime() - Date.parse(origin.at));
      },
    }),
    ...deps.facts,
  ]);
  const images = { api: () => api().golden, golden: { ...deps.golden, measureChange: measured }, as, clock };
  const stack = { checks, environments: () => api().environments, as };
  const own = [
    engineStep({
      clock,
      runProcess: deps.runProcess,
      environment: deps.environment,
      selected: deps.selectedEngine,
      detect: (signal) => api().engines.detect(undefined, call(signal)),
      ways: () =>
        findEngineWays({
          files: deps.files,
          platform: deps.platform,
          home: deps.home,
          path: (deps.environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
        }),
    }),
    healthStep(checks),
    readyStep(checks, clock),
    stackUpStep(stack),
    stackStopStep(stack),
    stackDownStep(stack),
    stackRestartStep(stack),
    goldenRestoreStep(images),
    goldenCaptureStep(images),
    runStep({
      files: deps.files,
      run: runSupervised,
      docker: deps.docker,
      runtime: deps.runtime,
      environment: deps.environment,
      alive,
    }),
  ] as unknown as AnyStep[];
  const book = createStepBook([...own, ...deps.steps]);

  const shown = createShownRuns({
    store,
    view: (id) => runner.get(id),
    known: (environmentId) => environments.rows().some(({ id }) => id === environmentId),
    publish: deps.publish,
  });
  const runner = createRunner(
    {
      clock,
      store,
      book,
      facts,
      output,
      operations: deps.operations,
      looked,
      resolveTarget: environments.resolveRunning,
      onChange(run) {
        if (run.state === 'ended') durations.forget(run.environmentId, run.routine);
        shown.put(run);
      },
      onJournal: deps.onJournal,
    },
    durations,
  );
  const trust = createTrust({ database: deps.database, clock, book });
  const wholeDeps: RoutinesApiDeps = {
    book,
    facts,
    clock,
    store,
    runner,
    durations,
    output,
    trust,
    resolveTarget: environments.lookAtTarget,
    resolveRunning: environments.resolveRunning,
    scheduleOf: deps.scheduleOf ?? (() => null),
  };

  return {
    api: createRoutinesApi(wholeDeps),
    shown: shown.list,
    within: (from, to) =>
      store
        .list({ limit: 500 })
        .map(({ id }) => runner.get(id))
        .filter((run) => run.startedAt >= from && run.startedAt < to),
    running: () => runner.running(),
    busy: () =>
      runner
        .running()
        .filter(
          ({ steps }) =>
            steps.some(({ state }) => state === 'running') || !steps.some(({ state }) => state === 'asking'),
        ),
    start: (wish, signal) => startRoutine(wholeDeps, { ...wish, sequential: false }, signal),
    settled: runner.settled,
    usualMs: (environmentId, routine) => durations.usual(environmentId, routine).run,
    facts,
    as,
    forget: shown.forget,
    recover: runner.recover,
    close: runner.close,
  };
}
