import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget, Progress } from '../provider.ts';
import type { ImageDeps } from './apply-images.ts';

/** Placeholder until the builder is there. */
export async function buildImage(
  _deps: ImageDeps,
  _target: EnvironmentTarget,
  serviceName: string,
  _progress: Progress,
  _signal: AbortSignal,
): Promise<void> {
  throw new AppError({
    code: 'docker.unsupported',
    message: `services.${serviceName}.build cannot be built yet.`,
    remedy: 'Build the image by hand.',
  });
}
