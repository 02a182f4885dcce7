import type { EnvironmentTarget, StackRuntime } from '../../providers/provider.ts';
import { lookAtServices, type ServiceLook } from '../services.ts';

export interface ReadyLook extends ServiceLook {
  /** It runs, is healthy by its own HEALTHCHECK, and answers its probe, as far as it has them. */
  readonly ready: boolean;
}

/** What the watch says of how a service is checked. */
interface Check {
  readonly service: string;
  readonly state: string;
  readonly probe: object | null;
  readonly obstacle?: string | null | undefined;
}

export interface ServiceChecks {
  /** Asks the engine, and with `probe` every service that runs and has one. */
  look(
    target: EnvironmentTarget,
    signal: AbortSignal,
    options: { readonly probe: boolean },
  ): Promise<readonly ReadyLook[]>;
}

export function createServiceChecks(deps: {
  readonly runtime: Pick<StackRuntime, 'containers'>;
  /** Empty while an environment is not watched. */
  readonly checks: (environmentId: string, signal: AbortSignal) => Promise<readonly Check[]>;
  readonly probe: (
    environmentId: string,
    service: string,
    signal: AbortSignal,
  ) => Promise<{ readonly ok: boolean; readonly detail: string | null }>;
}): ServiceChecks {
  return {
    async look(target, signal, { probe }) {
      const looks = lookAtServices(target, await deps.runtime.containers(target, signal));
      const found = probe ? await deps.checks(target.id, signal).catch(() => []) : [];
      signal.throwIfAborted();
      const checks = new Map(found.map((each) => [each.service, each]));
      return Promise.all(
        looks.map(async (look): Promise<ReadyLook> => {
          const well = look.health === 'healthy' || look.health === 'suspect';
          const check = checks.get(look.name);
          const probed = check !== undefined && check.probe !== null && check.obstacle == null;
          // What ended as it should has nobody left to answer.
          const ended = look.up && look.health === 'healthy' && check?.state === 'stopped';
          if (!well || !probed || ended) return { ...look, ready: well };
          const outcome = await deps.probe(target.id, look.name, signal);
          if (outcome.ok) return { ...look, ready: true };
          return { ...look, ready: false, health: 'starting', reason: outcome.detail ?? 'Its probe fails.' };
        }),
      );
    },
  };
}
