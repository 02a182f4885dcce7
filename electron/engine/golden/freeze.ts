import { AppError } from '../../../shared/errors.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import type { Golden } from './context.ts';
import { stopwatch } from './stopwatch.ts';

const rounds = 4;

/**
 * Freezes every running container of the environment at one instant, runs `body`, and lets them go on, whatever
 * happens in between. Gives how long they were frozen, ms.
 */
export async function whileFrozen(
  golden: Golden,
  target: EnvironmentTarget,
  pausedBefore: readonly string[],
  signal: AbortSignal,
  body: () => Promise<void>,
): Promise<number> {
  const containers = await golden.runtime.containers(target, signal);
  const restless = containers.some((each) => each.state === 'restarting');
  const frozen = runningOf(containers).map((each) => each.id);
  const time = stopwatch(golden.clock);
  try {
    await golden.runtime.pause(frozen, signal);
    if (restless) frozen.push(...(await pauseRest(golden, target, signal)));
    await body();
    if (restless) await refuseRunning(golden, target, signal);
    await golden.runtime.unpause(frozen, AbortSignal.timeout(30_000));
    return time();
  } catch (error) {
    // Not the operation's own signal: a cancelled capture must let the services go on just the same.
    await thaw(golden, target.projectName, pausedBefore, AbortSignal.timeout(30_000));
    throw error;
  }
}

/** Lets everything go on that a capture froze. What the user had paused stays so. */
export async function thaw(
  golden: Golden,
  projectName: string,
  pausedBefore: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const containers = await golden.runtime.containers({ projectName }, signal);
  const frozen = containers.filter((each) => each.state === 'paused' && !pausedBefore.includes(each.id));
  if (frozen.length > 0) {
    await golden.runtime.unpause(
      frozen.map((each) => each.id),
      signal,
    );
  }
}

/** What a restart policy brings up while the others are being frozen. */
async function pauseRest(golden: Golden, target: EnvironmentTarget, signal: AbortSignal): Promise<string[]> {
  const more: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const running = runningOf(await golden.runtime.containers(target, signal)).map((each) => each.id);
    if (running.length === 0) break;
    await golden.runtime.pause(running, signal);
    more.push(...running);
  }
  return more;
}

/** A container that came up in the middle (restart policy, a person) has written what the copy may have half. */
async function refuseRunning(golden: Golden, target: EnvironmentTarget, signal: AbortSignal): Promise<void> {
  const [first] = runningOf(await golden.runtime.containers(target, signal));
  if (first === undefined) return;
  throw new AppError({
    code: 'docker.conflict',
    message: `${first.service} started in the middle of the capture.`,
    remedy: 'Stop it or wait until it stays up, and capture again. No image was made.',
  });
}

const runningOf = (containers: readonly ContainerInfo[]): ContainerInfo[] =>
  containers.filter((each) => each.state === 'running');
