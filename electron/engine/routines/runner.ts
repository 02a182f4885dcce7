import type { RoutineRun } from '../../../shared/contract/routines.ts';
import { advance, nextTick, type RunEvent, startable } from '../../../shared/domain/routine-run.ts';
import { isAbort, toAppError } from '../../../shared/errors.ts';
import { newId } from '../platform/random.ts';
import { refuseOtherAnswer } from './asking.ts';
import { createLiveRun, type DurationBook, pictureOf, restoreLiveRun, stepBodies, withVerdict } from './live-run.ts';
import { busy, leftOff, nothingAsked, notNow, shuttingDown, unknownRun, unknownStep } from './run-errors.ts';
import { freshRecord, type StepRecord, type StoredStep } from './run-store.ts';
import { runView } from './run-view.ts';
import type { LiveRun, RoutineRunner, RunnerDeps, Task } from './runner-types.ts';
import { performStep } from './step-task.ts';

export type { RoutineRunner, RunnerDeps, StartRun } from './runner-types.ts';

const showMs = 80;
/** Runs of one routine that are kept. */
const keptRuns = 100;
/** Doing it again by itself would be wrong, or no use. */
const finalCodes: ReadonlySet<string> = new Set([
  'operation.cancelled',
  'operation.interrupted',
  'guard.untrusted',
  'guard.refused',
  'input.invalid',
]);

/** Runs routines: what may start is started at once, what happened is on disk before what follows from it. */
export function createRunner(deps: RunnerDeps, durations: DurationBook): RoutineRunner {
  const { store, clock } = deps;
  const live = new Map<string, LiveRun>();
  /** Ended, with steps that were left off and are not through with it. */
  const winding = new Map<string, LiveRun>();
  const closing = new AbortController();
  const dirty = new Set<LiveRun>();
  let showTimer: NodeJS.Timeout | undefined;
  const now = (): number => clock.now().getTime();

  function show(run: LiveRun, soon = false): void {
    if (!soon) {
      dirty.delete(run);
      deps.onChange(runView(pictureOf(run)));
      return;
    }
    dirty.add(run);
    showTimer ??= setTimeout(() => {
      showTimer = undefined;
      for (const each of dirty) deps.onChange(runView(pictureOf(each)));
      dirty.clear();
    }, showMs);
  }

  function save(run: LiveRun, steps: Iterable<string>): void {
    const { steps: _, ...state } = run.state;
    run.body = { ...run.body, state, verdict: run.verdict };
    store.save(run, stepBodies(run, steps));
  }

  function dispatch(run: LiveRun, event: RunEvent): void {
    const before = run.state;
    run.state = advance(run.rules, before, event);
    const changed = Object.keys(run.state.steps).filter((id) => run.state.steps[id] !== before.steps[id]);
    const phased = run.state.phase !== before.phase;
    // A pause is over, or nothing is: neither has to be written down.
    if (changed.length === 0 && !phased && event.type === 'tick') {
      pump(run);
      return;
    }
    withVerdict(run);
    save(run, changed);
    for (const id of changed) deps.onJournal?.(`${run.state.steps[id]?.state} ${run.routine}/${id}`);
    for (const [id, task] of run.tasks) {
      const { state } = run.state.steps[id] ?? {};
      const leave = run.state.cancelled || (state !== 'running' && state !== 'asking');
      if (leave && !task.abort.signal.aborted) task.abort.abort(leftOff());
    }
    if (run.state.phase === 'ended') {
      finish(run);
      return;
    }
    show(run);
    pump(run);
  }

  function pump(run: LiveRun): void {
    for (;;) {
      const [id] = startable(run.rules, run.state, now()).filter((each) => run.tasks.get(each) === undefined);
      if (id === undefined) break;
      begin(run, id);
    }
    schedule(run);
  }

  function begin(run: LiveRun, id: string): void {
    const before = run.records.get(id) ?? freshRecord;
    // Answers hold for a try after a pause as well; what was found and kept was that try's.
    run.records.set(id, { ...freshRecord, answers: before.answers });
    deps.output.clear(run.id, id);
    // The task is there before the event is, so that nothing starts it a second time.
    const task = newTask();
    run.tasks.set(id, task);
    dispatch(run, { type: 'started', step: id, at: now() });
    task.ended = watched(perform(run, id, task, false));
  }

  /** Only the disk failing comes here: what is not written down does not go on. */
  const watched = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => console.error('routines: a run stopped:', error));

  function schedule(run: LiveRun): void {
    run.timer?.abort(new DOMException('Another time.', 'AbortError'));
    run.timer = null;
    const at = nextTick(run.rules, run.state);
    if (at === null || closing.signal.aborted) return;
    const timer = new AbortController();
    run.timer = timer;
    const waited = clock.sleep(Math.max(1, at - now()), timer.signal).then(
      () => true,
      () => false,
    );
    void watched(waited.then((due) => (due ? dispatch(run, { type: 'tick', at: now() }) : undefined)));
  }

  async function perform(run: LiveRun, id: string, task: Task, resumed: boolean): Promise<void> {
    const step = run.body.plan.find((each) => each.id === id) as StoredStep;
    const state = run.state.steps[id];
    const record = (): StepRecord => run.records.get(id) ?? freshRecord;
    // A cancelled attempt that is still winding down has nothing to say any more.
    const mine = (): boolean => run.tasks.get(id) === task && !closing.signal.aborted;
    const change = (part: Partial<StepRecord>): void => {
      if (!mine()) return;
      run.records.set(id, { ...record(), ...part });
      withVerdict(run);
      save(run, [id]);
      show(run, true);
    };
    let event: RunEvent;
    try {
      const outcome = await performStep(deps, {
        runId: run.id,
        environmentId: run.environmentId,
        step,
        attempt: state?.attempts ?? 1,
        resumed,
        record,
        change,
        show(now) {
          task.live = { ...task.live, ...now };
          if (mine()) show(run, true);
        },
        output(text) {
          if (!mine()) return;
          deps.output.add(run.id, id, text);
          if (!record().hasOutput) change({ hasOutput: true });
        },
        async ask(question, signal) {
          signal.throwIfAborted();
          const answer = new Promise<Parameters<NonNullable<Task['question']>['resolve']>[0]>((resolve, reject) => {
            task.question = { resolve };
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
          dispatch(run, { type: 'asked', step: id, question, at: now() });
          return answer;
        },
        signal: task.abort.signal,
        closing: closing.signal,
      });
      if (outcome.undo !== undefined || outcome.headline !== undefined)
        run.records.set(id, { ...record(), undo: outcome.undo ?? null, headline: outcome.headline ?? null });
      event = { type: 'done', step: id, at: now(), result: outcome.result, skipped: outcome.state === 'skipped' };
    } catch (error) {
      event = failure(run, id, task, error);
    }
    if (!mine()) return;
    run.tasks.delete(id);
    const kept = deps.output.end(run.id, id);
    if (kept !== undefined) store.saveOutput(run.id, id, kept);
    dispatch(run, { ...event, at: now() });
    if (run.tasks.size === 0) winding.delete(run.id);
  }

  function failure(run: LiveRun, id: string, task: Task, error: unknown): RunEvent {
    const shape = toAppError(error).toShape();
    const stopped = task.abort.signal.aborted && (isAbort(error) || shape.code === 'operation.cancelled');
    if (stopped && run.state.cancelled) return { type: 'stopped', step: id, at: now() };
    return { type: 'failed', step: id, at: now(), error: shape, final: finalCodes.has(shape.code) };
  }

  function finish(run: LiveRun): void {
    run.timer?.abort(new DOMException('Over.', 'AbortError'));
    run.timer = null;
    live.delete(run.id);
    if (run.tasks.size > 0) winding.set(run.id, run);
    for (const id of store.trim(run.environmentId, run.routine, keptRuns)) live.delete(id);
    show(run);
    for (const wake of run.waiters) wake();
    run.waiters.clear();
  }

  function find(id: string): LiveRun {
    const running = live.get(id) ?? winding.get(id);
    if (running !== undefined) return running;
    const stored = store.get(id);
    if (stored === undefined) throw unknownRun(id);
    return restoreLiveRun(stored, durations);
  }

  /** An ended run that goes on is one that goes on: it wants the environment to itself. */
  function reopened(id: string, step: string, event: 'retry' | 'skip'): RoutineRun {
    const run = find(id);
    if (!Object.hasOwn(run.state.steps, step)) throw unknownStep(run, step);
    const can = runView(pictureOf(run)).steps.find((each) => each.id === step)?.can[event];
    if (can !== true) throw notNow(run, step, event);
    if (run.state.phase === 'ended') {
      refuseSecond(run.environmentId);
      winding.delete(run.id);
      live.set(run.id, run);
    }
    if (event === 'retry') run.records.set(step, freshRecord);
    dispatch(run, { type: event, step, at: now() });
    return runView(pictureOf(run));
  }

  function refuseSecond(environmentId: string): void {
    const other = [...live.values()].find((each) => each.environmentId === environmentId);
    if (other !== undefined) throw busy(other);
  }

  return {
    start(wish) {
      closing.signal.throwIfAborted();
      refuseSecond(wish.environmentId);
      const run = createLiveRun(newId(clock.now()), wish, now(), durations);
      withVerdict(run);
      save(run, Object.keys(run.state.steps));
      deps.onJournal?.(`begin ${run.routine}`);
      live.set(run.id, run);
      show(run);
      // Whoever started it knows its id before anything of it happens.
      void watched(Promise.resolve().then(() => pump(run)));
      return run.id;
    },
    recover() {
      for (const stored of store.unfinished()) {
        const run = restoreLiveRun(stored, durations);
        run.body = { ...run.body, resumed: true };
        live.set(run.id, run);
        const under = Object.keys(run.state.steps).filter((id) =>
          ['running', 'asking'].includes(run.state.steps[id]?.state ?? ''),
        );
        for (const id of under) run.tasks.set(id, newTask());
        dispatch(run, { type: 'resumed', at: now() });
        for (const id of under) {
          const task = run.tasks.get(id);
          if (task !== undefined) task.ended = watched(perform(run, id, task, true));
        }
      }
    },
    get: (id) => runView(pictureOf(find(id))),
    cancel(id) {
      const run = find(id);
      if (run.state.phase === 'running') dispatch(run, { type: 'cancel', at: now() });
      return runView(pictureOf(run));
    },
    retry: (id, step) => reopened(id, step, 'retry'),
    skip: (id, step) => reopened(id, step, 'skip'),
    answer(id, step, answer) {
      const run = find(id);
      const asking = run.state.steps[step];
      if (asking === undefined) throw unknownStep(run, step);
      const task = run.tasks.get(step);
      if (asking.question === null || task?.question == null) throw nothingAsked(run, step);
      refuseOtherAnswer(asking.question, answer);
      const { resolve } = task.question;
      task.question = null;
      dispatch(run, { type: 'answered', step, at: now() });
      resolve(answer);
      return runView(pictureOf(run));
    },
    running: (environmentId) =>
      [...live.values()]
        .filter((run) => environmentId === undefined || run.environmentId === environmentId)
        .map((run) => runView(pictureOf(run))),
    async settled(id, signal) {
      const run = live.get(id);
      if (run !== undefined)
        await new Promise<void>((resolve, reject) => {
          run.waiters.add(resolve);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      return runView(pictureOf(find(id)));
    },
    async close() {
      closing.abort(shuttingDown());
      for (const run of live.values()) run.timer?.abort(shuttingDown());
      const tasks = [...live.values(), ...winding.values()].flatMap((run) => [...run.tasks.values()]);
      await Promise.allSettled(tasks.map((task) => task.ended));
      clearTimeout(showTimer);
    },
  };
}

function newTask(): Task {
  return {
    abort: new AbortController(),
    ended: Promise.resolve(),
    live: { detail: null, progress: null },
    question: null,
  };
}
