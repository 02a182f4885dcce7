import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { StepContext } from '../operations/types.ts';
import type { EnvironmentTarget, GateResult } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import type { Decision } from './decision.ts';
import { switchGeneration } from './scripts/generations.ts';
import { stopwatch } from './stopwatch.ts';

export const done = z.object({});
export const gateSchema = z.object({ passed: z.boolean(), failures: z.array(z.string()), ms: z.number() });

export const leftBecause = (decision: Decision): string =>
  decision.imageName === null ? 'before undo' : `before restoring ${decision.imageName}`;

export async function rename(
  golden: Golden,
  decision: Decision,
  from: string,
  to: string,
  reason: string,
  direction: 'forward' | 'back',
  signal: AbortSignal,
): Promise<void> {
  // Undo goes by this order: a clock that was set back must not make an older state the one that was left last.
  const earlier = [...(golden.store.content().environments.get(decision.key)?.generations.values() ?? [])];
  const lastLeftAt = Math.max(0, ...earlier.map((each) => (each.left === null ? 0 : Date.parse(each.left.leftAt))));
  const now = new Date(Math.max(golden.clock.now().getTime(), lastLeftAt + 1));
  const hours = Math.max(24, golden.settings().undoHours);
  const left = {
    leftAt: now.toISOString(),
    keptUntil: new Date(now.getTime() + hours * 3_600_000).toISOString(),
    reason,
  };
  await golden.helper.run(switchGeneration, [decision.key, from, to, JSON.stringify(left), direction], {
    signal,
    what: 'switch to the other data',
  });
}

export const passed: GateResult = { passed: true, failures: [] };

/** A failure to start is an answer, too; losing the engine or the end of this life is not. */
export async function attempt(
  golden: Golden,
  step: StepContext,
  work: () => Promise<GateResult>,
): Promise<z.infer<typeof gateSchema>> {
  const time = stopwatch(golden.clock);
  try {
    const result = await work();
    return { passed: result.passed, failures: [...result.failures], ms: time() };
  } catch (error) {
    if (step.signal.aborted || engineIsAway(error)) throw error;
    return { passed: false, failures: [error instanceof Error ? error.message : String(error)], ms: time() };
  }
}

export function engineIsAway(error: unknown): boolean {
  return error instanceof AppError && ['docker.gone', 'docker.not-responding', 'docker.not-found'].includes(error.code);
}

/**
 * While the app was away somebody may have started services by hand. They would go on with the data they were started
 * on, whatever is switched, or write into a volume that is being replaced.
 */
export async function stopAgain(
  golden: Golden,
  target: EnvironmentTarget,
  services: readonly string[],
  resumed: boolean,
  step: StepContext,
): Promise<void> {
  if (resumed) await golden.runtime.stop(target, services, step, step.signal);
}
