import { z } from 'zod';
import type { OperationKind } from '../../operations/types.ts';
import { bringBackNetworks, replacedNetworksSchema } from '../../providers/docker/networks-replace.ts';
import { assertFresh, assertPossible } from '../../providers/docker/plan.ts';
import { beforeSchema, bringBack, readBefore, removeCreated, removeCreatedNetworks } from './before.ts';
import { nothing, type StackOperationDeps, title, type UpInput, upInput } from './inputs.ts';

const checkedSchema = z.object({
  before: beforeSchema,
  /** Everything is as declared already. */
  idle: z.boolean(),
  images: z.boolean(),
  networks: z.boolean(),
  /** Networks that are made anew, as they were. */
  replaced: replacedNetworksSchema.default([]),
  volumes: z.boolean(),
  created: z.number(),
  recreated: z.number(),
  started: z.number(),
});

/**
 * `stack.up`: brings an environment to what its files declare. Until every service is up the old containers are only
 * set aside, so that a failure or a cancel gives back what was running.
 */
export function stackUp(deps: StackOperationDeps): OperationKind<UpInput> {
  const { stacks } = deps;
  return {
    kind: 'stack.up',
    input: upInput,
    title: (input) => title('Start', input),
    environmentId: (input) => input.environmentId,

    async run(input, context) {
      deps.remember?.(input.environmentId, input.invocation);
      const target = await deps.resolveTarget(input.environmentId, context.signal);
      const { services } = input;
      const request = { target, services, session: context.id };
      const checked = await context.step('check', { title: 'Check', result: checkedSchema }, async (step) => {
        step.detail('Comparing the files with the engine');
        const plan = await stacks.plan(target, 'up', { services }, step.signal);
        assertFresh(input.planHash, plan);
        for (const problem of plan.problems) if (problem.severity === 'warning') step.log(problem.message);
        assertPossible(plan.problems);
        const before = await readBefore(stacks, target, step.signal);
        const count = (resource: string, ...actions: readonly string[]): number =>
          plan.changes.filter((each) => each.resource === resource && actions.includes(each.action)).length;
        for (const each of plan.changes) step.log(`${each.action} ${each.resource} ${each.name}: ${each.reason}`);
        const replaced = count('network', 'recreate') > 0;
        return {
          before,
          replaced: replaced ? await stacks.replacedNetworks(target, services, step.signal) : [],
          idle: plan.changes.every((each) => each.action === 'keep'),
          images: count('image', 'pull', 'build') > 0,
          networks: count('network', 'create', 'recreate') > 0,
          volumes: count('volume', 'create') > 0,
          created: count('container', 'create'),
          recreated: count('container', 'recreate'),
          started: count('container', 'start', 'restart'),
        };
      });
      const part = (name: string, text: string, work: (typeof stacks.apply)['start']): Promise<object> =>
        context.step(name, { title: text, result: nothing }, async (step) => {
          await work(request, step, step.signal);
          return {};
        });
      if (checked.idle) {
        await part('wait', 'Wait until healthy', stacks.apply.wait);
        return { summary: summary(input.environmentId, checked) };
      }
      if (checked.images) await part('images', 'Get images', stacks.apply.images);
      await together([
        ...(checked.networks ? [part('networks', 'Create networks', stacks.apply.networks)] : []),
        // Volumes of the store are looked after even when they exist: their place must be there before a container starts.
        part('volumes', checked.volumes ? 'Create volumes' : 'Check volumes', stacks.apply.volumes),
      ]);
      await part('containers', 'Create containers', stacks.apply.containers);
      await part('start', 'Start services', stacks.apply.start);
      await part('wait', 'Wait until healthy', stacks.apply.wait);
      context.pointOfNoReturn();
      await part('replaced', 'Remove replaced containers', stacks.apply.removeReplaced);
      return { summary: summary(input.environmentId, checked) };
    },

    async undo(input, context) {
      const checked = context.recorded('check', checkedSchema);
      // Nothing was touched before that step ended.
      if (checked === undefined) return;
      await context.step('remove-created', 'Remove what was created', (step) =>
        removeCreated(stacks, checked.before, context.id, step),
      );
      if (checked.replaced.length > 0) {
        await context.step('bring-back-networks', 'Bring back the networks', (step) =>
          bringBackNetworks(stacks.docker(), checked.replaced, context.id, step.signal),
        );
      }
      await context.step('bring-back', `Bring back ${input.environmentId} as it was`, (step) =>
        bringBack(stacks, checked.before, step),
      );
      await context.step('remove-networks', 'Remove networks', (step) =>
        removeCreatedNetworks(stacks, context.id, step),
      );
    },
  };
}

/** The first failure is thrown once all have come to rest: nothing may still be created while it is being undone. */
async function together(parts: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(parts)) if (ended.status === 'rejected') throw ended.reason;
}

function summary(
  environmentId: string,
  counts: { readonly created: number; readonly recreated: number; readonly started: number },
): string {
  const parts = [
    ...(counts.created > 0 ? [`${counts.created} created`] : []),
    ...(counts.recreated > 0 ? [`${counts.recreated} recreated`] : []),
    ...(counts.started > 0 ? [`${counts.started} started`] : []),
  ];
  if (parts.length === 0) return `${environmentId} was up already; nothing changed.`;
  const total = counts.created + counts.recreated + counts.started;
  const [first = '', ...rest] = parts;
  const words = first.replace(' ', total === 1 ? ' container ' : ' containers ');
  return `${environmentId} is up: ${[words, ...rest].join(', ')}.`;
}
