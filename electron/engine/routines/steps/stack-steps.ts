import type { z } from 'zod';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import type { EngineApi } from '../../api.ts';
import type { EnvironmentTarget } from '../../providers/provider.ts';
import { listed } from '../services.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../step-types.ts';
import type { AsRoutine } from './as-routine.ts';
import type { ServiceChecks } from './service-checks.ts';

const servicesOptions = stepOptions['stack.stop'];
const upOptions = stepOptions['stack.up'];
type UpOptions = z.infer<typeof upOptions>;

export interface StackStepDeps {
  readonly checks: ServiceChecks;
  readonly environments: () => Pick<EngineApi['environments'], 'up' | 'stop' | 'down' | 'restart'>;
  readonly as: AsRoutine;
}

/** Starting can pull and build images. */
const upMs = 30 * 60_000;
const stopMs = 10 * 60_000;

export function stackUpStep(deps: StackStepDeps): StepImplementation<UpOptions> {
  /** Undefined: all of it. Empty: nothing. */
  async function wanted({ services, only }: UpOptions, target: EnvironmentTarget, signal: AbortSignal) {
    if (only === undefined) return services;
    const looks = await deps.checks.look(target, signal, { probe: false });
    const down = looks.filter(({ name, up }) => !up && (services?.includes(name) ?? true)).map(({ name }) => name);
    return down.length === looks.length ? undefined : down;
  }
  return {
    kind: 'stack.up',
    options: upOptions,
    title: ({ services, only }) =>
      services !== undefined
        ? `Start ${listed(services)}`
        : only === 'down'
          ? 'Start services that are down'
          : 'Start services',
    timeoutMs: upMs,
    async look(options, { target, signal }) {
      const which = await wanted(options, target, signal);
      if (which === undefined) return 'starts all services';
      return which.length === 0 ? 'nothing is down' : `starts ${listed(which)}`;
    },
    async run(options, step): Promise<StepOutcome> {
      const services = await wanted(options, step.target, step.signal);
      // One that an earlier life started is looked after, whatever is up by now.
      if (services?.length === 0 && step.kept === undefined) return { state: 'skipped', result: 'Nothing is down.' };
      step.keep({ started: true });
      const view = await step.operate(() => deps.environments().up(inputOf(step, services), deps.as(step)));
      return { result: view.summary ?? 'Started.' };
    },
  };
}

export function stackStopStep(deps: StackStepDeps): StepImplementation<z.infer<typeof servicesOptions>> {
  return {
    kind: 'stack.stop',
    options: servicesOptions,
    title: ({ services }) => (services === undefined ? 'Stop services' : `Stop ${listed(services)}`),
    timeoutMs: stopMs,
    async look({ services }, { target, signal }) {
      const looks = await deps.checks.look(target, signal, { probe: false });
      const running = looks.filter(({ name, stays }) => !stays && (services?.includes(name) ?? true));
      return running.length === 0 ? 'nothing runs' : `stops ${listed(running.map(({ name }) => name))}`;
    },
    async run({ services }, step) {
      const view = await step.operate(() => deps.environments().stop(inputOf(step, services), deps.as(step)));
      return {
        result: view.summary ?? 'Stopped.',
        headline: services === undefined ? 'everything stopped' : `${listed(services)} stopped`,
      };
    },
  };
}

export function stackDownStep(deps: StackStepDeps): StepImplementation<Record<string, never>> {
  return {
    kind: 'stack.down',
    options: stepOptions['stack.down'],
    title: () => 'Stop and remove containers',
    timeoutMs: stopMs,
    async run(_options, step) {
      const view = await step.operate(() =>
        deps.environments().down({ environmentId: step.environmentId }, deps.as(step)),
      );
      return { result: view.summary ?? 'Removed.', headline: 'everything stopped' };
    },
  };
}

export function stackRestartStep(deps: StackStepDeps): StepImplementation<z.infer<typeof servicesOptions>> {
  return {
    kind: 'stack.restart',
    options: servicesOptions,
    title: ({ services }) => (services === undefined ? 'Restart services' : `Restart ${listed(services)}`),
    timeoutMs: stopMs,
    async run({ services }, step) {
      const view = await step.operate(() => deps.environments().restart(inputOf(step, services), deps.as(step)));
      return { result: view.summary ?? 'Restarted.' };
    },
  };
}

const inputOf = (step: StepContext, services: string[] | undefined) => ({
  environmentId: step.environmentId,
  ...(services === undefined ? {} : { services }),
});
