import { z } from 'zod';
import type { OperationContext, OperationKind } from '../../operations/types.ts';
import type { ApplyRequest } from '../../providers/docker/apply.ts';
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

/** What is left to remove once all is up. Decided then: after a restart the files may be read with other variables. */
const waitedSchema = z.object({ projectName: z.string(), replaced: z.array(z.string()) });

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
      let request: Promise<ApplyRequest> | undefined;
      const resolve = (): Promise<ApplyRequest> => {
        request ??= resolveRequest(deps, input, context);
        return request;
      };
      // What is wrong with the files is said before anything else. Taken up again, it must not keep this from its end.
      if (!context.resumed) await resolve();
      const checked = await context.step('check', { title: 'Check', result: checkedSchema }, async (step) => {
        step.detail('Comparing the files with the engine');
        const { target, services } = await resolve();
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
          await work(await resolve(), step, step.signal);
          return {};
        });
      const wait = (): Promise<z.infer<typeof waitedSchema>> =>
        context.step('wait', { title: 'Wait until healthy', result: waitedSchema }, async (step) => {
          const asked = await resolve();
          const replaced = checked.idle ? [] : [...(await stacks.apply.replaced(asked, step.signal))];
          await stacks.apply.wait(asked, replaced, step, step.signal);
          return { projectName: asked.target.projectName, replaced };
        });
      if (checked.idle) {
        await wait();
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
      const { projectName, replaced } = await wait();
      context.pointOfNoReturn();
      if (replaced.length > 0) {
        await context.step('replaced', { title: 'Remove replaced containers', result: nothing }, async (step) => {
          const target = await resolve().then(
            (asked) => asked.target,
            () => undefined,
          );
          step.signal.throwIfAborted();
          await stacks.apply.removeReplaced(projectName, replaced, target, step, step.signal);
          return {};
        });
      }
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
        bringBack(deps, input.environmentId, checked.before, step),
      );
      await context.step('remove-networks', 'Remove networks', (step) =>
        removeCreatedNetworks(stacks, context.id, step),
      );
    },
  };
}

async function resolveRequest(
  deps: StackOperationDeps,
  input: UpInput,
  { id, resumed, signal }: OperationContext,
): Promise<ApplyRequest> {
  const { environmentId, services, invocation } = input;
  if (!resumed) deps.remember?.(environmentId, invocation);
  const resolve = resumed ? deps.resolveRunning : deps.resolveTarget;
  return { target: await resolve(environmentId, signal), services, session: id };
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
