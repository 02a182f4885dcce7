import type { MachineNews } from '../../shared/contract/health.ts';
import type { StateChange } from '../../shared/contract/streams.ts';
import type { DeclaredSections } from '../../shared/domain/golden-file.ts';
import type { Call, EngineApi } from './api.ts';
import { type ConfigSyncDeps, createConfigSync } from './config-sync/config-sync.ts';
import type { EngineOptions } from './engine-types.ts';
import type { Engines } from './engines/engines.ts';
import type { Environments } from './environments/service.ts';
import type { LoadedStack } from './environments/stack-loader.ts';
import { createGit } from './git/git.ts';
import type { Notifier } from './health/notifier.ts';
import type { OperationsRunner } from './operations/runner-types.ts';
import type { Clock } from './platform/clock.ts';
import type { Files } from './platform/files.ts';
import type { RunProcess } from './platform/processes.ts';
import type { StackRuntime } from './providers/provider.ts';
import { createEditing } from './routines/editing/editing.ts';
import { createIdleWatch } from './routines/idle/idle.ts';
import { createUseBook } from './routines/idle/use-book.ts';
import { createRoutines, type Routines, type RoutinesDeps } from './routines/routines.ts';
import { createSchedules } from './routines/schedule/schedule.ts';
import type { Database } from './storage/database.ts';
import type { Flows } from './streams/flow.ts';
import { createSummary } from './summary/summary.ts';

export interface DayPartsDeps extends Pick<ConfigSyncDeps, 'settings' | 'secrets' | 'remote'> {
  readonly options: EngineOptions;
  readonly clock: Clock;
  readonly files: Files;
  readonly runProcess: RunProcess;
  readonly database: Database;
  readonly environments: Environments;
  readonly operations: OperationsRunner;
  readonly flows: Flows;
  readonly publish: (change: StateChange) => void;
  readonly engines: Pick<Engines, 'selected' | 'current'>;
  readonly golden: RoutinesDeps['golden'];
  readonly runtime: Pick<StackRuntime, 'containers'>;
  readonly notifier: () => Pick<Notifier, 'say' | 'withdraw'>;
  /** The engine's own surface, as far as these parts use it. */
  readonly api: () => EngineApi;
}

export interface DayParts {
  readonly api: Pick<EngineApi, 'git' | 'routines' | 'summary'>;
  readonly routines: Routines;
  /** What the files of an environment say now. */
  declare(environmentId: string, loaded: LoadedStack): void;
  machine(news: MachineNews): void;
  forget(environmentId: string): void;
  /** The engine's surface, with an eye on which environments people use. */
  watched(api: EngineApi): EngineApi;
  /** Starts what is scheduled and asks about what is idle, until the signal ends. */
  run(signal: AbortSignal): Promise<void>;
}

/** What the two hours of the day are made of: repositories, routines with all their steps, and the summary. */
export function createDayParts(deps: DayPartsDeps): DayParts {
  const { options, clock, files, runProcess, environments, operations, api } = deps;
  const git = createGit({
    ...{ files, clock, environments, environment: options.environment, run: runProcess },
    dataFolder: options.dataFolder,
    restart: (...args) => api().environments.restart(...args),
  });
  const summary = createSummary({
    clock,
    environments: environments.list,
    operations: operations.within,
    runs: (from, to) => routines.within(from, to),
    incidents: async (from, to, signal) => {
      const found = await api().incidents.list({ since: from, limit: 1000 }, byItself(signal));
      return found.filter((one) => one.from < to);
    },
    timeline: (environmentId, from, to, signal) => api().health.timeline({ environmentId, from, to }, byItself(signal)),
    repositories: git.dayOf,
  });
  const config = createConfigSync({
    ...{ options, clock, files, runProcess, api, database: deps.database },
    ...{ settings: deps.settings, secrets: deps.secrets, remote: deps.remote },
    load: environments.load,
    as: (step) => routines.as(step),
  });
  const routines = createRoutines({
    ...{ clock, files, runProcess, environments, operations, api },
    ...{
      database: deps.database,
      flows: deps.flows,
      hide: deps.secrets.hide,
      publish: deps.publish,
      runtime: deps.runtime,
    },
    ...{ environment: options.environment, home: options.home, platform: process.platform },
    ...{ docker: deps.engines.current, golden: deps.golden },
    selectedEngine: deps.engines.selected,
    steps: [...git.steps, ...config.steps, summary.step as never],
    facts: [git.facts],
    scheduleOf: (...args) => schedules.scheduleOf(...args),
    onJournal: options.onJournal,
  });
  const schedules = createSchedules({
    ...{ clock, runProcess, routines, database: deps.database, platform: process.platform },
    stackName: (environmentId) => environments.row(environmentId).stackName,
    say: (notice) => deps.notifier().say(notice),
  });
  const uses = createUseBook(() => clock.now().getTime());
  const declared = new Map<string, DeclaredSections>();
  const idle = createIdleWatch({
    ...{ clock, files, uses, api },
    environments: environments.list,
    ruleOf: (environmentId) => declared.get(environmentId)?.day?.idle,
    busy: (environmentId) =>
      [...operations.busy(), ...routines.running()].some((each) => each.environmentId === environmentId),
    say: (notice) => deps.notifier().say(notice),
    withdraw: (noticeId) => deps.notifier().withdraw(noticeId),
  });
  const editing = createEditing({
    files,
    folderOf: (environmentId) => environments.row(environmentId).folder,
    load: environments.load,
    has: () => true,
  });
  return {
    api: { git: git.api, routines: { ...routines.api, ...editing.api, ...schedules.api }, ...summary.api },
    routines,
    declare(environmentId, loaded) {
      declared.set(environmentId, loaded.declared ?? {});
      schedules.declare(environmentId, loaded.declared);
    },
    machine: schedules.machine,
    forget(environmentId) {
      routines.forget(environmentId);
      schedules.forget(environmentId);
      declared.delete(environmentId);
      uses.forget(environmentId);
    },
    watched: uses.watched,
    async run(signal) {
      await Promise.all([schedules.run(signal), idle.run(signal)]);
    },
  };
}

const byItself = (signal: AbortSignal): Call => ({ actor: { door: 'engine', user: '' }, signal });
