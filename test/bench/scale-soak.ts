import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CheckConfig } from '../../electron/engine/health/check-config.ts';
import { createHealthStore } from '../../electron/engine/health/health-store.ts';
import { createWatchBook } from '../../electron/engine/health/watch-book.ts';
import { createHabits } from '../../electron/engine/metrics/habits.ts';
import { createMetricStore } from '../../electron/engine/metrics/metric-store.ts';
import { createRecorder } from '../../electron/engine/metrics/recorder.ts';
import { createRollUps } from '../../electron/engine/metrics/roll-ups.ts';
import type { EnvironmentTarget } from '../../electron/engine/providers/provider.ts';
import { closeDatabase, openBeside, openDatabase } from '../../electron/engine/storage/database.ts';
import { measured, share, timed } from '../../shared/domain/aggregate.ts';
import { type AlertEvent, defaultAlertSettings } from '../../shared/domain/alert-types.ts';
import { alertStep, initialAlerts } from '../../shared/domain/alerts.ts';
import { defaultHealthRules } from '../../shared/domain/health-rules.ts';
import { createRandom } from './alerts-simulation.ts';

const hour = 3_600_000;
const tickMs = 10_000;
const start = Date.UTC(2026, 1, 4, 8);
const environmentId = 'soak/main';

export interface SoakResult {
  /** MB after collecting garbage, hour by hour of the virtual day; the first after one hour. */
  readonly heapMb: readonly number[];
  readonly databaseMb: number;
  readonly probes: number;
  readonly downs: number;
  readonly notices: number;
  readonly rows: { readonly fine: number; readonly rolled: number };
}

/**
 * A day in minutes: the rules of health, incidents, notices, and the store of figures, on a virtual clock, with services
 * of which some crash, flap, slow down and fail now and then. All state is what the engine would hold.
 */
export async function soak(folder: string, services: number, hours = 24): Promise<SoakResult> {
  const path = join(folder, 'soak.db');
  const database = openDatabase(path);
  const beside = openBeside(path);
  const random = createRandom(7);
  const names = Array.from({ length: services }, (_, index) => `s${index}`);
  const store = createMetricStore(beside);
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const rolls = createRollUps(store, { breathe });
  const recorder = createRecorder();
  const habits = createHabits({ store, utcOffsetMinutes: () => 60 });
  let alerts = initialAlerts(start);
  let [probes, notices] = [0, 0];
  const take = (event: AlertEvent): void => {
    const step = alertStep(alerts, event, defaultAlertSettings, 60);
    alerts = step.state;
    notices += step.notices.length;
  };
  let now = start;
  const book = createWatchBook({
    now: () => now,
    store: createHealthStore(database),
    random,
    utcOffsetMinutes: () => 60,
    onTransition: () => undefined,
    onAlerts: (events) => {
      for (const event of events) take(event);
    },
    onChange: () => undefined,
  });
  const config: CheckConfig = {
    ...{ probe: null, source: 'none', why: '', rules: defaultHealthRules, recovery: 'notify', muted: false },
    ...{ logErrors: null, declared: null, runsOnce: false },
  };
  const project = { name: 'soak', services: Object.fromEntries(names.map((name) => [name, { image: 'x' }])) };
  const target = { id: environmentId, projectName: 'soak', project } as unknown as EnvironmentTarget;
  book.declare(target, Object.fromEntries(names.map((name) => [name, config])), start);
  for (const name of names) book.apply(environmentId, name, { kind: 'container', at: start, action: 'start' });

  const fails = (index: number, at: number): boolean =>
    (index % 10 === 1 && at % hour < 120_000) || (index % 10 === 2 && at % 240_000 < 60_000) || random() < 0.005;
  const heapMb: number[] = [];
  for (let at = start + tickMs; at <= start + hours * hour; at += tickMs) {
    now = at;
    for (const [index, name] of names.entries()) {
      const health = book.get(environmentId)?.health.services[name];
      const { id } = store.series({ environmentId, service: name }, 'development');
      for (const [metric, value] of [
        ['cpu_percent', 5 + random() * 20],
        ['memory_bytes', 3e8 + random() * 1e7],
        ['network_rx_bytes_per_second', random() * 1e4],
        ['block_write_bytes_per_second', index % 3 === 0 ? 0 : random() * 1e5],
        ['pids', 12],
      ] as const)
        recorder.record(id, metric, at, measured(value));
      if (health?.nextProbeAt == null || health.nextProbeAt > at) continue;
      const ok = !fails(index, at);
      const latencyMs = ok ? 5 + random() * 3 : null;
      probes += 1;
      recorder.record(id, 'probe_error_ratio', at, share(ok ? 0 : 1, 1));
      if (latencyMs !== null) recorder.record(id, 'probe_latency_ms', at, timed(latencyMs));
      const detail = ok ? null : 'connection refused';
      const { epoch } = health;
      book.apply(environmentId, name, {
        kind: 'probe',
        at,
        startedAt: at,
        epoch,
        probe: 'liveness',
        ok,
        latencyMs,
        detail,
      });
    }
    if (alerts.wakeAt !== null && alerts.wakeAt <= at) take({ kind: 'tick', at });
    store.write(recorder.take(at));
    habits.learnMinutes(await rolls.advance(at));
    if (at % 60_000 === 0) habits.save(at);
    if (at % hour === 0) {
      await rolls.prune(at);
      rolls.shrink(at);
      heapMb.push(heapAfterCollection());
    }
  }
  const downs = Object.values(book.get(environmentId)?.health.services ?? {}).reduce(
    (sum, { counters }) => sum + counters.downs,
    0,
  );
  const result = { heapMb, databaseMb: store.bytes() / 1e6, probes, downs, notices, rows: store.rows() };
  closeDatabase(beside);
  closeDatabase(database);
  await rm(path, { force: true });
  return result;
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
