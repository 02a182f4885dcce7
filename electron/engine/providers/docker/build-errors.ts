import type { Position } from '../../../../shared/domain/position.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { AppError, type ErrorCode } from '../../../../shared/errors.ts';
import type { EnvironmentTarget } from '../provider.ts';

type Path = readonly (string | number)[];

/** Something that a service's `build` says and that cannot be done, at the place where it says so. */
export function buildRefused(
  target: EnvironmentTarget,
  path: Path,
  shape: { readonly message: string; readonly remedy: string; readonly code?: ErrorCode },
): AppError {
  const code = shape.code ?? 'docker.unsupported';
  const position = target.positionOf?.(path);
  const problem: Problem = {
    severity: 'error',
    code,
    message: shape.message,
    remedy: shape.remedy,
    path: path.join('.'),
    ...(position === undefined ? {} : { position }),
  };
  return new AppError({
    code,
    message: shape.message,
    remedy: shape.remedy,
    details: { path: problem.path, problems: [problem] },
  });
}

export interface BuildFailure {
  readonly image: string;
  readonly service: string;
  /** In one line. */
  readonly reason: string;
  /** The last lines of the step that failed. */
  readonly log: readonly string[];
  /** Where in the Dockerfile. */
  readonly position?: Position;
  readonly remedy?: string;
}

export function buildFailed(failure: BuildFailure, cause?: unknown): AppError {
  const { image, service, reason, log, position } = failure;
  const message = `The image ${image} of ${service} could not be built: ${reason}`;
  const remedy = failure.remedy ?? 'Read the last lines of the build, correct the Dockerfile, and start again.';
  const code = 'docker.build-failed';
  const problems: Problem[] = position === undefined ? [] : [{ severity: 'error', code, message, remedy, position }];
  const details = { image, service, log, ...(problems.length === 0 ? {} : { problems }) };
  return new AppError({ code, message, remedy, details }, cause === undefined ? undefined : { cause });
}
