import type { RoutineStepView, RoutineView } from '../../../shared/contract/routines.ts';
import { namesIn, parseCondition } from '../../../shared/domain/condition.ts';
import { conditionHolds } from '../../../shared/domain/condition-value.ts';
import { trendOf } from '../../../shared/domain/routine-trend.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { EnvironmentTarget } from '../providers/provider.ts';
import { type DeclareDeps, type DeclaredRoutine, declaredRoutines, refuseFaulty, routineNamed } from './declare.ts';
import { type Durations, endedWell, stepMs } from './durations.ts';
import type { OutputBook } from './output-book.ts';
import type { RunStore } from './run-store.ts';
import type { RoutineRunner } from './runner.ts';
import type { StartRun } from './runner-types.ts';
import { refuseGoingOn, refuseUntrusted, type Trust } from './trust.ts';

/** Runs that a trend looks back at. */
const trendRuns = 60;

export interface RoutinesApiDeps extends DeclareDeps {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly runner: RoutineRunner;
  readonly durations: Durations;
  readonly output: OutputBook;
  readonly trust: Trust;
  /** When it starts by itself; null: never. */
  readonly scheduleOf: (environmentId: string, routine: DeclaredRoutine) => RoutineView['schedule'];
}

export type OwnRoutinesApi = Pick<
  EngineApi['routines'],
  | 'list'
  | 'preview'
  | 'run'
  | 'get'
  | 'runs'
  | 'cancel'
  | 'retry'
  | 'skip'
  | 'answer'
  | 'output'
  | 'trend'
  | 'trust'
  | 'agree'
  | 'withdraw'
>;

/** Reads, checks and starts: what a person and a schedule have in common. */
export async function startRoutine(
  deps: Pick<RoutinesApiDeps, keyof DeclareDeps | 'runner' | 'trust'>,
  wish: Pick<StartRun, 'environmentId' | 'routine' | 'trigger'> & { readonly sequential: boolean },
  signal: AbortSignal,
): Promise<string> {
  const declared = await declaredRoutines(deps, wish.environmentId, signal);
  const routine = routineNamed(wish.routine, declared);
  refuseFaulty(routine);
  refuseUntrusted(routine, await deps.trust.view(declared.target, routine, signal));
  return deps.runner.start({
    ...wish,
    title: routine.title,
    budgetMs: routine.budgetMs,
    plan: routine.steps.map(({ position: _, ...step }) => step),
  });
}

export function createRoutinesApi(deps: RoutinesApiDeps): OwnRoutinesApi {
  async function viewOf(
    target: EnvironmentTarget,
    routine: DeclaredRoutine,
    signal: AbortSignal,
    now: (step: DeclaredRoutine['steps'][number]) => Promise<Pick<RoutineStepView, 'now' | 'skips'>>,
  ): Promise<RoutineView> {
    const usual = deps.durations.usual(target.id, routine.name);
    const [last] = deps.store.list({ environmentId: target.id, routine: routine.name, limit: 1 });
    return {
      environmentId: target.id,
      name: routine.name,
      title: routine.title,
      source: routine.source,
      ...(routine.position === undefined ? {} : { position: routine.position }),
      budgetMs: routine.budgetMs,
      usualMs: usual.run,
      steps: await Promise.all(
        routine.steps.map(async (step) => ({
          id: step.id,
          uses: step.uses,
          title: step.title,
          needs: [...step.needs],
          if: step.if,
          ...(await now(step)),
          usualMs: usual.step(step.id),
          ...(step.position === undefined ? {} : { position: step.position }),
        })),
      ),
      schedule: deps.scheduleOf(target.id, routine),
      trust: await deps.trust.view(target, routine, signal),
      lastRun:
        last === undefined
          ? null
          : {
              id: last.id,
              at: new Date(last.body.state.startedAt).toISOString(),
              verdict: last.body.verdict,
              tookMs: last.body.verdict === null ? null : last.body.state.spentMs,
            },
      problems: [...routine.problems],
    };
  }

  async function named(environmentId: string, name: string, signal: AbortSignal) {
    const declared = await declaredRoutines(deps, environmentId, signal);
    return { target: declared.target, routine: routineNamed(name, declared) };
  }

  /** An ended run may be opened again long after it was agreed to. */
  async function checkGoingOn(runId: string, signal: AbortSignal): Promise<void> {
    const stored = deps.store.get(runId);
    if (stored === undefined || stored.body.state.phase === 'running') return;
    const target = await deps.resolveRunning(stored.environmentId, signal);
    const steps = stored.body.plan.map((step) => ({ ...step, position: undefined }));
    refuseGoingOn(stored.body.title, await deps.trust.view(target, { name: stored.routine, steps }, signal));
  }

  /** Nothing that cannot be measured keeps the rest from being shown. */
  async function lookAt(target: EnvironmentTarget, step: DeclaredRoutine['steps'][number], signal: AbortSignal) {
    const parsed = step.if === null ? undefined : parseCondition(step.if, deps.facts.names);
    let skips = false;
    if (parsed?.ok === true) {
      const read = namesIn(parsed.condition).map(async (name) => {
        const value = await deps.facts.read(name, target, signal).catch(() => undefined);
        return [name, value] as const;
      });
      skips = !conditionHolds(parsed.condition, Object.fromEntries(await Promise.all(read)));
    }
    if (!deps.book.has(step.uses)) return { now: null, skips };
    const implementation = deps.book.get(step.uses);
    const options = implementation.options.safeParse(step.options);
    if (!options.success) return { now: null, skips };
    const now = await Promise.resolve(implementation.look?.(options.data, { target, signal }))
      .then((words) => words ?? null)
      .catch(() => null);
    signal.throwIfAborted();
    return { now, skips };
  }

  return {
    async list({ environmentId }, { signal }) {
      const { target, routines } = await declaredRoutines(deps, environmentId, signal);
      return Promise.all(
        routines.map((routine) => viewOf(target, routine, signal, async () => ({ now: null, skips: false }))),
      );
    },
    async preview({ environmentId, routine: name }, { signal }) {
      const { target, routine } = await named(environmentId, name, signal);
      return viewOf(target, routine, signal, (step) => lookAt(target, step, signal));
    },
    async run({ environmentId, routine, trigger, sequential }, { signal, actor }) {
      const by = actor.door === 'cli' || actor.door === 'socket' ? 'cli' : trigger;
      const wish = { environmentId, routine, trigger: by, sequential: sequential ?? false };
      return { runId: await startRoutine(deps, wish, signal) };
    },
    get: async ({ runId }) => deps.runner.get(runId),
    runs: async ({ environmentId, routine, limit }) =>
      deps.store.list({ environmentId, routine, limit }).map(({ id }) => deps.runner.get(id)),
    cancel: async ({ runId }) => deps.runner.cancel(runId),
    async retry({ runId, step }, { signal }) {
      await checkGoingOn(runId, signal);
      return deps.runner.retry(runId, step);
    },
    async skip({ runId, step }, { signal }) {
      await checkGoingOn(runId, signal);
      return deps.runner.skip(runId, step);
    },
    answer: async ({ runId, step, answer }) => deps.runner.answer(runId, step, answer),
    async output({ runId, step, flow }, { signal }) {
      deps.runner.get(runId);
      return deps.output.follow({ runId, step, flow }, deps.store.output(runId, step), signal);
    },
    async trend({ environmentId, routine: name }, { signal }) {
      const { routine } = await named(environmentId, name, signal);
      const runs = deps.store
        .list({ environmentId, routine: name, limit: trendRuns })
        .filter(({ body }) => body.verdict !== null)
        .reverse();
      return trendOf(
        routine.title,
        runs.map((run) => ({
          id: run.id,
          at: run.body.state.startedAt,
          tookMs: run.body.state.spentMs,
          verdict: run.body.verdict?.kind ?? 'cancelled',
          counts: endedWell(run),
          steps: run.body.plan.map(({ id, title }) => ({ id, title, ms: stepMs(run, id) })),
        })),
        deps.clock.now().getTime(),
      );
    },
    async trust({ environmentId, routine: name }, { signal }) {
      const { target, routine } = await named(environmentId, name, signal);
      return deps.trust.view(target, routine, signal);
    },
    async agree({ environmentId, routine: name, hash }, { signal }) {
      const { target, routine } = await named(environmentId, name, signal);
      return deps.trust.agree(target, routine, hash, signal);
    },
    async withdraw({ environmentId, routine: name }, { signal }) {
      const { target, routine } = await named(environmentId, name, signal);
      return deps.trust.withdraw(target, routine, signal);
    },
  };
}
