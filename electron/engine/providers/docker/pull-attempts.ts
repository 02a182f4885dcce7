import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { CurrentDocker } from './client.ts';
import { isEngineAway } from './client-errors.ts';
import { type Pulled, type PullRequest, pullImage } from './pull.ts';
import type { PullProblem } from './pull-errors.ts';
import type { PullProgress } from './pull-progress.ts';

export interface AttemptDeps {
  readonly docker: CurrentDocker;
  readonly clock: Clock;
}

export interface AttemptRequest extends PullRequest {
  readonly progress: PullProgress;
  /** Called before each wait, with words for the log. */
  readonly onRetry: (words: string) => void;
}

/** The first attempt and those after a cut. */
export const mostAttempts = 5;
/** Before the second attempt, ms; doubles with each. */
const firstPauseMs = 1000;
/** An engine that is being restarted is waited for this long, ms. */
const engineReturnsMs = 60_000;

/** These pass by themselves. A registry that was never reached is not asked again: there is nothing to resume. */
const passing: ReadonlySet<unknown> = new Set<PullProblem>(['cut', 'corrupt', 'server-error', 'silent']);
const onceReached: ReadonlySet<unknown> = new Set<PullProblem>(['offline', 'connection-refused', 'name-unknown']);

/**
 * Fetches an image, again after a cut of the connection or a restart of the engine, five times at most with growing
 * pauses. Engines go on with a cut layer themselves for a while; what they keep of a pull that failed after all is not
 * fetched again (Docker's own image store keeps nothing, containerd's keeps finished layers). The progress never falls.
 */
export async function pullPersistently(
  deps: AttemptDeps,
  request: AttemptRequest,
  signal: AbortSignal,
): Promise<Pulled> {
  const { image, progress } = request;
  for (let attempt = 1; ; attempt++) {
    try {
      return await pullImage(deps.docker(), request, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const engineAway = isAway(error);
      if (!engineAway && !passes(error, progress)) throw error;
      if (attempt >= mostAttempts) throw after(error, attempt);
      const pauseMs = firstPauseMs * 2 ** (attempt - 1);
      const why = error instanceof AppError ? error.message : String(error);
      request.onRetry(
        `${why} Trying ${image} again in ${pauseMs / 1000} s (attempt ${attempt + 1} of ${mostAttempts}).`,
      );
      await deps.clock.sleep(pauseMs, signal);
      if (engineAway) await engineBack(deps, error, signal);
    }
  }
}

function isAway(error: unknown): boolean {
  return isEngineAway(error) || (error instanceof AppError && error.code === 'docker.not-found');
}

function passes(error: unknown, progress: PullProgress): boolean {
  if (!(error instanceof AppError) || error.code !== 'docker.image-missing') return false;
  const problem = error.details?.['problem'];
  return passing.has(problem) || (onceReached.has(problem) && progress.layers().all > 0);
}

function after(error: unknown, attempts: number): unknown {
  if (!(error instanceof AppError) || error.code !== 'docker.image-missing') return error;
  const { code, message, remedy, details } = error;
  return new AppError(
    { code, message: `${message.replace(/\.$/, '')}, ${attempts} times.`, remedy, details: { ...details, attempts } },
    { cause: error },
  );
}

async function engineBack(deps: AttemptDeps, error: unknown, signal: AbortSignal): Promise<void> {
  const end = deps.clock.monotonic() + engineReturnsMs;
  for (;;) {
    try {
      const ping = { signal, timeoutMs: 3000 };
      await deps.docker().call('answer', ping, (docker) => docker.ping());
      return;
    } catch (failure) {
      if (signal.aborted) throw signal.reason;
      if (!isAway(failure)) throw failure;
      if (deps.clock.monotonic() > end) throw error;
      await deps.clock.sleep(500, signal);
    }
  }
}
