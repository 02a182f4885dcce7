import { z } from 'zod';
import type { GoldenImageView } from '../../../../shared/contract/golden.ts';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EngineApi } from '../../api.ts';
import type { GoldenService } from '../../golden/golden.ts';
import type { EnvironmentTarget } from '../../providers/provider.ts';
import type { StepContext, StepImplementation, StepOutcome } from '../step-types.ts';
import type { AsRoutine } from './as-routine.ts';
import { capital, changeWords } from './golden-words.ts';

const options = stepOptions['golden.restore'];
type Options = z.infer<typeof options>;

const keptSchema = z.object({ imageId: z.string(), name: z.string() });
const restoreMs = 30 * 60_000;

export interface GoldenStepDeps {
  readonly api: () => Pick<EngineApi['golden'], 'list' | 'restore' | 'capture'>;
  readonly golden: Pick<GoldenService, 'measureChange' | 'dataOrigin'>;
  readonly as: AsRoutine;
}

export function goldenRestoreStep(deps: GoldenStepDeps): StepImplementation<Options> {
  async function imageFor({ image = 'latest' }: Options, step: Pick<StepContext, 'target' | 'signal' | 'runId'>) {
    const { target, signal } = step;
    const all = (await deps.api().list({}, deps.as({ signal, runId: step.runId }))).filter((each) => !each.damaged);
    return choose(all, image, target);
  }

  /** May what changed be replaced? */
  async function agreed(image: GoldenImageView, { replace }: Options, step: StepContext): Promise<boolean> {
    if (replace === 'always') return true;
    const change = await deps.golden.measureChange(step.target, step.signal).catch(() => {
      step.signal.throwIfAborted();
      return undefined;
    });
    const untouched = change !== undefined && change.since !== null && change.files === 0 && change.gone === 0;
    if (untouched || (change !== undefined && change.bytes === 0 && change.gone === 0)) return true;
    const answer = await step.ask({
      kind: 'choice',
      text: `Replace the data with ${image.name}?`,
      detail: [
        change === undefined
          ? 'What changed in the data of now could not be measured.'
          : `${capital(changeWords(change))}.`,
        'The data of now stays one click away for at least 24 hours.',
      ],
      choices: [
        { id: 'keep', label: 'Keep the data', danger: false },
        { id: 'restore', label: 'Restore', danger: true },
      ],
    });
    return answer.kind === 'choice' && answer.id === 'restore';
  }

  return {
    kind: 'golden.restore',
    options,
    title: ({ image = 'latest' }) => (image === 'latest' ? 'Restore the last golden image' : `Restore ${image}`),
    timeoutMs: restoreMs,
    async look(wish, { target, signal }) {
      const image = await imageFor(wish, { target, signal, runId: '' }).catch(() => undefined);
      return image === undefined ? 'no golden image yet' : image.name;
    },
    async run(wish, step): Promise<StepOutcome> {
      const kept = keptSchema.safeParse(step.kept);
      let image: { readonly imageId: string; readonly name: string };
      if (kept.success) image = kept.data;
      else {
        const found = await imageFor(wish, step);
        if (found === undefined) return { state: 'skipped', result: 'There is no golden image of it yet.' };
        if (!(await agreed(found, wish, step))) return { state: 'skipped', result: 'The data was kept.' };
        image = { imageId: found.id, name: found.name };
        step.keep(image);
      }
      const { services } = wish;
      const view = await step.operate(() =>
        deps.api().restore(
          {
            environmentId: step.environmentId,
            imageId: image.imageId,
            ...(services === undefined ? {} : { services }),
          },
          deps.as(step),
        ),
      );
      return { result: view.summary ?? `Restored ${image.name}.`, headline: `data of ${image.name}` };
    },
  };
}

/** Undefined: there is none yet. One that was named and is not there is a mistake. */
function choose(
  images: readonly GoldenImageView[],
  wanted: string,
  target: Pick<EnvironmentTarget, 'id' | 'stackName'>,
): GoldenImageView | undefined {
  const newest = [...images].sort((one, other) => other.createdAt.localeCompare(one.createdAt));
  const own = newest.filter(({ environmentId }) => environmentId === target.id);
  if (wanted === 'latest') return own[0];
  // An environment of the same stack may hold the team's.
  const ofStack = newest.filter(({ environmentId }) => environmentId.startsWith(`${target.stackName}/`));
  const fits = (name: string): boolean =>
    wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  const found = own.find(({ name }) => fits(name)) ?? ofStack.find(({ name }) => fits(name));
  if (found !== undefined) return found;
  throw new AppError({
    code: 'golden.not-found',
    message: `There is no golden image ${wanted}.`,
    remedy:
      own.length === 0
        ? 'Capture one first.'
        : `There are ${own
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}.`,
  });
}
