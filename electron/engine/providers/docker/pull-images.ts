import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Progress } from '../provider.ts';
import type { CurrentDocker } from './client.ts';
import { mapLimited } from './containers.ts';
import type { Pulled } from './pull.ts';
import { pullPersistently } from './pull-attempts.ts';
import { findCredentials, type RegistryAuthDeps } from './pull-auth.ts';
import { createBoard, type Row } from './pull-board.ts';
import { type EngineRegistries, engineRegistries, routeOf, routeWords } from './pull-route.ts';

export interface PullDeps extends RegistryAuthDeps {
  readonly docker: CurrentDocker;
  readonly clock: Clock;
}

export interface WantedPull {
  readonly image: string;
  readonly platform?: string | undefined;
}

export type PullOutcome =
  | { readonly image: string; readonly pulled: Pulled }
  | { readonly image: string; readonly error: AppError };

/** Engines fetch the layers of one image three at a time; more images at once than this only share the line. */
const atOnce = 4;

/**
 * Fetches images, four at a time, with measured bytes per image. An image that cannot be had is an outcome when
 * `tolerates` says so; any other failure ends the other pulls too, and is thrown when they have ended.
 */
export async function pullImages(
  deps: PullDeps,
  wanted: readonly WantedPull[],
  tolerates: (image: string, error: AppError) => boolean,
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly PullOutcome[]> {
  if (wanted.length === 0) return [];
  const registries = await engineRegistries(deps.docker(), signal);
  const stopOthers = new AbortController();
  const both = AbortSignal.any([signal, stopOthers.signal]);
  const board = createBoard(
    deps.clock,
    wanted.map(({ image }) => image),
    progress,
  );
  const ticks = setInterval(board.tick, 1000);
  let failure: unknown;
  const outcomes = await mapLimited(wanted, atOnce, async (each): Promise<PullOutcome | null> => {
    const row = board.row(each.image);
    try {
      return { image: each.image, pulled: await pullOne(deps, each, row, registries, progress, both) };
    } catch (error) {
      // Not its own failure: another image's, or a cancel.
      if (both.aborted) row.failed('Stopped');
      else {
        row.failed(error instanceof Error ? error.message : String(error));
        if (error instanceof AppError && tolerates(each.image, error)) return { image: each.image, error };
        failure = error;
        stopOthers.abort(error);
      }
      return null;
    }
  });
  clearInterval(ticks);
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  return outcomes.filter((outcome) => outcome !== null);
}

async function pullOne(
  deps: PullDeps,
  { image, platform }: WantedPull,
  row: Row,
  registries: EngineRegistries,
  progress: Progress,
  signal: AbortSignal,
): Promise<Pulled> {
  signal.throwIfAborted();
  row.begin();
  const words = routeWords(registries, image);
  if (words !== null) progress.log(words);
  const { auth, problem } = await findCredentials(deps, image, signal);
  if (problem !== undefined) progress.log(`${problem} Asking for ${image} without credentials.`);
  const request = {
    image,
    route: routeOf(registries, image),
    ...(platform === undefined ? {} : { platform }),
    ...(auth === undefined ? {} : { auth }),
    ...(problem === undefined ? {} : { credentialProblem: problem }),
    progress: row.progress,
    onProgress: row.changed,
    onRetry: row.retry,
  };
  const pulled = await pullPersistently(deps, request, signal);
  row.done(pulled);
  return pulled;
}
