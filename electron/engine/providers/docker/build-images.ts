import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ImageDeps } from './apply-images.ts';
import { buildImage } from './build.ts';
import { mapLimited } from './containers.ts';
import { contextServices } from './order.ts';
import { imageName } from './translate.ts';

/** Builds under way at a time. BuildKit itself shares what they have in common. */
const together = 4;

/** Builds the images of these services, each after those that its build reads. The first failure ends the others. */
export async function buildImages(
  deps: ImageDeps,
  target: EnvironmentTarget,
  services: readonly string[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (services.length === 0) return;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const share = shareProgress(progress, services.length);
  try {
    for (const level of levels(target, services)) {
      const done = await mapLimited(level, together, (service) =>
        build(deps, target, service, share(service), either).catch((error: unknown) => {
          // The others are waited for, so that nothing goes on behind the failure.
          stop.abort(error);
          return error;
        }),
      );
      const failure = done.find((each) => each !== undefined);
      if (failure !== undefined) throw stop.signal.aborted && !signal.aborted ? stop.signal.reason : failure;
    }
  } finally {
    stop.abort(new Error('the builds are over'));
  }
}

async function build(
  deps: ImageDeps,
  target: EnvironmentTarget,
  service: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const image = imageName(target, service);
  progress.detail(`Building ${image}`);
  await buildImage(deps, target, service, progress, signal);
  progress.log(`Built ${image}.`);
}

/** In turns: what a turn's builds read was built in an earlier one. */
function levels(target: EnvironmentTarget, services: readonly string[]): readonly (readonly string[])[] {
  const result: string[][] = [];
  let rest = [...services];
  while (rest.length > 0) {
    const waiting = new Set(rest.map((service) => imageName(target, service)));
    const level = rest.filter((service) =>
      contextServices(target.project, service).every((each) => !waiting.has(imageName(target, each))),
    );
    if (level.length === 0) {
      throw new AppError({
        code: 'compose.cycle',
        message: `The builds of ${rest.join(', ')} read each other’s images.`,
        remedy: 'Remove one of their additional_contexts.',
      });
    }
    result.push(level);
    rest = rest.filter((service) => !level.includes(service));
  }
  return result;
}

/** One progress for each of several builds: their steps are summed, their lines say whose they are. */
function shareProgress(progress: Progress, builds: number): (service: string) => Progress {
  const sums = new Map<string, { readonly done: number; readonly total: number | null }>();
  if (builds === 1) return () => progress;
  return (service) => ({
    progress(done, total, unit) {
      sums.set(service, { done, total });
      const all = [...sums.values()];
      const known = sums.size === builds && all.every((each) => each.total !== null);
      progress.progress(
        all.reduce((sum, each) => sum + each.done, 0),
        known ? all.reduce((sum, each) => sum + (each.total ?? 0), 0) : null,
        unit,
      );
    },
    detail: (text) => progress.detail(text),
    log: (text) => progress.log(`${service} | ${text}`),
  });
}
