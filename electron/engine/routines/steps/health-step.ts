import type { z } from 'zod';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import type { EnvironmentTarget } from '../../providers/provider.ts';
import { listed } from '../services.ts';
import type { StepImplementation } from '../step-types.ts';
import type { ServiceChecks } from './service-checks.ts';

const options = stepOptions.health;

/** One look at every service: what is down, and why. */
export function healthStep(checks: ServiceChecks): StepImplementation<z.infer<typeof options>> {
  async function look(target: EnvironmentTarget, signal: AbortSignal) {
    const services = await checks.look(target, signal, { probe: true });
    const sick = services.filter(({ ready }) => !ready);
    const healthy = `${services.length - sick.length} of ${services.length} services healthy`;
    return { services, sick, healthy };
  }
  return {
    kind: 'health',
    options,
    title: () => 'Check health',
    timeoutMs: 60_000,
    looksOnly: true,
    look: async (_options, { target, signal }) => (await look(target, signal)).healthy,
    async run({ require = false }, step) {
      const { sick, healthy } = await look(step.target, step.signal);
      for (const { name, reason } of sick) {
        step.output(`${name}: ${reason ?? 'not healthy'}\n`);
        if (require)
          step.remark({
            kind: 'blocker',
            title: `${name} is not healthy`,
            detail: reason,
            remedy: 'Look at its logs, or restart it.',
            service: name,
          });
      }
      const [first] = sick;
      const words =
        first === undefined
          ? ''
          : sick.length === 1
            ? `; ${first.name}: ${first.reason ?? 'not healthy'}`
            : `; not ${listed(sick.map(({ name }) => name))}`;
      return { result: `${healthy}${words}`, ...(require ? { headline: healthy } : {}) };
    },
  };
}
