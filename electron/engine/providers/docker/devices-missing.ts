import type { Problem } from '../../../../shared/domain/problem.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { EnvironmentTarget } from '../provider.ts';

const refusal =
  /could not select device driver|unknown or invalid runtime name|unresolvable CDI devices|no known GPU vendor/i;

/** What the engine said when it has no driver for a device that a service asks for, in words that help. */
export function deviceMissing(target: EnvironmentTarget, serviceName: string, said: string): AppError | undefined {
  const service = target.project.services[serviceName];
  if (service === undefined || !refusal.test(said)) return undefined;
  const asked =
    service.gpus !== undefined
      ? ['gpus']
      : (service.deploy?.resources?.reservations?.devices ?? []).length > 0
        ? ['deploy', 'resources', 'reservations', 'devices']
        : service.runtime !== undefined
          ? ['runtime']
          : ['devices'];
  const path = ['services', serviceName, ...asked];
  const position = target.positionOf?.(path);
  const what = asked[0] === 'runtime' ? `the runtime ${service.runtime}` : 'the devices it asks for';
  const problem: Problem = {
    severity: 'error',
    code: 'docker.device-missing',
    message: `The Docker engine cannot give ${serviceName} ${what}: ${said}`,
    remedy: `Install the driver and its container toolkit on the engine’s machine (for NVIDIA: nvidia-container-toolkit), restart Docker, or remove ${asked.join('.')} from ${serviceName}.`,
    path: path.join('.'),
    ...(position === undefined ? {} : { position }),
  };
  return new AppError({
    code: 'docker.device-missing',
    message: problem.message,
    remedy: problem.remedy,
    details: { service: serviceName, said, problems: [problem], ...position },
  });
}
