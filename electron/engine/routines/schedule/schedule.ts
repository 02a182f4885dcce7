import type { MachineNews } from '../../../../shared/contract/health.ts';
import type { RoutineView } from '../../../../shared/contract/routines.ts';
import type { Notice } from '../../../../shared/domain/alert-types.ts';
import { durationMs } from '../../../../shared/domain/duration.ts';
import type { DeclaredSections } from '../../../../shared/domain/golden-file.ts';
import { defaultRoutines, isDefaultRoutine } from '../../../../shared/domain/routine-defaults.ts';
import type { Schedule } from '../../../../shared/domain/routine-file.ts';
import { defaultBudgetMs } from '../../../../shared/domain/routine-plan.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EngineApi } from '../../api.ts';
import type { Clock } from '../../platform/clock.ts';
import { readMetered } from '../../platform/metered.ts';
import { readPower } from '../../platform/power.ts';
import type { RunProcess } from '../../platform/processes.ts';
import { readSmall } from '../../platform/small-files.ts';
import { scheduleFaults } from '../../stacks/golden-file/check-schedule.ts';
import type { Database } from '../../storage/database.ts';
import { endedWell } from '../durations.ts';
import type { Routines } from '../routines.ts';
import { createRunStore } from '../run-store.ts';
import { createScheduleStore } from './schedule-store.ts';
import { refusalNotice, verdictNotice } from './schedule-words.ts';
import { createScheduler, type History, type Proposal } from './scheduler.ts';

export interface ScheduleDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly runProcess: RunProcess;
  readonly platform: NodeJS.Platform;
  readonly routines: Pick<Routines, 'start' | 'settled' | 'running'>;
  readonly stackName: (environmentId: string) => string;
  readonly say: (notice: Notice) => void;
}

export interface Schedules {
  readonly api: Pick<EngineApi['routines'], 'schedule'>;
  scheduleOf(
    environmentId: string,
    routine: { readonly name: string; readonly declaration: { readonly schedule?: Schedule | undefined } },
  ): RoutineView['schedule'];
  /** What the files of an environment say now. */
  declare(environmentId: string, declared: DeclaredSections | undefined): void;
  machine(news: MachineNews): void;
  forget(environmentId: string): void;
  run(signal: AbortSignal): Promise<void>;
}

const lookedAt = 20;
/** Durations are asked for at every look, and change with a run. */
const rememberMs = 5 * 60_000;
const lowBattery = 0.2;
const askMs = 10_000;

/** When routines start by themselves, put together from the engine's parts. */
export function createSchedules(deps: ScheduleDeps): Schedules {
  const { clock, routines } = deps;
  const runs = createRunStore(deps.database);
  const lastStart = deps.database.prepare(
    "SELECT json_extract(body, '$.state.startedAt') AS at FROM routine_runs WHERE environment_id = ? AND routine = ? ORDER BY id DESC LIMIT 1",
  );
  const declared = new Map<string, DeclaredSections>();
  const durations = new Map<string, { readonly at: number; readonly ms: readonly number[] }>();
  let stop: AbortSignal | null = null;
  const now = (): number => clock.now().getTime();

  function proposal(environmentId: string, routine: string): Proposal | undefined {
    const sections = declared.get(environmentId);
    const own = sections?.routines?.[routine];
    if (sections === undefined || (own === undefined && !isDefaultRoutine(routine))) return undefined;
    return { schedule: own?.schedule ?? null, budgetMs: durationMs(own?.budget ?? '') ?? defaultBudgetMs };
  }

  function durationsOf(environmentId: string, routine: string): readonly number[] {
    const key = `${environmentId} ${routine}`;
    const known = durations.get(key);
    if (known !== undefined && Math.abs(clock.monotonic() - known.at) < rememberMs) return known.ms;
    const ms = runs
      .list({ environmentId, routine, limit: lookedAt })
      .filter(endedWell)
      .map(({ body }) => body.state.spentMs);
    durations.set(key, { at: clock.monotonic(), ms });
    return ms;
  }

  function history(environmentId: string, routine: string): History {
    const row = lastStart.get(environmentId, routine) as { at: number | null } | undefined;
    return { durationsMs: durationsOf(environmentId, routine), ranAt: row?.at ?? null };
  }

  async function against(schedule: Schedule, signal: AbortSignal): Promise<string | null> {
    const asked = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
    if (schedule.skip_on_low_battery !== false) {
      // A battery that does not say how full it is keeps nothing from being done.
      const power = await readPower({ readSmall, run: deps.runProcess }, deps.platform, asked).catch(() => null);
      const ratio = power?.batteryRatio ?? null;
      if (power !== null && power.source !== 'mains' && ratio !== null && ratio < lowBattery)
        return `on battery with ${Math.round(ratio * 100)} %`;
    }
    if (schedule.skip_on_metered === true && (await readMetered(deps.platform, asked))) return 'on a metered network';
    return null;
  }

  const titleOf = (environmentId: string, routine: string): string =>
    declared.get(environmentId)?.routines?.[routine]?.title ??
    (isDefaultRoutine(routine) ? defaultRoutines[routine] : routine);

  const scheduler = createScheduler({
    clock,
    store: createScheduleStore(deps.database),
    proposal,
    history,
    busy: (environmentId) => routines.running().some((run) => run.environmentId === environmentId),
    start: routines.start,
    against,
    onStarted({ runId, schedule }) {
      if (stop === null) return;
      routines.settled(runId, stop).then(
        (run) => {
          durations.clear();
          const notice = verdictNotice(run, schedule, deps.stackName(run.environmentId), now());
          if (notice !== null) deps.say(notice);
        },
        // The engine closes; the next life goes on with the run.
        () => undefined,
      );
    },
    onRefused(environmentId, routine, error) {
      const about = {
        environmentId,
        routine,
        title: titleOf(environmentId, routine),
        stack: deps.stackName(environmentId),
      };
      deps.say(refusalNotice(about, error, now()));
    },
  });

  return {
    api: {
      async schedule({ environmentId, routine, schedule, enabled }) {
        const known = proposal(environmentId, routine);
        if (known === undefined) throw notThere(environmentId, routine);
        const [fault] = schedule === null ? [] : scheduleFaults(schedule);
        if (fault !== undefined)
          throw new AppError({ code: 'input.invalid', message: fault.message, remedy: fault.remedy });
        if (enabled && schedule === null && known.schedule === null) throw nothingProposed(routine);
        scheduler.set(environmentId, routine, schedule, enabled);
        return scheduler.view(environmentId, routine, known.schedule);
      },
    },
    scheduleOf: (environmentId, { name, declaration }) =>
      scheduler.view(environmentId, name, declaration.schedule ?? null),
    declare(environmentId, sections) {
      declared.set(environmentId, sections ?? {});
    },
    machine(news) {
      if (news.kind === 'unlock' || news.kind === 'resume') scheduler.wake(news.kind);
    },
    forget(environmentId) {
      declared.delete(environmentId);
      scheduler.forget(environmentId);
    },
    run(signal) {
      stop = signal;
      return scheduler.run(signal);
    },
  };
}

function notThere(environmentId: string, routine: string): AppError {
  return new AppError({
    code: 'routine.not-found',
    message: `${environmentId} has no routine ${routine}.`,
    remedy: 'List them with `golden run`, or look at golden.yml.',
  });
}

function nothingProposed(routine: string): AppError {
  return new AppError({
    code: 'input.invalid',
    message: `golden.yml does not say when ${routine} starts.`,
    remedy: 'Say when it should.',
  });
}
