import type { OperationKind } from '../../operations/types.ts';
import { beforeSchema, bringBack, readBefore } from './before.ts';
import { listed, nothing, type ServicesInput, type StackOperationDeps, servicesInput, title } from './inputs.ts';

/** `stack.restart`: stops and starts the containers that are there. Changes of the files are `stack.up`'s matter. */
export function stackRestart(deps: StackOperationDeps): OperationKind<ServicesInput> {
  const { stacks } = deps;
  return {
    kind: 'stack.restart',
    input: servicesInput,
    title: (input) => title('Restart', input),
    environmentId: (input) => input.environmentId,

    async run(input, context) {
      const target = await deps.resolveRunning(input.environmentId, context.signal, input.invocation);
      const before = await context.step('check', { title: 'Check', result: beforeSchema }, async (step) => {
        await stacks.plan(target, 'restart', { services: input.services }, step.signal);
        return readBefore(stacks, target, step.signal);
      });
      // Like Compose, which restarts what there is: to create what is missing is `stack.up`'s matter.
      const there = new Set(before.containers.map((each) => each.service));
      const services = Object.keys(target.project.services).filter(
        (name) => there.has(name) && input.services?.includes(name) !== false,
      );
      const what = input.services === undefined ? input.environmentId : listed(input.services);
      if (services.length === 0) return { summary: `${what} has no containers to restart.` };
      await context.step('stop', { title: 'Stop services', result: nothing }, async (step) => {
        await stacks.runtime.stop(target, services, step, step.signal);
        return {};
      });
      await context.step('start', { title: 'Start services', result: nothing }, async (step) => {
        await stacks.runtime.start(target, services, step, step.signal);
        return {};
      });
      await context.step('wait', { title: 'Wait until healthy', result: nothing }, async (step) => {
        await stacks.waitUp(target, services, step, step.signal);
        return {};
      });
      return { summary: `${what} restarted.` };
    },

    async undo(input, context) {
      const before = context.recorded('check', beforeSchema);
      if (before === undefined || !context.begun('stop')) return;
      await context.step('bring-back', 'Start what was running', (step) =>
        bringBack(deps, input.environmentId, before, step),
      );
    },
  };
}
