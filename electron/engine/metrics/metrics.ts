import type { ProbeOutcome } from '../../../shared/contract/health.ts';
import { bucketFor, keptBuckets, measured, share, timed } from '../../../shared/domain/aggregate.ts';
import type { HostMetric } from '../../../shared/domain/metrics.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { Clock } from '../platform/clock.ts';
import type { PowerReading } from '../platform/power.ts';
import type { CurrentDocker, DockerClient } from '../providers/docker/client.ts';
import type { CounterSource } from '../providers/docker/counter-source.ts';
import type { Database } from '../storage/database.ts';
import { linkedSignal } from '../streams/linked-signal.ts';
import { type AdviceDeps, createAdvice } from './advice.ts';
import { createCollector } from './collector.ts';
import { csvWriter, exportPoints, jsonWriter } from './export.ts';
import { createHabits } from './habits.ts';
import { createHostFigures, type HostDeps } from './host-figures.ts';
import { createLogErrors } from './log-errors.ts';
import { createMetricStore } from './metric-store.ts';
import { openMetrics, openMetricsType } from './prometheus.ts';
import { createQuery, type Query } from './query.ts';
import { createRecorder } from './recorder.ts';
import { createRollUps } from './roll-ups.ts';
import { type Subjects, serviceKey } from './subjects.ts';
import { createTotals } from './totals.ts';

const [fineMs, minuteMs] = keptBuckets;
const hourMs = 60 * minuteMs;
/** How much longer intervals are while power is saved. */
const paces = { mains: 1, battery: 2, saver: 4 } as const;

export interface MetricsDeps {
  readonly clock: Clock;
  /** A connection of its own: nothing else waits for what is written here. */
  readonly database: Database;
  readonly version: string;
  readonly current: CurrentDocker;
  readonly counters: CounterSource;
  readonly subjects: Subjects;
  readonly host: HostDeps;
  readonly advice: Omit<AdviceDeps, 'store' | 'now'>;
  readonly utcOffsetMinutes: (at: number) => number;
}

/** Measures everything all the time, keeps it, and answers questions about it. */
export interface Metrics {
  readonly api: Pick<EngineApi, 'metrics'>;
  /** A result of a probe. */
  outcome(environmentId: string, service: string, outcome: ProbeOutcome): void;
  /** The health of a service of this environment may have changed. */
  healthChanged(environmentId: string): void;
  /** What the machine runs on, as far as it was found out. */
  power(): PowerReading['source'];
  /** The usual p95 of the service's probe at this hour, ms; null while unknown. */
  baselineP95(environmentId: string, service: string, at: number): number | null;
  /** The page for Prometheus. */
  page(): { readonly text: string; readonly type: string };
  forget(environmentId: string): void;
  /** Measures until the signal ends. */
  run(signal: AbortSignal): Promise<void>;
  /** Writes what is not written yet. */
  close(): void;
}

export function createMetrics(deps: MetricsDeps): Metrics {
  const { clock, subjects, utcOffsetMinutes } = deps;
  const now = (): number => clock.now().getTime();
  const breathe = (): Promise<void> => clock.sleep(0);
  const store = createMetricStore(deps.database);
  const rolls = createRollUps(store, { breathe });
  const recorder = createRecorder();
  const habits = createHabits({ store, utcOffsetMinutes });
  const totals = createTotals(serviceKey);
  const logErrors = createLogErrors(clock);
  const host = createHostFigures(deps.host);
  const { counters } = deps;
  const collector = createCollector({ clock, subjects, counters, store, recorder, totals, logErrors });
  const query = createQuery({ store, habits, now, breathe });
  let hostFigures: Partial<Record<HostMetric, number>> = {};
  let prunedAt = Number.NEGATIVE_INFINITY;
  let shrunkAt = Number.NEGATIVE_INFINITY;

  const pace = (): number => paces[host.power().source];
  const environment = (id: string) => subjects.environments().find((each) => each.id === id);
  const seriesOf = (environmentId: string, service: string) =>
    store.series({ environmentId, service }, environment(environmentId)?.class ?? 'development');

  function client(): DockerClient | undefined {
    try {
      return deps.current();
    } catch {
      return undefined;
    }
  }

  async function measureHost(signal: AbortSignal): Promise<void> {
    const at = now();
    hostFigures = await host.read(at, signal);
    const { id } = store.series({ environmentId: null, service: null }, 'development');
    for (const [metric, value] of Object.entries(hostFigures) as [HostMetric, number][]) {
      recorder.record(id, metric, at, measured(value));
    }
  }

  async function keep(): Promise<void> {
    const at = now();
    const buckets = recorder.take(at);
    if (buckets[0] !== undefined) {
      store.write(buckets);
      rolls.touched(Math.min(...buckets.map((each) => each.at)));
    }
    habits.learnMinutes(await rolls.advance(at));
    // By the clock that only goes forward: one that jumps ahead for a moment must not cost what is kept.
    const monotonic = clock.monotonic();
    if (monotonic - shrunkAt >= minuteMs) {
      shrunkAt = monotonic;
      habits.save(at);
      rolls.shrink(at);
    }
    if (monotonic - prunedAt >= hourMs) {
      if (prunedAt !== Number.NEGATIVE_INFINITY) {
        await rolls.prune(at);
        store.dropEmptySeries(collector.activeSeries());
      }
      prunedAt = monotonic;
    }
  }

  async function measuring(signal: AbortSignal): Promise<void> {
    let due = clock.monotonic();
    while (!signal.aborted) {
      const began = clock.monotonic();
      if (began >= due) {
        due = began + fineMs * pace() - fineMs / 2;
        // What cannot be measured now is a gap; the next round tries again.
        await measureHost(signal).catch(() => undefined);
        const link = linkedSignal(signal, fineMs);
        await collector.collect(client(), link.signal).catch(() => undefined);
        link.release();
      }
      if (signal.aborted) return;
      await keep();
      // In step with the buckets, shortly after one is over.
      await clock.sleep(fineMs - ((now() + fineMs - 200) % fineMs), signal).catch(() => undefined);
    }
  }

  async function readingLogs(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(5000, signal).catch(() => undefined);
      const docker = client();
      if (signal.aborted || docker === undefined) continue;
      await logErrors.round(docker, collector.logSubjects(), pace(), signal).catch(() => undefined);
    }
  }

  const ask = async (input: Query, signal: AbortSignal) => {
    if (!(input.to > input.from)) {
      throw new AppError({
        code: 'input.invalid',
        message: 'The time ends before it begins.',
        remedy: 'Swap from and to.',
      });
    }
    return query(input, signal);
  };

  return {
    api: {
      metrics: {
        query: (input, { signal }) => ask(input, signal),
        async export({ format, ...input }, { signal }) {
          const wanted = { ...input, points: exportPoints };
          const bucketMs = bucketFor(input.from, input.to, exportPoints, now());
          const writer = format === 'csv' ? csvWriter() : jsonWriter(bucketMs);
          const own = store.allSeries().filter((each) => each.environmentId === input.environmentId);
          for (const { service } of own) {
            if (service !== null && input.services?.includes(service) === false) continue;
            const { series } = await ask({ ...wanted, services: service === null ? [] : [service] }, signal);
            if (!series.every(writer.add)) break;
          }
          const day = new Date(input.from).toISOString().slice(0, 10);
          const name = `${(input.environmentId ?? 'host').replaceAll(/[^A-Za-z0-9.-]+/g, '-')}-${day}.${format}`;
          return { name, ...writer.done() };
        },
        async anomalies({ environmentId }) {
          return habits
            .anomalies()
            .flatMap(({ series, metric, since, text }) =>
              series.environmentId === null ||
              series.service === null ||
              (environmentId !== null && series.environmentId !== environmentId)
                ? []
                : [{ environmentId: series.environmentId, service: series.service, metric, since, text }],
            );
        },
        ...createAdvice({ ...deps.advice, store, now }),
      },
    },
    outcome(environmentId, service, { at, ok, latencyMs }) {
      const { id } = seriesOf(environmentId, service);
      recorder.record(id, 'probe_error_ratio', at, share(ok ? 0 : 1, 1));
      // How long a failure took tells of its timeout, not of the service.
      if (ok && latencyMs !== null) recorder.record(id, 'probe_latency_ms', at, timed(latencyMs));
      totals.probe(environmentId, service, ok, ok ? latencyMs : null);
      if (!ok) logErrors.hurry(serviceKey(environmentId, service));
    },
    healthChanged(environmentId) {
      const found = environment(environmentId);
      if (found === undefined) return;
      collector.lookAtHealth(
        found,
        new Set(found.containers.map(({ service }) => service).filter((name) => name !== '')),
      );
    },
    power: () => host.power().source,
    baselineP95: (environmentId, service, at) =>
      habits.usualP95(seriesOf(environmentId, service), 'probe_latency_ms', at),
    page: () => ({
      type: openMetricsType,
      text: openMetrics({
        version: deps.version,
        services: totals.all().map((each) => ({
          ...each,
          health: subjects.health(each.environment, each.service)?.state ?? null,
        })),
        host: hostFigures,
      }),
    }),
    forget(environmentId) {
      const gone = new Set(
        store
          .allSeries()
          .filter((each) => each.environmentId === environmentId)
          .map(({ id }) => id),
      );
      recorder.forget(gone);
      habits.forget(gone);
      store.forget(environmentId);
    },
    async run(signal) {
      await Promise.all([measuring(signal), readingLogs(signal)]);
    },
    close() {
      const buckets = recorder.take(Number.MAX_SAFE_INTEGER);
      if (buckets.length > 0) store.write(buckets);
      habits.save(now(), true);
    },
  };
}
