import type { OperationKind } from '../../operations/types.ts';
import { beforeSchema, readBefore } from './before.ts';
import { listed, nothing, type ServicesInput, type StackOperationDeps, servicesInput, title } from './inputs.ts';

/** `stack.stop`: dependants first, each with its grace period. Once begun it is finished, by the next start of the app if need be. */
export function stackStop(deps: StackOperationDeps): OperationKind<ServicesInput> {
  const { stacks } = deps;
  return {
    kind: 'stack.stop',
    input: servicesInput,
    title: (input) => title('Stop', input),
    environmentId: (input) => input.environmentId,

    async run(input, context) {
      const target = await deps.resolveRunning(input.environmentId, context.signal, input.invocation);
      const before = await context.step('check', { title: 'Check', result: beforeSchema }, async (step) => {
        // Names a service that does not exist before anything is touched.
        await stacks.plan(target, 'stop', { services: input.services }, step.signal);
        return readBefore(stacks, target, step.signal);
      });
      context.pointOfNoReturn();
      await context.step('stop', { title: 'Stop services', result: nothing }, async (step) => {
        await stacks.runtime.stop(target, input.services, step, step.signal);
        return {};
      });
      const ran = before.containers.some((each) => each.running);
      const what = input.services === undefined ? input.environmentId : listed(input.services);
      return { summary: ran ? `${what} stopped.` : `${what} was stopped already.` };
    },

    // Before the point of no return nothing is touched.
    undo: async () => undefined,
  };
}
