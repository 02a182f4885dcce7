import type { Advice } from '../../../shared/contract/metrics.ts';
import { average, keptBuckets, mergeAggregates } from '../../../shared/domain/aggregate.ts';
import { type SizingFacts, sizingAdvice } from '../../../shared/domain/right-sizing.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineApi } from '../api.ts';
import type { LoadedStack, StackFolder } from '../environments/stack-loader.ts';
import { oneShots } from '../health/check-config.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { editLimit, hashOf, type LimitEdit, type LimitEditDeps } from './limit-edit.ts';
import type { MetricStore } from './metric-store.ts';
import { createProbeAdvice, type ProbeAdviceDeps } from './probe-advice.ts';
import { metricNumber } from './recorder.ts';

const [, minuteMs, hourMs] = keptBuckets;
const overMs = 7 * 24 * hourMs;

/** How long services are asked for what they answer while somebody waits for advice. */
const askMs = 3_000;

export interface AdviceDeps extends LimitEditDeps, ProbeAdviceDeps {
  readonly store: MetricStore;
  /** Reads the files now; throws what is wrong with them. */
  readonly load: (environmentId: string, signal: AbortSignal) => Promise<LoadedStack>;
  readonly sourceOf: (environmentId: string) => StackFolder;
  readonly containers: (environmentId: string) => readonly ContainerInfo[];
  /** The highest limit at which the service ran out of memory since; null when it did not. */
  readonly outOfMemoryAt: (environmentId: string, service: string, since: number) => number | null;
  readonly isProbed: (environmentId: string, service: string) => boolean;
}

interface Proposal {
  readonly advice: Advice;
  readonly edit: Pick<LimitEdit, 'file' | 'before' | 'after' | 'summary'> | undefined;
  /** When it begins to hold. */
  readonly from: string;
}

export function createAdvice(deps: AdviceDeps): Pick<EngineApi['metrics'], 'advice' | 'applyAdvice'> {
  const { store } = deps;
  const probeAdvice = createProbeAdvice(deps);

  /** Of the last week; minutes stand in for the hour that is not over yet. */
  function measured(environmentId: string, service: string, replicas: number) {
    const now = deps.now();
    const series = store.allSeries().find((each) => each.environmentId === environmentId && each.service === service);
    const rolled = series === undefined ? 0 : store.rolledUntil(hourMs);
    const hours = series === undefined ? [] : store.rolled(hourMs, series.id, now - overMs, now);
    const minutes = series === undefined ? [] : store.rolled(minuteMs, series.id, Math.max(rolled, now - overMs), now);
    const buckets = [...hours, ...minutes];
    const all = (metric: 'memory_bytes' | 'cpu_percent', of = buckets) =>
      of.flatMap(({ bucket }) => bucket.get(metricNumber(metric)) ?? []);
    const memory = all('memory_bytes');
    const cpu = all('cpu_percent');
    const means = all('cpu_percent', hours)
      .map(average)
      .sort((a, b) => a - b);
    const busy = means[Math.ceil(means.length * 0.95) - 1];
    const times = buckets.filter(({ bucket }) => bucket.has(metricNumber('memory_bytes'))).map(({ at }) => at);
    return {
      peakMemoryBytes: memory.length === 0 ? null : memory.reduce(mergeAggregates).max / replicas,
      peakCpus: cpu.length === 0 ? null : cpu.reduce(mergeAggregates).max / 100 / replicas,
      busyCpus: busy === undefined ? null : busy / 100 / replicas,
      overMs: times.length === 0 ? 0 : now - Math.min(...times),
      measuredHours: new Set(times.map((at) => Math.floor(at / hourMs))).size,
      since: now - overMs,
    };
  }

  function factsOf(environmentId: string, service: string, loaded: LoadedStack): SizingFacts {
    const declared = loaded.project.services[service] ?? {};
    const own = deps.containers(environmentId).filter((each) => each.service === service);
    const limits = declared.deploy?.resources?.limits;
    const { since, ...figures } = measured(environmentId, service, Math.max(1, own.length));
    const number = (value: string | number | undefined): number | null =>
      value === undefined || !(Number(value) > 0) ? null : Number(value);
    return {
      service,
      ...figures,
      // As the file has them: that is what would be changed.
      limits: {
        memoryBytes: number(limits?.memory ?? declared.mem_limit),
        cpus: number(limits?.cpus ?? declared.cpus),
      },
      outOfMemoryAt: deps.outOfMemoryAt(environmentId, service, since),
      hasHealthcheck:
        own.some((each) => each.health !== null) ||
        (declared.healthcheck !== undefined && declared.healthcheck.disable !== true),
      isProbed: deps.isProbed(environmentId, service),
      runsOnce: oneShots(loaded.project).has(service),
    };
  }

  async function proposals(environmentId: string, signal: AbortSignal): Promise<Proposal[]> {
    const loaded = await deps.load(environmentId, signal);
    const source = deps.sourceOf(environmentId);
    const found: Proposal[] = [];
    const askUntil = deps.now() + askMs;
    for (const service of Object.keys(loaded.project.services)) {
      for (const each of sizingAdvice(factsOf(environmentId, service, loaded))) {
        const edit =
          each.kind === 'missing-healthcheck' ? undefined : await editLimit(deps, source, loaded, each, signal);
        const { kind, message, proposal } = each;
        const position = edit?.position ?? loaded.positionOf(['services', service]);
        found.push({
          edit,
          from: 'from its next start on',
          advice: {
            // The text it was made for is in it: a file that changed since has other advice.
            id: hashOf(environmentId, service, kind, proposal, edit?.before ?? ''),
            service,
            kind,
            message,
            proposal,
            ...(position === undefined ? {} : { position }),
            ...(edit === undefined ? {} : { file: edit.file }),
            diff: edit?.diff ?? null,
          },
        });
      }
      const probe = await probeAdvice(environmentId, service, loaded, source.folder, askUntil, signal);
      if (probe !== undefined) {
        const { message, proposal, diff, file, before } = probe;
        const id = hashOf(environmentId, service, 'probe', proposal, before);
        const position = loaded.positionOf(['services', service]);
        found.push({
          edit: probe,
          from: 'from now on',
          advice: {
            ...{ id, service, kind: 'probe', message, proposal, file, diff },
            ...(position === undefined ? {} : { position }),
          },
        });
      }
    }
    return found;
  }

  return {
    async advice({ environmentId }, { signal }) {
      return (await proposals(environmentId, signal)).map(({ advice }) => advice);
    },
    async applyAdvice({ environmentId, adviceId }, { signal }) {
      const chosen = (await proposals(environmentId, signal)).find(({ advice }) => advice.id === adviceId);
      if (chosen === undefined) throw stale();
      const { edit, advice, from } = chosen;
      if (edit === undefined) {
        throw new AppError({
          code: 'input.invalid',
          message: `This cannot be written into the file of ${advice.service} safely.`,
          remedy: `Do it by hand: ${advice.proposal}`,
        });
      }
      const file = (await deps.files.real(edit.file)) ?? edit.file;
      const mode = (await deps.files.info(file))?.mode;
      // Last look: an editor may have saved a moment ago.
      const text = mode === undefined && edit.before === '' ? '' : await deps.files.readText(file, signal);
      if (text !== edit.before) throw stale();
      await deps.files.writeText(file, edit.after, mode === undefined ? {} : { mode });
      await deps.load(environmentId, signal);
      return { file: edit.file, summary: `${advice.service}: ${edit.summary}, ${from}.` };
    },
  };
}

function stale(): AppError {
  return new AppError({
    code: 'plan.stale',
    message: 'The file, or what was measured, changed since this was proposed. Nothing was changed.',
    remedy: 'Look at the proposals again.',
  });
}
