import { type AlertSettings, defaultAlertSettings, type Notice } from '../../shared/domain/alert-types.ts';
import { alertStep, initialAlerts } from '../../shared/domain/alerts.ts';
import { declareServices, environmentStep, initialEnvironment } from '../../shared/domain/health-environment.ts';
import { defaultHealthRules, type HealthRules } from '../../shared/domain/health-rules.ts';
import type { HealthEvent, ServiceHealth } from '../../shared/domain/health-types.ts';

/** Seeded and good enough for a simulation (mulberry32); uniform in [0, 1). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How a probe ends: with an answer, with a refusal at once, or not before its timeout. */
export type Answer = 'ok' | 'refused' | 'hangs';

export interface SimulatedService {
  /** Share of the probes that fail for no reason. */
  readonly noise: number;
  /** What a probe that begins at `at` meets. */
  readonly answer: (at: number) => Answer;
  /** What the engine says, in order of time. */
  readonly events?: readonly HealthEvent[];
  readonly rules?: HealthRules;
  readonly settings?: AlertSettings;
  readonly seed: number;
}

export interface Told {
  readonly at: number;
  readonly notice: Notice;
}

export interface Simulated {
  /** Notices that sounded. */
  readonly told: readonly Told[];
  readonly health: ServiceHealth;
}

const start = Date.UTC(2026, 1, 4, 8);
/** From a failure that was certain to the answer of an inspection or a refused connection. */
const quickMs = 4;

/**
 * The real state machine, incidents and notices over `forMs` of virtual time, probed exactly when they ask to be.
 * Stops early once `enough` says so.
 */
export function simulate(
  service: SimulatedService,
  forMs: number,
  enough: (told: readonly Told[]) => boolean = () => false,
): Simulated {
  const random = createRandom(service.seed);
  const settings = service.settings ?? defaultAlertSettings;
  const ruleBook = service.rules ?? defaultHealthRules;
  const rules = (): HealthRules => ruleBook;
  const told: Told[] = [];
  const queue = [...(service.events ?? [])];
  let environment = declareServices(initialEnvironment('shop/main'), { db: [] }, rules, start).state;
  let alerts = initialAlerts(start);
  const health = (): ServiceHealth => environment.services['db'] as ServiceHealth;
  const wake = (before: number): void => {
    while (alerts.wakeAt !== null && alerts.wakeAt <= before) tell({ kind: 'tick', at: alerts.wakeAt });
  };
  const tell = (event: Parameters<typeof alertStep>[1]): void => {
    const result = alertStep(alerts, event, settings, 0);
    alerts = result.state;
    for (const notice of result.notices) if (!notice.silent) told.push({ at: notice.at, notice });
  };
  const send = (event: HealthEvent): void => {
    wake(event.at);
    const result = environmentStep(environment, { service: 'db', event }, rules, random);
    environment = result.state;
    for (const each of result.alerts) tell(each);
  };
  for (const end = start + forMs; !enough(told); ) {
    const probeAt = health().nextProbeAt ?? Infinity;
    const eventAt = queue[0]?.at ?? Infinity;
    const at = Math.min(probeAt, eventAt);
    if (at >= end) break;
    if (eventAt <= probeAt) {
      send(queue.shift() as HealthEvent);
      continue;
    }
    const met = service.answer(at);
    const noisy = met === 'ok' && random() < service.noise;
    const answer: Answer = noisy ? (random() < 0.5 ? 'refused' : 'hangs') : met;
    const tookMs = answer === 'hangs' ? ruleBook.timeoutMs : quickMs;
    const { epoch } = health();
    // The engine does not wait for the probe to finish.
    while (queue[0] !== undefined && queue[0].at < at + tookMs) send(queue.shift() as HealthEvent);
    send({
      kind: 'probe',
      at: at + tookMs,
      startedAt: at,
      epoch,
      probe: 'liveness',
      ok: answer === 'ok',
      latencyMs: answer === 'ok' ? tookMs : null,
      detail: answer === 'ok' ? null : answer === 'hangs' ? 'no answer in 2 s' : 'connection refused',
    });
  }
  wake(start + forMs);
  return { told, health: health() };
}

export const simulationStart = start;
