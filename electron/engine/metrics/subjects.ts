import type { EnvironmentClass } from '../../../shared/domain/names.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import type { HealthSince } from './uptime.ts';

/** An environment to be measured, as it is now. */
export interface MeasuredEnvironment {
  readonly id: string;
  readonly class: EnvironmentClass;
  readonly containers: readonly ContainerInfo[];
}

/** What the metrics need to know of everything else. */
export interface Subjects {
  /** Those whose engine answers; an engine that is away leaves a gap. */
  environments(): readonly MeasuredEnvironment[];
  health(environmentId: string, service: string): HealthSince | undefined;
  /** What golden.yml calls an error in the log; null: the usual words. */
  logErrors(environmentId: string, service: string): string | null;
}

export const serviceKey = (environmentId: string, service: string): string => `${environmentId}\n${service}`;

export function byService(containers: readonly ContainerInfo[]): ReadonlyMap<string, readonly ContainerInfo[]> {
  const services = new Map<string, ContainerInfo[]>();
  for (const container of containers) {
    if (container.service === '') continue;
    const own = services.get(container.service);
    if (own === undefined) services.set(container.service, [container]);
    else own.push(container);
  }
  return services;
}
