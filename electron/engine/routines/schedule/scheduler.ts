import type { RoutineRun, ScheduleView } from '../../../../shared/contract/routines.ts';
import type { Schedule } from '../../../../shared/domain/routine-file.ts';
import { type AppError, toAppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import { believable, type Decision, decide, nextStart, type Situation, type Wake } from './decide.ts';
import { leadOf } from './lead.ts';
import { clockWords, workingDay } from './local-time.ts';
import type { ScheduleRow, ScheduleStore } from './schedule-store.ts';
import { slotsOf } from './slots.ts';

/** What a routine took before, and when it was started last. */
export interface History {
  /** Of runs that ended well, ms. */
  readonly durationsMs: readonly number[];
  readonly ranAt: number | null;
}

/** A routine of an environment, as its files say. */
export interface Proposal {
  readonly schedule: Schedule | null;
  readonly budgetMs: number;
}

export interface SchedulerDeps {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  /** Undefined: the machine's. */
  readonly timezone?: string | undefined;
  /** Undefined: the files were not read yet, or there is no such routine. */
  readonly proposal: (environmentId: string, routine: string) => Proposal | undefined;
  readonly history: (environmentId: string, routine: string) => History;
  /** Is one running in this environment? */
  readonly busy: (environmentId: string) => boolean;
  readonly start: (
    wish: { readonly environmentId: string; readonly routine: string; readonly trigger: RoutineRun['trigger'] },
    signal: AbortSignal,
  ) => Promise<string>;
  /** Why it had better not be done now; null: nothing against it. */
  readonly against: (schedule: Schedule, signal: AbortSignal) => Promise<string | null>;
  readonly onStarted: (run: { readonly runId: string; readonly schedule: Schedule }) => void;
  /** It could not be started; said once for each reason. */
  readonly onRefused: (environmentId: string, routine: string, error: AppError) => void;
}

export interface Scheduler {
  /** Null: nothing is proposed, and nothing was said. */
  view(environmentId: string, routine: string, proposed: Schedule | null): ScheduleView | null;
  /** As the user of this machine wants it. `own` null: as proposed. */
  set(environmentId: string, routine: string, own: Schedule | null, enabled: boolean): void;
  wake(kind: Wake['kind']): void;
  forget(environmentId: string): void;
  /** Starts what is due. Returns when something will be, or may be; ms from now. */
  tick(signal: AbortSignal): number;
  run(signal: AbortSignal): Promise<void>;
}

const lookEveryMs = 30_000;
/** After a start or a sleep the network and Docker need a moment. */
const settleMs = 20_000;
/** Nobody looked for so long: the machine slept, or its clock was set. */
const gapMs = 10 * 60_000;

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { clock, store, timezone } = deps;
  const now = (): number => clock.now().getTime();
  const wakes = new Map<Wake['kind'], Wake>();
  let settledAt = clock.monotonic() + settleMs;
  let seen: { readonly wall: number; readonly monotonic: number } | null = null;
  /** Environments in which something is being started. */
  const starting = new Set<string>();
  /** Why what is due still waits, by environment and routine. */
  const waiting = new Map<string, string>();
  let poke: (() => void) | null = null;

  const keyOf = (environmentId: string, routine: string): string => `${environmentId} ${routine}`;

  function situationOf(environmentId: string, routine: string, row: ScheduleRow, schedule: Schedule): Situation {
    const { durationsMs, ranAt } = deps.history(environmentId, routine);
    const budgetMs = deps.proposal(environmentId, routine)?.budgetMs ?? 0;
    return {
      now: now(),
      schedule,
      slots: slotsOf(schedule, timezone),
      leadMs: schedule.ready_by === undefined ? 0 : leadOf(durationsMs, budgetMs),
      handledUntil: row.handledUntil,
      wakeDay: row.wakeDay,
      wakes: [...wakes.values()],
      ranAt,
      timezone,
    };
  }

  /** The row, begun anew where it counts by another schedule than there is now, or by a clock that was far ahead. */
  function current(environmentId: string, routine: string, row: ScheduleRow, schedule: Schedule): ScheduleRow {
    const effective = JSON.stringify(schedule);
    const same = row.effective === effective;
    if (same && believable(row.handledUntil, now()) === row.handledUntil) return row;
    const renewed = { ...row, effective, handledUntil: now() };
    store.put(environmentId, routine, renewed);
    return renewed;
  }

  /** What this decision leaves behind. */
  const handled = (row: ScheduleRow, decision: { slot: number | null; wakeDay: string | null }): ScheduleRow => ({
    ...row,
    handledUntil: Math.max(believable(row.handledUntil, now()), decision.slot ?? 0),
    wakeDay: decision.wakeDay ?? row.wakeDay,
  });

  /** Does what is to be done about one routine. True: its time has come, and it is to be looked at again soon. */
  function settle(
    environmentId: string,
    routine: string,
    row: ScheduleRow,
    schedule: Schedule,
    signal: AbortSignal,
  ): boolean {
    const decision = decide(situationOf(environmentId, routine, row, schedule));
    const key = keyOf(environmentId, routine);
    if (decision.kind === 'none') return false;
    if (decision.kind === 'satisfied') {
      store.put(environmentId, routine, handled(row, decision));
      return false;
    }
    if (decision.kind === 'missed') {
      const reason = waiting.get(key) ?? `nobody was there at ${clockWords(decision.dueAt, timezone)}`;
      waiting.delete(key);
      const skipped = { at: decision.dueAt, reason };
      store.put(environmentId, routine, { ...handled(row, { slot: decision.slot, wakeDay: null }), skipped });
      return false;
    }
    if (clock.monotonic() < settledAt || starting.has(environmentId)) return true;
    if (deps.busy(environmentId)) {
      waiting.set(key, 'another routine was still under way');
      return true;
    }
    starting.add(environmentId);
    attempt(environmentId, routine, row, schedule, decision, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) console.error('schedule: a routine could not be started:', error);
      })
      .finally(() => starting.delete(environmentId));
    return true;
  }

  async function attempt(
    environmentId: string,
    routine: string,
    row: ScheduleRow,
    schedule: Schedule,
    decision: Extract<Decision, { kind: 'start' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const against = await deps.against(schedule, signal);
    signal.throwIfAborted();
    // It may have been turned off, or begun anew, while we asked.
    if (JSON.stringify(store.get(environmentId, routine)) !== JSON.stringify(row)) return;
    const done = handled(row, decision);
    if (against !== null) {
      store.put(environmentId, routine, { ...done, skipped: { at: now(), reason: against } });
      return;
    }
    // Before it starts: what is cut off in between is left out rather than done twice.
    store.put(environmentId, routine, done);
    try {
      const runId = await deps.start({ environmentId, routine, trigger: decision.trigger }, signal);
      waiting.delete(keyOf(environmentId, routine));
      keep(environmentId, routine, { skipped: null, told: null });
      deps.onStarted({ runId, schedule });
    } catch (error) {
      if (signal.aborted) return;
      refused(environmentId, routine, row, toAppError(error));
    }
  }

  function keep(environmentId: string, routine: string, change: Partial<ScheduleRow>): void {
    const row = store.get(environmentId, routine);
    if (row !== undefined) store.put(environmentId, routine, { ...row, ...change });
  }

  function refused(environmentId: string, routine: string, before: ScheduleRow, error: AppError): void {
    if (error.code === 'routine.busy') {
      // Nothing was started: its time is not over.
      waiting.set(keyOf(environmentId, routine), 'another routine was still under way');
      keep(environmentId, routine, { handledUntil: before.handledUntil, wakeDay: before.wakeDay });
      return;
    }
    const untrusted = error.code === 'guard.untrusted';
    const reason = untrusted ? 'nobody agreed to what it runs' : error.message.replace(/\.$/, '');
    const told = untrusted ? `untrusted ${String(error.details?.['hash'] ?? '')}` : `${error.code} ${error.message}`;
    keep(environmentId, routine, { skipped: { at: now(), reason }, told });
    if (before.told !== told) deps.onRefused(environmentId, routine, error);
  }

  /** The machine slept and nobody said so, or its clock was set. */
  function lookForGap(): void {
    const [wall, monotonic] = [now(), clock.monotonic()];
    const jumped = seen === null ? 0 : wall - seen.wall - (monotonic - seen.monotonic);
    const since = seen;
    seen = { wall, monotonic };
    if (since === null || jumped < gapMs) return;
    // Whoever knows better has told already.
    if ((wakes.get('resume')?.at ?? 0) < since.wall) wakes.set('resume', { kind: 'resume', at: wall });
    settledAt = monotonic + settleMs;
  }

  function tick(signal: AbortSignal): number {
    lookForGap();
    let next = Number.POSITIVE_INFINITY;
    for (const { environmentId, routine, row } of store.enabled()) {
      const schedule = row.own ?? deps.proposal(environmentId, routine)?.schedule;
      if (deps.proposal(environmentId, routine) === undefined || schedule == null) continue;
      const renewed = current(environmentId, routine, row, schedule);
      if (settle(environmentId, routine, renewed, schedule, signal)) next = Math.min(next, lookEveryMs);
      const at = nextStart(situationOf(environmentId, routine, renewed, schedule));
      if (at !== null) next = Math.min(next, Math.max(1, at - now()));
    }
    return Math.max(1000, next);
  }

  return {
    view(environmentId, routine, proposed) {
      const row = store.get(environmentId, routine);
      const schedule = row?.own ?? proposed;
      if (schedule === null) return null;
      const enabled = row?.enabled ?? false;
      const next = row === undefined || !enabled ? null : nextStart(situationOf(environmentId, routine, row, schedule));
      return {
        schedule,
        enabled,
        from: row?.own == null ? 'file' : 'user',
        nextAt: next === null ? null : new Date(next).toISOString(),
        skipped:
          row?.skipped == null ? null : { at: new Date(row.skipped.at).toISOString(), reason: row.skipped.reason },
      };
    },
    set(environmentId, routine, own, enabled) {
      const before = store.get(environmentId, routine);
      const schedule = own ?? deps.proposal(environmentId, routine)?.schedule ?? null;
      store.put(environmentId, routine, {
        enabled,
        own,
        effective: JSON.stringify(schedule),
        // From now on: what was before was not asked for.
        handledUntil: now(),
        wakeDay: workingDay(now(), timezone).key,
        skipped: enabled ? null : (before?.skipped ?? null),
        told: null,
      });
      waiting.delete(keyOf(environmentId, routine));
      poke?.();
    },
    wake(kind) {
      wakes.set(kind, { kind, at: now() });
      if (kind === 'resume') {
        seen = { wall: now(), monotonic: clock.monotonic() };
        settledAt = clock.monotonic() + settleMs;
      }
      poke?.();
    },
    forget(environmentId) {
      store.forget(environmentId);
      for (const key of waiting.keys()) if (key.startsWith(`${environmentId} `)) waiting.delete(key);
    },
    tick,
    async run(signal) {
      while (!signal.aborted) {
        const ms = Math.min(lookEveryMs, tick(signal));
        const either = new AbortController();
        const poked = new Promise<void>((resolve) => (poke = resolve));
        await Promise.race([clock.sleep(ms, AbortSignal.any([signal, either.signal])), poked]).catch(() => undefined);
        either.abort(new DOMException('awake', 'AbortError'));
      }
    },
  };
}
