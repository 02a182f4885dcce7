import type { EnvironmentTarget, Progress } from '../provider.ts';
import { inspectImage, platformMatches, pullNeed } from './images.ts';
import { selectWithDependencies } from './order.ts';
import { type PullDeps, pullImages, type WantedPull } from './pull-images.ts';
import { imageName } from './translate.ts';

/** What became of one image of a stack. */
export interface StackImage {
  readonly image: string;
  readonly services: readonly string[];
  /** Ids on the engine; null when it had or has none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Why it was not pulled, in words; null for one that was asked for. */
  readonly left: string | null;
}

const reasons = {
  never: 'pull_policy never',
  built: 'it is built here',
  here: 'it is here, and its pull_policy goes by that',
} as const;

/**
 * Asks the registries for the images of a stack, as `docker compose pull`: also for those that are here already. Starts
 * and replaces nothing. An image that can be built may be missing there; any other that cannot be had is thrown.
 */
export async function pullStack(
  deps: PullDeps,
  { target, services }: { readonly target: EnvironmentTarget; readonly services: readonly string[] | undefined },
  progress: Progress,
  signal: AbortSignal,
): Promise<readonly StackImage[]> {
  const client = deps.docker();
  const chosen = services === undefined ? selectWithDependencies(target.project, undefined) : services;
  const images = new Map<string, { services: string[]; before: string | null; left: string | null; builds: boolean }>();
  const wanted = new Map<string, WantedPull>();
  for (const name of chosen) {
    const service = target.project.services[name];
    if (service === undefined) continue;
    const image = imageName(target, name);
    const found = await inspectImage(client, image, signal);
    const usable = found !== undefined && platformMatches(service.platform, found.platform) ? found : undefined;
    const need = pullNeed(service, usable);
    const known = images.get(image) ?? { services: [], before: found?.id ?? null, left: null, builds: false };
    known.services.push(name);
    known.builds ||= service.build !== undefined;
    images.set(image, known);
    if (need === 'fetch') wanted.set(image, { image, platform: service.platform });
    else known.left = reasons[need];
  }
  for (const [image, { left }] of images) {
    if (left !== null && !wanted.has(image)) progress.log(`${image} is not asked for: ${left}.`);
  }
  const tolerates = (image: string): boolean => images.get(image)?.builds === true;
  const outcomes = await pullImages(deps, [...wanted.values()], tolerates, progress, signal);
  const failures = new Map(outcomes.flatMap((each) => ('error' in each ? [[each.image, each.error] as const] : [])));
  const result: StackImage[] = [];
  for (const [image, { services: users, before, left }] of images) {
    const failure = failures.get(image);
    if (failure !== undefined) progress.log(`${failure.message} It can be built.`);
    const after = wanted.has(image) ? ((await inspectImage(client, image, signal))?.id ?? null) : before;
    const why = failure === undefined ? (wanted.has(image) ? null : left) : 'its registry does not have it';
    result.push({ image, services: users, before, after, left: why });
  }
  return result;
}
