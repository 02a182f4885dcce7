import { z } from 'zod';
import type { OperationKind } from '../../operations/types.ts';
import type { StackImage } from '../../providers/docker/pull-stack.ts';
import { listed, type ServicesInput, type StackOperationDeps, servicesInput, title } from './inputs.ts';

const imagesSchema = z.object({
  images: z.array(
    z.object({
      image: z.string(),
      services: z.array(z.string()),
      before: z.string().nullable(),
      after: z.string().nullable(),
      left: z.string().nullable(),
    }),
  ),
});
const recreatedSchema = z.object({ recreated: z.array(z.string()) });

/** `stack.pull`: fetches newer images. Nothing is started or replaced; what runs goes on as it is. */
export function stackPull(deps: StackOperationDeps): OperationKind<ServicesInput> {
  const { stacks } = deps;
  return {
    kind: 'stack.pull',
    input: servicesInput,
    title: (input) => title('Pull images of', input),
    environmentId: (input) => input.environmentId,

    async run(input, context) {
      const target = await deps.resolveTarget(input.environmentId, context.signal, input.invocation);
      const { services } = input;
      // Names a service that does not exist before anything is fetched.
      const pulled = await context.step('images', { title: 'Pull images', result: imagesSchema }, async (step) => {
        await stacks.plan(target, 'up', { services }, step.signal);
        const images = await stacks.pull({ target, services }, step, step.signal);
        return { images: images.map((each) => ({ ...each, services: [...each.services] })) };
      });
      const { recreated } = await context.step(
        'compare',
        { title: 'Compare with what runs', result: recreatedSchema },
        async (step) => {
          const plan = await stacks.plan(target, 'up', { services }, step.signal);
          const changes = plan.changes.filter((each) => each.resource === 'container' && each.action === 'recreate');
          for (const each of changes) step.log(`${each.name} runs what was there before: ${each.reason}`);
          return { recreated: [...new Set(changes.map((each) => each.service ?? each.name))] };
        },
      );
      return { summary: summary(pulled.images, recreated) };
    },

    // An image more does no harm, and pulling it again would cost what it cost.
    undo: async () => undefined,
  };
}

/** What changed, and what `up` would do about it. */
export function summary(images: readonly StackImage[], recreated: readonly string[]): string {
  const asked = images.filter((each) => each.left === null);
  const changed = asked.filter((each) => each.before !== each.after);
  const next = recreated.length === 0 ? '' : ` Starting again would recreate ${listed(recreated)}.`;
  if (asked.length === 0) return `There is no image to pull.${next}`;
  if (changed.length === 0) {
    const all = asked.length === 1 ? `${asked[0]?.image} is` : `All ${asked.length} images are`;
    return `${all} up to date.${next}`;
  }
  const names = listed(changed.map((each) => each.image));
  const which = changed.length === 1 ? `${names} is new` : `${names} are new`;
  return `${changed.length > 4 ? `${changed.length} of ${asked.length} images are new` : which}.${next}`;
}
