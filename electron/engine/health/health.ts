import type { MachineNews, ProbeOutcome, WatchState } from '../../../shared/contract/health.ts';
import type { OperationView } from '../../../shared/contract/operations.ts';
import type { AlertSettings, Notice } from '../../../shared/domain/alert-types.ts';
import type { HealthSection } from '../../../shared/domain/checks.ts';
import type { Incident } from '../../../shared/domain/incident-types.ts';
import type { Clock } from '../platform/clock.ts';
import type { ContainerEvent, ContainerInfo, EnvironmentTarget, ReportedEvent } from '../providers/provider.ts';
import { createWaker } from '../streams/waker.ts';
import { createEngineInputs } from './engine-inputs.ts';
import { createGapFinder } from './gaps.ts';
import type { HealthStore } from './health-store.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import type { Prober } from './prober.ts';
import { createRecoverer, type Recoverer, type RecovererDeps } from './recoverer.ts';
import { createWatchBook, type ServiceVerdict, type WatchBook } from './watch-book.ts';

/** How often time itself is looked at: sleep, clock jumps, pauses that end. */
const tickMs = 5000;
const aliveMs = 60_000;
const dayMs = 86_400_000;
/** How long incidents and spans are kept. */
const keptMs = 90 * dayMs;
const shownIncidents = 200;

export interface HealthDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly utcOffsetMinutes: (at: number) => number;
  readonly store: HealthStore;
  readonly prober: Prober;
  readonly containers: (projectName: string) => readonly ContainerInfo[];
  readonly alertSettings: () => AlertSettings;
  readonly recovery: Omit<RecovererDeps, 'now' | 'containers' | 'tell' | 'note'>;
  /** The last lines of a service's log, for the telling one. */
  readonly lastLine: (environmentId: string, service: string, signal: AbortSignal) => Promise<string | null>;
  /** The health of an environment is another than before. */
  readonly onHealth: (environmentId: string) => void;
  readonly onWatch: (state: WatchState) => void;
  readonly onNotices: (notices: readonly Notice[], withdrawals: readonly string[]) => void;
  /** Every result of a probe, for the metrics. */
  readonly onOutcome: (environmentId: string, service: string, outcome: ProbeOutcome) => void;
}

/** Watches every environment: probes, engine reports and operations in; verdicts, incidents and notices out. */
export interface Health {
  /** What the files say now. Call whenever they were read. */
  declare(target: EnvironmentTarget, section: HealthSection | undefined): void;
  forget(environmentId: string): void;
  reported(event: ReportedEvent): void;
  observe(event: ContainerEvent): void;
  operation(view: OperationView): void;
  /** The machine slept, or is about to have been asleep. */
  gap(reason: 'sleep' | 'clock'): void;
  machine(news: MachineNews): void;
  pauseWatching(environmentId: string | null, until: number | null): void;
  verdict(environmentId: string, service: string): ServiceVerdict | undefined;
  lastOutcome(environmentId: string, service: string): ProbeOutcome | undefined;
  watchState(): WatchState;
  readonly book: WatchBook;
  readonly notifier: Notifier;
  readonly recoverer: Recoverer;
  /** Probes until the signal ends. */
  run(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function createHealth(deps: HealthDeps): Health {
  const { clock, store } = deps;
  const now = (): number => clock.now().getTime();
  const waker = createWaker();
  const stop = new AbortController();
  const paused = new Map<string, number>();
  const working = new Map<string, Set<string>>();
  const lastOutcome = new Map<string, ProbeOutcome>();

  const notifier = createNotifier({
    now,
    settings: deps.alertSettings,
    utcOffsetMinutes: deps.utcOffsetMinutes,
    onNotices(notices, withdrawals) {
      deps.onNotices(notices, withdrawals);
      for (const notice of notices) {
        for (const incident of openOf(notice.environment, notice.service)) {
          store.note(incident.id, { at: notice.at, text: `Told: ${notice.title}.` });
        }
      }
      publish();
    },
  });
  const book = createWatchBook({
    store,
    random: deps.random,
    utcOffsetMinutes: deps.utcOffsetMinutes,
    onTransition(environmentId, service, transition) {
      for (const incident of openOf(environmentId, service)) {
        store.note(incident.id, { at: transition.at, text: `${service}: ${transition.from} → ${transition.to}.` });
      }
      if (transition.to === 'down' || transition.to === 'flapping') findLine(environmentId, service);
    },
    onAlerts: (events) => {
      notifier.take(events);
      publish();
      waker.wake();
    },
    onChange(environmentId) {
      deps.onHealth(environmentId);
      considerRecovery(environmentId);
      waker.wake();
    },
  });
  const recoverer = createRecoverer({
    ...deps.recovery,
    now,
    containers: deps.containers,
    tell: (event) => notifier.take([event]),
    note(environmentId, service, text) {
      for (const incident of openOf(environmentId, service)) store.note(incident.id, { at: now(), text });
    },
  });
  const gaps = createGapFinder(clock);
  let onBattery = false;
  const power = (): 'battery' | 'mains' => (onBattery ? 'battery' : 'mains');
  const inputs = createEngineInputs({ book, now, containers: deps.containers, power });

  function openOf(environmentId: string | null, service: string | null): readonly Incident[] {
    if (environmentId === null) return [];
    const incidents = book.get(environmentId)?.health.book.incidents ?? [];
    return incidents.filter((each) => each.to === null && (service === null || each.service === service));
  }

  function considerRecovery(environmentId: string): void {
    const watched = book.get(environmentId);
    if (watched !== undefined) recoverer.consider(watched);
  }

  /** The line that tells most is looked for once it is down: it was written just before. */
  function findLine(environmentId: string, service: string): void {
    deps
      .lastLine(environmentId, service, AbortSignal.any([stop.signal, AbortSignal.timeout(5000)]))
      .then((line) => {
        if (line === null) return;
        for (const incident of openOf(environmentId, service)) {
          if (incident.logLine !== line) book.changeIncident(incident.id, { logLine: line });
        }
      })
      // Without a line the notice says what is known otherwise.
      .catch(() => undefined);
  }

  function publish(): void {
    deps.onWatch(watchState());
  }

  function watchState(): WatchState {
    const since = now() - dayMs;
    const { snoozes, tellWhenHealthy } = notifier.state();
    return {
      incidents: store.incidents({ since, limit: shownIncidents }),
      notices: notifier.live(),
      pausedUntil: Object.fromEntries(paused),
      snoozes: snoozes.map((snooze) => ({ ...snooze })),
      tellWhenHealthy,
    };
  }

  /** Starts every probe that is due. Returns when to look again. */
  function probeDue(): number {
    const at = now();
    let next = at + tickMs;
    for (const watched of book.all()) {
      for (const [service, health] of Object.entries(watched.health.services)) {
        const config = watched.configs[service];
        if (config === undefined || health.nextProbeAt === null) continue;
        if (health.nextProbeAt > at) {
          next = Math.min(next, health.nextProbeAt);
          continue;
        }
        const { target } = watched;
        const { probe, rules } = config;
        deps.prober.start(
          { target, service, probe, health, timeoutMs: rules.timeoutMs },
          (result, outcome) => {
            lastOutcome.set(`${target.id}/${service}`, outcome);
            deps.onOutcome(target.id, service, outcome);
            book.apply(target.id, service, result);
            waker.wake();
          },
          stop.signal,
        );
      }
    }
    const wakes = [notifier.wakeAt(), recoverer.wakeAt()].filter((each): each is number => each !== null);
    // Never in a tight circle: whatever is due and could not start waits a moment.
    return Math.max(at + 50, Math.min(next, ...wakes));
  }

  function tick(): void {
    const at = now();
    const gap = gaps.check();
    if (gap !== null) health.gap(gap);
    for (const [environmentId, until] of paused)
      if (until <= at) health.pauseWatching(environmentId === '*' ? null : environmentId, null);
    if ((notifier.wakeAt() ?? Number.POSITIVE_INFINITY) <= at) notifier.take([{ kind: 'tick', at }]);
    if ((recoverer.wakeAt() ?? Number.POSITIVE_INFINITY) <= at) {
      for (const watched of book.all()) recoverer.consider(watched);
    }
  }

  const health: Health = {
    book,
    notifier,
    recoverer,
    declare(target, section) {
      const known = book.get(target.id);
      book.declare(target, inputs.configs(target, section), now());
      if (known === undefined) inputs.begin(target.id);
      waker.wake();
    },
    forget(environmentId) {
      inputs.forget(environmentId);
      paused.delete(environmentId);
      recoverer.forget(environmentId);
      book.forget(environmentId, now());
    },
    reported: inputs.reported,
    observe: inputs.observe,
    operation(view) {
      const { environmentId } = view;
      if (environmentId === null) return;
      const ids = working.get(environmentId) ?? new Set<string>();
      const active = view.state === 'running' || view.state === 'cancelling' || view.state === 'undoing';
      if (active === ids.has(view.id)) return;
      const action = active ? 'began' : 'ended';
      if (active) working.set(environmentId, ids.add(view.id));
      else ids.delete(view.id);
      book.apply(environmentId, null, { kind: 'operation', at: now(), action });
      if (action === 'ended') inputs.observeAll(environmentId);
    },
    gap(reason) {
      book.applyToAll({ kind: 'gap', at: now(), reason });
    },
    machine(news) {
      if (news.kind !== 'power') return health.gap('sleep');
      if (news.onBattery === onBattery) return;
      onBattery = news.onBattery;
      for (const { id } of book.all()) inputs.observeAll(id);
      waker.wake();
    },
    pauseWatching(environmentId, until) {
      const at = now();
      const ends = until !== null && until > at ? until : null;
      const ids = environmentId === null ? book.all().map(({ id }) => id) : [environmentId];
      const key = environmentId ?? '*';
      if (ends === null) {
        paused.delete(key);
        if (environmentId === null) paused.clear();
      } else paused.set(key, ends);
      for (const id of ids) book.apply(id, null, { kind: 'pause-watching', at, until: ends });
      publish();
    },
    verdict: (environmentId, service) => book.verdict(environmentId, service),
    lastOutcome: (environmentId, service) => lastOutcome.get(`${environmentId}/${service}`),
    watchState,
    async run(signal) {
      const end = (): void => stop.abort(signal.reason);
      signal.addEventListener('abort', end, { once: true });
      let aliveAt = 0;
      let prunedAt = now();
      while (!signal.aborted) {
        tick();
        if (now() - aliveAt >= aliveMs) {
          aliveAt = now();
          store.alive(aliveAt);
        }
        if (now() - prunedAt >= dayMs) {
          prunedAt = now();
          store.prune(prunedAt - keptMs);
        }
        const next = probeDue();
        await sleepOrWake(next - now(), signal);
      }
    },
    close() {
      stop.abort(new DOMException('The engine was closed.', 'AbortError'));
      store.close(now());
    },
  };

  async function sleepOrWake(ms: number, signal: AbortSignal): Promise<void> {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    await Promise.race([clock.sleep(Math.max(1, ms), both), waker.wait(both)]).catch(() => undefined);
    either.abort(new DOMException('awake', 'AbortError'));
  }

  return health;
}
