import type { ProbeOutcome } from '../../../shared/contract/health.ts';

/** The last result of each service's probe, in memory. */
export interface LastOutcomes {
  set(environmentId: string, service: string, outcome: ProbeOutcome): void;
  get(environmentId: string, service: string): ProbeOutcome | undefined;
  /** Forgets those of an environment's services that are not among these. */
  keep(environmentId: string, services: Readonly<Record<string, unknown>>): void;
}

export function createLastOutcomes(): LastOutcomes {
  const outcomes = new Map<string, Map<string, ProbeOutcome>>();
  return {
    set(environmentId, service, outcome) {
      const own = outcomes.get(environmentId) ?? new Map<string, ProbeOutcome>();
      outcomes.set(environmentId, own.set(service, outcome));
    },
    get: (environmentId, service) => outcomes.get(environmentId)?.get(service),
    keep(environmentId, services) {
      const own = outcomes.get(environmentId);
      for (const service of own?.keys() ?? []) if (services[service] === undefined) own?.delete(service);
      if (own?.size === 0) outcomes.delete(environmentId);
    },
  };
}
