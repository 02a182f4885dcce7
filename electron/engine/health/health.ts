import type { WatchState } from '../../../shared/contract/health.ts';
import { sleepOrWake } from '../streams/sleep-or-wake.ts';
import { createWaker } from '../streams/waker.ts';
import { recallAlerts, rememberAlerts } from './alert-memory.ts';
import { carefulStore } from './careful-store.ts';
import { effectiveAlerts } from './effective-alerts.ts';
import { createEngineInputs } from './engine-inputs.ts';
import { createGapFinder } from './gaps.ts';
import type { Health, HealthDeps } from './health-parts.ts';
import { createIncidentNotes } from './incident-notes.ts';
import { createLastOutcomes } from './last-outcomes.ts';
import { createNotifier } from './notifier.ts';
import { createPauses } from './pauses.ts';
import { type DueProbe, dueProbes } from './probe-round.ts';
import { createRecoverer } from './recoverer.ts';
import { recallRecovery, rememberRecovery } from './recovery-memory.ts';
import { createUpkeep } from './upkeep.ts';
import { createWatchBook } from './watch-book.ts';
import { createWork } from './work.ts';

export type { Health, HealthDeps } from './health-parts.ts';

/** How often time itself is looked at: sleep, clock jumps, pauses that end. */
const tickMs = 5000;
const dayMs = 86_400_000;
const shownIncidents = 200;
const roundMs = 150;
/** What changes together is published together. */
const publishMs = 50;

/** None of what others call here throws: a watch that stumbles must not take the engine's own events with it. */
export function createHealth(deps: HealthDeps): Health {
  const { clock } = deps;
  const now = (): number => clock.now().getTime();
  const store = carefulStore(deps.store, now);
  const waker = createWaker();
  const stop = new AbortController();
  const pauses = createPauses(store, now());
  const lastOutcomes = createLastOutcomes();
  const gaps = createGapFinder(clock);
  let onBattery = false;
  let publishing = false;
  const power = (): ReturnType<HealthDeps['power']> => {
    const own = deps.power();
    return own === 'mains' && onBattery ? 'battery' : own;
  };
  let powerBefore: ReturnType<HealthDeps['power']> = 'mains';

  const notifier = createNotifier({
    now,
    settings: effectiveAlerts(deps.alertSettings, () => book.all()),
    utcOffsetMinutes: deps.utcOffsetMinutes,
    memory: recallAlerts(store),
    remember: (memory) => rememberAlerts(store, memory),
    onNotices(notices, withdrawals) {
      deps.onNotices(notices, withdrawals);
      for (const notice of notices) {
        if (notice.reason !== 'routine' && notice.reason !== 'idle')
          note(notice.environment, notice.service, notice.at, `Told: ${notice.title}.`);
      }
      publish();
    },
  });
  const book = createWatchBook({
    store,
    now,
    random: deps.random,
    utcOffsetMinutes: deps.utcOffsetMinutes,
    onTransition(environmentId, service, { at, from, to }) {
      note(environmentId, service, at, `${service}: ${from} → ${to}.`);
      if (to === 'down' || to === 'flapping') findLine(environmentId, service);
    },
    onAlerts: (events) => {
      notifier.take(events);
      publish();
      waker.wake();
    },
    onChange(environmentId) {
      deps.onHealth(environmentId);
      const watched = book.get(environmentId);
      if (watched !== undefined) recoverer.consider(watched);
      waker.wake();
    },
  });
  const recoverer = createRecoverer({
    ...deps.recovery,
    now,
    containers: deps.containers,
    tell: (event) => notifier.take([event]),
    note: (environmentId, service, text) => note(environmentId, service, now(), text),
    memory: recallRecovery(store),
    remember: (memory, synced) => rememberRecovery(store, memory, synced),
  });
  const { note, findLine } = createIncidentNotes({
    book,
    store,
    lastLine: deps.lastLine,
    guarded,
    signal: stop.signal,
  });
  const inputs = createEngineInputs({
    book,
    now,
    containers: deps.containers,
    power,
    usualP95: deps.usualP95,
    lastLife: store.lastLife,
  });
  const work = createWork({ book, now, observeAll: inputs.observeAll });

  function guarded<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (stop.signal.aborted) return;
      try {
        run(...args);
      } catch (error) {
        console.error('health: something could not be taken in:', error);
      }
    };
  }

  function publish(): void {
    if (publishing) return;
    publishing = true;
    clock.sleep(publishMs, stop.signal).then(
      guarded(() => {
        publishing = false;
        deps.onWatch(watchState());
      }),
      () => undefined,
    );
  }

  function watchState(): WatchState {
    const { snoozes, tellWhenHealthy } = notifier.state();
    return {
      incidents: store.incidents({ since: now() - dayMs, limit: shownIncidents }),
      notices: notifier.live(),
      pausedUntil: pauses.list(),
      snoozes: snoozes.map((snooze) => ({ ...snooze })),
      tellWhenHealthy,
    };
  }

  /** Before anything is concluded: perhaps nobody looked for a while. */
  function lookForGap(): void {
    const gap = gaps.check();
    if (gap === null) return;
    book.cut(gap.from, now());
    book.applyToAll({ kind: 'gap', at: now(), reason: gap.reason });
  }

  /** Starts every probe that is due. Returns when to look again. */
  function probeDue(): number {
    const at = now();
    const { due, next } = dueProbes(book.all(), at);
    for (const each of due) startProbe(each);
    const wakes = [notifier.wakeAt(), recoverer.wakeAt()].filter((each): each is number => each !== null);
    // Never in a tight circle: whatever is due and could not start waits a moment.
    return Math.max(at + publishMs, Math.min(at + tickMs, next, ...wakes));
  }

  function startProbe({ watched: { target, configs, health }, service }: DueProbe): void {
    const { probe, rules } = configs[service]!;
    deps.prober.start(
      { target, service, probe, health: health.services[service]!, timeoutMs: rules.timeoutMs },
      guarded((result, outcome) => {
        waker.wake();
        if (book.get(target.id)?.configs[service] === undefined) return;
        lookForGap();
        lastOutcomes.set(target.id, service, outcome);
        deps.onOutcome(target.id, service, outcome);
        book.apply(target.id, service, result);
      }),
      stop.signal,
    );
  }

  function applyPause(environmentId: string): void {
    const until = pauses.until(environmentId, now());
    book.apply(environmentId, null, { kind: 'pause-watching', at: now(), until });
    // What happened meanwhile.
    if (until === null) inputs.observeAll(environmentId);
  }

  /** Probes are further apart, or closer, from their next one on. */
  function followPower(): void {
    if (power() === powerBefore) return;
    powerBefore = power();
    inputs.refreshRules();
  }

  function tick(): void {
    lookForGap();
    followPower();
    if (pauses.end(now())) {
      for (const { id } of book.all()) if (pauses.until(id, now()) === null) applyPause(id);
      publish();
    }
    notifier.tick();
    if ((recoverer.wakeAt() ?? Number.POSITIVE_INFINITY) <= now())
      for (const watched of book.all()) recoverer.consider(watched);
  }

  return {
    book,
    notifier: {
      ...notifier,
      // A window shows what is snoozed, and what somebody waits for, as soon as it was said.
      take(events) {
        notifier.take(events);
        publish();
        waker.wake();
      },
    },
    recoverer: { ...recoverer, manual: work.byHand(recoverer.manual) },
    declare: guarded((target, section) => {
      const known = book.get(target.id);
      book.declare(target, inputs.configs(target, section), now());
      const moved = known !== undefined && known.target.projectName !== target.projectName;
      const fresh = Object.keys(target.project.services).filter((name) => known?.configs[name] === undefined);
      for (const service of fresh) {
        work.hold(target.id, service);
        const until = pauses.until(target.id, now());
        if (until !== null) book.apply(target.id, service, { kind: 'pause-watching', at: now(), until });
      }
      inputs.begin(target.id, fresh);
      if (moved) inputs.observeAll(target.id);
      lastOutcomes.keep(target.id, target.project.services);
      waker.wake();
    }),
    forget: guarded((environmentId) => {
      inputs.forget(environmentId);
      work.forget(environmentId);
      pauses.forget(environmentId);
      recoverer.forget(environmentId);
      lastOutcomes.keep(environmentId, {});
      book.forget(environmentId, now());
      publish();
    }),
    reported: guarded((event) => {
      lookForGap();
      inputs.reported(event);
    }),
    observe: guarded((event) => {
      lookForGap();
      inputs.observe(event);
    }),
    operation: guarded(work.take),
    machine: guarded((news) => {
      // Services run behind a locked screen as before it.
      if (news.kind === 'lock' || news.kind === 'unlock') return;
      if (news.kind !== 'power') {
        lookForGap();
        book.applyToAll({ kind: 'gap', at: now(), reason: 'sleep' });
        return;
      }
      onBattery = news.onBattery;
      followPower();
    }),
    pauseWatching(environmentId, until) {
      const known = book.all().map(({ id }) => id);
      pauses.set(environmentId, until, now(), known);
      for (const id of environmentId === null ? known : [environmentId]) applyPause(id);
      publish();
      waker.wake();
    },
    verdict: book.verdict,
    lastOutcome: lastOutcomes.get,
    watchState,
    async run(signal) {
      const end = (): void => stop.abort(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      const keep = createUpkeep(store, now, inputs.refreshRules);
      while (!signal.aborted) {
        const began = clock.monotonic();
        let next = now() + tickMs;
        guarded(() => {
          tick();
          keep();
          next = probeDue();
        })();
        await sleepOrWake(next - now(), clock, waker, signal).catch(() => undefined);
        // With many services something is due all the time: it is done together, a few times a second.
        const rest = began + roundMs - clock.monotonic();
        if (rest > 0) await clock.sleep(rest, signal).catch(() => undefined);
      }
    },
    close() {
      notifier.save();
      store.close(now());
      store.alive(now());
      stop.abort(new DOMException('The engine was closed.', 'AbortError'));
    },
  };
}
