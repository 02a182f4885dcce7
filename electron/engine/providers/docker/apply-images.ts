import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import type { RunProcess } from '../../platform/processes.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ApplyRequest } from './apply.ts';
import { buildImages } from './build-images.ts';
import type { CurrentDocker } from './client.ts';
import { type ImageNeed, imageNeed, inspectImage, platformMatches } from './images.ts';
import { selectWithDependencies, withContextServices } from './order.ts';
import type { PlanDeps } from './plan.ts';
import type { PullProblem } from './pull-errors.ts';
import { pullImages } from './pull-images.ts';
import { imageName } from './translate.ts';

export interface ImageDeps {
  readonly docker: CurrentDocker;
  readonly files: Files;
  readonly run: RunProcess;
  readonly clock: Clock;
  /** The process's environment, for Docker's own configuration and credential helpers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The variables a stack sees, for secrets of builds. */
  readonly variables: PlanDeps['variables'];
}

interface Wanted {
  readonly image: string;
  readonly service: string;
  readonly need: ImageNeed;
}

/** Pulls and builds what the services need, several at once, with progress in bytes over all downloads. */
export async function ensureImages(
  deps: ImageDeps,
  { target, services }: ApplyRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const order = withContextServices(target.project, selectWithDependencies(target.project, services));
  const wanted = await wantedImages(deps, target, order, signal);
  const pulls = new Map(wanted.filter(({ need }) => pulled.has(need)).map((each) => [each.image, each]));
  const outcomes = await pullImages(
    deps,
    [...pulls.values()].map(({ image, service }) => ({ image, platform: target.project.services[service]?.platform })),
    (image, error) => tolerable(target, pulls.get(image), error),
    progress,
    signal,
  );
  const toBuild = new Set(wanted.filter(({ need }) => need === 'build').map(({ image }) => image));
  for (const outcome of outcomes) {
    const { image } = outcome;
    if ('error' in outcome) {
      const here = pulls.get(image)?.need === 'refresh';
      progress.log(`${outcome.error.message} ${here ? 'The one that is here is used.' : 'It is built instead.'}`);
      if (!here) toBuild.add(image);
    } else await assertPlatform(deps, target, image, pulls.get(image)?.service, signal);
  }
  const builders = wanted.filter(({ image }) => toBuild.has(image)).map(({ service }) => service);
  await buildImages(deps, target, builders, progress, signal);
}

const pulled: ReadonlySet<ImageNeed> = new Set(['pull', 'refresh', 'pull-or-build']);

/**
 * What is here is still good when its registry is away; an image that can be built need not be there at all. A registry
 * that answers with a refusal is believed.
 */
function tolerable(target: EnvironmentTarget, wanted: Wanted | undefined, error: AppError): boolean {
  if (wanted === undefined || error.code !== 'docker.image-missing') return false;
  if (wanted.need === 'pull-or-build') return true;
  if (wanted.need !== 'refresh') return false;
  return target.project.services[wanted.service]?.build !== undefined || away.has(error.details?.['problem']);
}

const away: ReadonlySet<unknown> = new Set<PullProblem>([
  ...([
    'offline',
    'name-unknown',
    'connection-refused',
    'proxy',
    'rate-limit',
    'server-error',
    'cut',
    'silent',
  ] as const),
]);

/** A name that stands for one image, not for one per platform, gives that one whatever was asked for. */
async function assertPlatform(
  deps: ImageDeps,
  target: EnvironmentTarget,
  image: string,
  service: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const platform = service === undefined ? undefined : target.project.services[service]?.platform;
  if (platform === undefined) return;
  const found = await inspectImage(deps.docker(), image, signal);
  if (found === undefined || platformMatches(platform, found.platform)) return;
  throw new AppError({
    code: 'docker.image-missing',
    message: `The image ${image} is for ${found.platform}, and ${service} asks for ${platform}.`,
    remedy: `Set platform of ${service} to ${found.platform}, or name an image that exists for ${platform}.`,
    details: { image, service, platform, actual: found.platform, problem: 'platform' },
  });
}

async function wantedImages(
  deps: ImageDeps,
  target: ApplyRequest['target'],
  order: readonly string[],
  signal: AbortSignal,
): Promise<readonly Wanted[]> {
  const wanted = new Map<string, Wanted>();
  for (const service of order) {
    const declared = target.project.services[service];
    const image = imageName(target, service);
    const known = wanted.get(image)?.need;
    if (declared === undefined || known === 'build' || known === 'pull-or-build') continue;
    const found = await inspectImage(deps.docker(), image, signal);
    const usable = found !== undefined && platformMatches(declared.platform, found.platform) ? found : undefined;
    const need = imageNeed(declared, usable, deps.clock.now());
    // One service may build what others only name.
    if (known === undefined || need === 'build' || need === 'pull-or-build')
      wanted.set(image, { image, service, need });
  }
  for (const { image, service, need } of wanted.values()) {
    if (need !== 'missing') continue;
    const policy = target.project.services[service]?.pull_policy;
    throw new AppError({
      code: 'docker.image-missing',
      message: `The image ${image} of ${service} is not here, and pull_policy ${policy} forbids fetching it.`,
      remedy: `Run \`docker pull ${image}\`, or change pull_policy.`,
      details: { image, service },
    });
  }
  return [...wanted.values()];
}
