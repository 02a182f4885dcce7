import { z } from 'zod';
import { stepOptions } from '../../../../shared/domain/step-options.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { StepImplementation, StepOutcome } from '../step-types.ts';
import type { GoldenStepDeps } from './golden-restore-step.ts';
import { capital, changeWords } from './golden-words.ts';

const options = stepOptions['golden.capture'];
type Options = z.infer<typeof options>;

const keptSchema = z.object({ words: z.string(), tag: z.string() });
const captureMs = 30 * 60_000;

/** Captures when anything changed; how much it has to be is a matter of the step's condition. */
export function goldenCaptureStep(deps: GoldenStepDeps & { readonly clock: Clock }): StepImplementation<Options> {
  /** `1805`, and with the seconds where that is taken already. */
  const timeTag = (parts: number): string => {
    const now = deps.clock.now();
    const all = [now.getHours(), now.getMinutes(), now.getSeconds()];
    return all
      .slice(0, parts)
      .map((part) => String(part).padStart(2, '0'))
      .join('');
  };
  return {
    kind: 'golden.capture',
    options,
    title: () => 'Capture a golden image',
    timeoutMs: captureMs,
    async look(_options, { target, signal }) {
      const change = await deps.golden.measureChange(target, signal);
      return change === undefined ? null : changeWords(change);
    },
    async run({ purpose = 'end-of-day', tag, note }, step): Promise<StepOutcome> {
      const before = keptSchema.safeParse(step.kept);
      const suffix = before.success ? before.data.tag : (tag ?? timeTag(2));
      let words = before.success ? before.data.words : '';
      if (!before.success) {
        step.detail('Measuring what changed');
        const change = await deps.golden.measureChange(step.target, step.signal);
        if (change?.since != null && change.files === 0 && change.gone === 0)
          return { state: 'skipped', result: `Nothing changed since ${change.since.name}.` };
        words = change === undefined ? '' : ` ${capital(changeWords(change))}.`;
        step.keep({ words, tag: suffix });
      }
      const capture = (as: string) =>
        deps
          .api()
          .capture(
            { environmentId: step.environmentId, purpose, tag: as, ...(note === undefined ? {} : { note }) },
            deps.as(step),
          );
      const view = await step.operate(() =>
        capture(suffix).catch((error: unknown) => {
          const taken = error instanceof AppError && error.code === 'golden.name-taken';
          if (!taken || tag !== undefined) throw error;
          return capture(timeTag(3));
        }),
      );
      return { result: `${view.summary ?? 'Captured.'}${words}`, headline: 'golden image captured' };
    },
  };
}
