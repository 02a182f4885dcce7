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
      // Taken up again, how it was asked for is forgotten; which project it was about is in the journal.
      const asked = context.resumed ? undefined : input.invocation;
      const target = await deps.resolveRunning(input.environmentId, context.signal, asked);
      const before = await context.step('check', { title: 'Check', result: beforeSchema }, async (step) => {
        // Names a service that does not exist before anything is touched.
        await stacks.plan(target, 'stop', { services: input.services }, step.signal);
        return readBefore(stacks, target, step.signal);
      });
      context.pointOfNoReturn();
      await context.step('stop', { title: 'Stop services', result: nothing }, async (step) => {
        await stacks.runtime.stop({ ...target, projectName: before.projectName }, input.services, step, step.signal);
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
