import { measured, share } from '../../../shared/domain/aggregate.ts';
import type { ServiceMetric } from '../../../shared/domain/metrics.ts';
import type { Clock } from '../platform/clock.ts';
import type { DockerClient } from '../providers/docker/client.ts';
import type { CounterSource } from '../providers/docker/counter-source.ts';
import type { Counters } from '../providers/docker/stats.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import type { LogErrors, LogSubject } from './log-errors.ts';
import type { MetricStore } from './metric-store.ts';
import type { Recorder } from './recorder.ts';
import { createRestartBook, type Reading, type ServiceFigures, serviceFigures } from './service-rates.ts';
import { byService, type MeasuredEnvironment, type Subjects, serviceKey } from './subjects.ts';
import type { TotalsBook } from './totals.ts';
import { createUptimeBook } from './uptime.ts';

/** Rates over more than this are none: the machine slept, or nobody measured. */
const longestMs = 150_000;

export interface CollectorDeps {
  readonly clock: Clock;
  readonly subjects: Subjects;
  readonly counters: CounterSource;
  readonly store: MetricStore;
  readonly recorder: Recorder;
  readonly totals: TotalsBook;
  readonly logErrors: LogErrors;
}

/** Measures every running container of every environment, once per call. */
export interface Collector {
  /** Client undefined: no engine answers; only health is looked at. */
  collect(client: DockerClient | undefined, signal: AbortSignal): Promise<void>;
  /** The health of a service may have changed. */
  lookAtHealth(environment: Pick<MeasuredEnvironment, 'id' | 'class'>, services: Iterable<string>): void;
  logSubjects(): LogSubject[];
  /** Series that figures are recorded for. */
  activeSeries(): ReadonlySet<number>;
}

export function createCollector(deps: CollectorDeps): Collector {
  const { clock, subjects, counters, store, recorder, totals, logErrors } = deps;
  const last = new Map<
    string,
    { readonly counters: Counters; readonly origin: string | undefined; readonly at: number }
  >();
  const restarts = createRestartBook();
  const uptime = createUptimeBook();
  let active = new Set<number>();
  let collectedAt: number | undefined;

  const running = ({ containers }: MeasuredEnvironment): ContainerInfo[] =>
    containers.filter((container) => container.state === 'running' && container.service !== '');

  function readingOf(container: ContainerInfo, now: Counters, at: number): Reading {
    const before = last.get(container.id);
    const origin = counters.originOf(container.id);
    last.set(container.id, { counters: now, origin, at });
    const usable = before !== undefined && before.origin === origin && at - before.at <= longestMs;
    return { container, now, before: usable ? before.counters : undefined };
  }

  function lookAtHealth(environment: Pick<MeasuredEnvironment, 'id' | 'class'>, services: Iterable<string>): void {
    const at = clock.now().getTime();
    for (const service of services) {
      const health = subjects.health(environment.id, service);
      const passed = uptime.look(serviceKey(environment.id, service), health, at);
      if (passed === null) continue;
      const { id } = store.series({ environmentId: environment.id, service }, environment.class);
      recorder.record(id, 'uptime_ratio', at, share(passed.up, passed.watched));
    }
  }

  function recordService(
    environment: MeasuredEnvironment,
    service: string,
    own: readonly ContainerInfo[],
    found: ReadonlyMap<string, Counters>,
    elapsedMs: number,
  ): number {
    const at = clock.now().getTime();
    const monotonic = clock.monotonic();
    const readings = own.flatMap((container) => {
      const now = found.get(container.id);
      return now === undefined ? [] : [readingOf(container, now, monotonic)];
    });
    const { id } = store.series({ environmentId: environment.id, service }, environment.class);
    const figures: ServiceFigures = readings.length === 0 ? {} : serviceFigures(readings);
    figures.restarts = own.reduce((sum, container) => sum + restarts.look(container), 0);
    const errors = logErrors.perMinute(serviceKey(environment.id, service));
    if (errors !== undefined && readings.length > 0) figures.log_errors_per_minute = errors;
    for (const [metric, value] of Object.entries(figures) as [ServiceMetric, number][]) {
      recorder.record(id, metric, at, measured(value));
    }
    totals.measured(environment.id, service, readings.length === 0 ? null : figures, elapsedMs);
    const limits = own.map((container) => container.limits.memoryBytes);
    totals.of(environment.id, service).memoryLimitBytes = limits.every((each) => each !== null)
      ? limits.reduce<number>((sum, each) => sum + (each ?? 0), 0)
      : null;
    return id;
  }

  return {
    lookAtHealth,
    async collect(client, signal) {
      // As they are now: reading takes a while.
      const environments = subjects.environments().map((each) => ({ ...each }));
      const all = environments.flatMap(running);
      const found: ReadonlyMap<string, Counters> =
        client === undefined ? new Map() : await counters.read(client, all, signal);
      const now = clock.monotonic();
      const elapsed = collectedAt === undefined || now - collectedAt > longestMs ? 0 : now - collectedAt;
      collectedAt = now;
      const series = new Set<number>();
      const keys = new Set<string>();
      for (const environment of environments) {
        const services = byService(environment.containers);
        lookAtHealth(environment, services.keys());
        for (const [service, containers] of services) {
          keys.add(serviceKey(environment.id, service));
          const up = containers.filter((container) => container.state === 'running');
          if (client === undefined) continue;
          if (up.length > 0) series.add(recordService(environment, service, up, found, elapsed));
          else totals.measured(environment.id, service, null, elapsed);
        }
      }
      const ids = new Set(environments.flatMap(({ containers }) => containers.map(({ id }) => id)));
      for (const id of last.keys()) if (!ids.has(id)) last.delete(id);
      // While the engine is away nothing is known of its containers, and nothing forgotten.
      if (client === undefined) return;
      counters.keep(ids);
      restarts.keep(ids);
      uptime.keep(keys);
      totals.keep(keys);
      active = series;
    },
    logSubjects: () =>
      subjects.environments().flatMap((environment) =>
        running(environment).map((container) => ({
          container,
          key: serviceKey(environment.id, container.service),
          pattern: subjects.logErrors(environment.id, container.service),
        })),
      ),
    activeSeries: () => active,
  };
}
