import type { HealthSection, Probe, ServiceCheck } from '../../../shared/domain/checks.ts';
import type { ComposeProject } from '../../../shared/domain/compose-model.ts';
import type { DependencyGraph } from '../../../shared/domain/dependencies.ts';
import { durationMs } from '../../../shared/domain/duration.ts';
import { defaultHealthRules, type HealthRules } from '../../../shared/domain/health-rules.ts';
import type { RecoveryPolicy } from '../../../shared/domain/recovery.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { suggestProbe } from './probes/suggest.ts';

/** How one service is checked: what golden.yml says, else what suits its image and ports. */
export interface CheckConfig {
  /** Null: container state and HEALTHCHECK only. */
  readonly probe: Probe | null;
  readonly source: 'declared' | 'suggested' | 'none';
  readonly why: string;
  readonly rules: HealthRules;
  readonly recovery: RecoveryPolicy;
  readonly muted: boolean;
  /** Lines of the log that count as errors; null: the usual words. */
  readonly logErrors: string | null;
  readonly declared: ServiceCheck | null;
  readonly runsOnce: boolean;
}

export function checkConfig(
  project: ComposeProject,
  section: HealthSection | undefined,
  name: string,
  containers: readonly ContainerInfo[],
): CheckConfig {
  const service = project.services[name] ?? {};
  const declared = section?.services?.[name] ?? null;
  const merged: ServiceCheck = { ...section?.defaults, ...declared };
  const runsOnce = oneShots(project).has(name);
  const hasHealthcheck =
    containers.some((container) => container.health !== null) ||
    (service.healthcheck !== undefined && service.healthcheck.disable !== true);
  const exposed = containers.flatMap((container) =>
    container.ports.filter((port) => port.protocol === 'tcp').map((port) => port.containerPort),
  );
  const common = {
    rules: rulesOf(merged, { hasHealthcheck, service }),
    recovery: merged.recovery ?? 'notify',
    muted: merged.muted ?? false,
    logErrors: merged.log_errors ?? null,
    declared,
    runsOnce,
  };
  if (declared?.probe !== undefined) {
    const none = declared.probe.none === true;
    const why = none ? 'golden.yml wants no probe.' : 'golden.yml says so.';
    return { ...common, probe: none ? null : declared.probe, source: 'declared', why };
  }
  const suggestion = suggestProbe(service, { hasHealthcheck, runsOnce, exposed });
  return { ...common, ...suggestion, source: suggestion.probe === null ? 'none' : 'suggested' };
}

function rulesOf(
  check: ServiceCheck,
  facts: { readonly hasHealthcheck: boolean; readonly service: ComposeProject['services'][string] },
): HealthRules {
  const base = defaultHealthRules;
  const intervalMs = ms(check.interval) ?? base.intervalMs;
  const timeoutMs = ms(check.timeout) ?? base.timeoutMs;
  // A start that the HEALTHCHECK is allowed to take is a start to us too, up to its first look after that.
  const { healthcheck } = facts.service ?? {};
  const declaredStart =
    facts.hasHealthcheck && healthcheck !== undefined
      ? (ms(healthcheck.start_period) ?? 0) + (ms(healthcheck.interval) ?? 30_000) + (ms(healthcheck.timeout) ?? 0)
      : 0;
  return {
    ...base,
    intervalMs,
    timeoutMs,
    retryMs: Math.min(base.retryMs, intervalMs),
    downAfter: check.failures ?? base.downAfter,
    healthyAfter: check.successes ?? base.healthyAfter,
    startPeriodMs: ms(check.start_period) ?? Math.max(base.startPeriodMs, declaredStart),
    latency: { ...base.latency, thresholdMs: ms(check.latency_p95) ?? null },
  };
}

function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : durationMs(text);
}

/** Services that others wait for to end: ending with 0 is their purpose. */
export function oneShots(project: ComposeProject): ReadonlySet<string> {
  return new Set(
    Object.values(project.services).flatMap((service) =>
      Object.entries(service.depends_on ?? {}).flatMap(([name, dependency]) =>
        dependency.condition === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  );
}

/** What depends on what, by `depends_on` and by links; services of no profile in use are left out. */
export function dependencyGraph(project: ComposeProject): DependencyGraph {
  return Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => [
      name,
      Object.keys(service.depends_on ?? {}).filter((each) => project.services[each] !== undefined),
    ]),
  );
}
