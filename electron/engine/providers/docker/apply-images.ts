import { AppError } from '../../../../shared/errors.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import type { RunProcess } from '../../platform/processes.ts';
import type { Progress } from '../provider.ts';
import type { ApplyRequest } from './apply.ts';
import { buildImage } from './build.ts';
import type { CurrentDocker } from './client.ts';
import { mapLimited } from './containers.ts';
import { type ImageNeed, imageNeed, inspectImage, platformMatches } from './images.ts';
import { selectWithDependencies } from './order.ts';
import { pullImage } from './pull.ts';
import { registryAuth } from './pull-auth.ts';
import { imageName } from './translate.ts';

export interface ImageDeps {
  readonly docker: CurrentDocker;
  readonly files: Files;
  readonly run: RunProcess;
  readonly clock: Clock;
  /** The process's environment, for Docker's own configuration and credential helpers. */
  readonly environment: Readonly<Record<string, string | undefined>>;
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
  const wanted = await wantedImages(deps, target, selectWithDependencies(target.project, services), signal);
  const pulls = wanted.filter((each) => each.need === 'pull' || each.need === 'refresh');
  const sums = new Map<string, { readonly done: number; readonly total: number | null }>();
  await mapLimited(pulls, 4, async ({ image, service, need }) => {
    progress.detail(`Pulling ${image}`);
    const platform = target.project.services[service]?.platform;
    const auth = await registryAuth(deps, image, signal);
    try {
      await pullImage(
        deps.docker(),
        {
          image,
          ...(platform === undefined ? {} : { platform }),
          ...(auth === undefined ? {} : { auth }),
          onProgress: (done, total) => {
            sums.set(image, { done, total });
            report(sums, pulls.length, progress);
          },
        },
        signal,
      );
      progress.log(`Pulled ${image}.`);
    } catch (error) {
      // What is here is still good when its registry is away.
      if (need !== 'refresh' || !(error instanceof AppError) || error.code !== 'docker.image-missing') throw error;
      progress.log(
        `${error.message.replace('is not here, and', 'could not be refreshed:')} The one that is here is used.`,
      );
    }
  });
  for (const { image, service } of wanted.filter((each) => each.need === 'build')) {
    progress.detail(`Building ${image}`);
    await buildImage(deps, target, service, progress, signal);
    progress.log(`Built ${image}.`);
  }
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
    if (declared === undefined || wanted.get(image)?.need === 'build') continue;
    const found = await inspectImage(deps.docker(), image, signal);
    const usable = found !== undefined && platformMatches(declared.platform, found.platform) ? found : undefined;
    const need = imageNeed(declared, usable, deps.clock.now());
    // One service may build what others only name.
    if (!wanted.has(image) || need === 'build') wanted.set(image, { image, service, need });
  }
  for (const { image, service, need } of wanted.values()) {
    if (need !== 'missing') continue;
    throw new AppError({
      code: 'docker.image-missing',
      message: `The image ${image} of ${service} is not here, and pull_policy never forbids fetching it.`,
      remedy: `Run \`docker pull ${image}\`, or change pull_policy.`,
      details: { image, service },
    });
  }
  return [...wanted.values()];
}

function report(
  sums: ReadonlyMap<string, { readonly done: number; readonly total: number | null }>,
  expected: number,
  progress: Progress,
): void {
  let done = 0;
  let total = 0;
  for (const each of sums.values()) {
    done += each.done;
    total += each.total ?? 0;
  }
  // Until every image has said how large it is, nobody knows the whole.
  progress.progress(done, sums.size === expected ? total : null, 'bytes');
}
