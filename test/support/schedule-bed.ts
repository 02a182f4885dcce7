import { createScheduleStore } from '../../electron/engine/routines/schedule/schedule-store.ts';
import type { Proposal, SchedulerDeps } from '../../electron/engine/routines/schedule/scheduler.ts';
import { createScheduler } from '../../electron/engine/routines/schedule/scheduler.ts';
import { openDatabase } from '../../electron/engine/storage/database.ts';
import type { Schedule } from '../../shared/domain/routine-file.ts';
import { AppError } from '../../shared/errors.ts';

export const environmentId = 'shop/main';
export const timezone = 'Europe/Berlin';

export interface Started {
  readonly at: number;
  readonly routine: string;
  readonly trigger: string;
  /** What `handledUntil` was when it was started. */
  readonly handledUntil: number;
}

/** A schedule with a clock that only the test moves. Nothing of it waits. */
export function scheduleBed(start: string, proposals: Readonly<Record<string, Schedule | null>>) {
  const database = openDatabase(':memory:');
  const store = createScheduleStore(database);
  const stop = new AbortController();
  let wall = Date.parse(start);
  let monotonic = 0;
  const started: Started[] = [];
  const refusals: AppError[] = [];
  const bed = {
    started,
    refusals,
    store,
    durationsMs: [] as number[],
    busy: false,
    against: null as string | null,
    refuse: null as AppError | null,
    ranAt: new Map<string, number>(),
    proposals: { ...proposals } as Record<string, Schedule | null>,
    scheduler: undefined as unknown as ReturnType<typeof createScheduler>,
    now: () => wall,
    /** A new life of the engine, over the same disk. */
    restart() {
      bed.scheduler = createScheduler(deps);
    },
    /** Lets time pass, looking when something may be due, and every quarter of an hour at the least. */
    async pass(ms: number) {
      let next = 60_000;
      for (let left = ms; left > 0; ) {
        const step = Math.min(left, Math.max(60_000, Math.min(next, 900_000)));
        left -= step;
        wall += step;
        monotonic += step;
        next = await bed.look();
      }
    },
    /** Nobody looks for a while: asleep, as the monotonic clock does not count sleep. */
    sleep(ms: number) {
      wall += ms;
    },
    async until(time: string) {
      await bed.pass(Date.parse(time) - wall);
    },
    setClock(time: string) {
      wall = Date.parse(time);
    },
    shift(ms: number) {
      wall += ms;
    },
    async look() {
      const next = bed.scheduler.tick(stop.signal);
      // What it began has nothing to wait for.
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
      return next;
    },
    skipped: (routine: string) => store.get(environmentId, routine)?.skipped?.reason ?? null,
    times: () => started.map(({ at, trigger }) => `${new Date(at).toISOString().slice(0, 16)} ${trigger}`),
  };
  const deps: SchedulerDeps = {
    clock: { now: () => new Date(wall), monotonic: () => monotonic, sleep: () => new Promise(() => undefined) },
    store,
    timezone,
    proposal: (_id, routine): Proposal | undefined =>
      Object.hasOwn(bed.proposals, routine)
        ? { schedule: bed.proposals[routine] ?? null, budgetMs: 300_000 }
        : undefined,
    history: (_id, routine) => ({ durationsMs: bed.durationsMs, ranAt: bed.ranAt.get(routine) ?? null }),
    busy: () => bed.busy,
    async start({ routine, trigger }) {
      if (bed.refuse !== null) throw bed.refuse;
      if (bed.busy) throw new AppError({ code: 'routine.busy', message: 'busy', remedy: '' });
      const handledUntil = store.get(environmentId, routine)?.handledUntil ?? 0;
      started.push({ at: wall, routine, trigger, handledUntil });
      bed.ranAt.set(routine, wall);
      return `run-${started.length}`;
    },
    against: async () => bed.against,
    onStarted: () => undefined,
    onRefused: (_id, _routine, error) => void refusals.push(error),
  };
  bed.restart();
  return bed;
}
