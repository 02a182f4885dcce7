import { AppError } from '../../../shared/errors.ts';
import type { ProjectOf } from '../logs/logs.ts';
import type { CurrentDocker } from '../providers/docker/client.ts';
import { projectContainers } from '../providers/docker/list.ts';
import type { ContainerInfo } from '../providers/provider.ts';
import { startContainerProcess } from './container-process.ts';
import { chooseShell } from './container-shell.ts';
import type { Opening } from './place.ts';

export interface ContainerPlace {
  readonly environmentId: string;
  readonly service: string;
  /** Name or id. Absent: the service's first that runs. */
  readonly container?: string | undefined;
  /** Absent: the best shell it has. */
  readonly command?: readonly string[] | undefined;
}

/** A session in a container of a service. Throws what keeps it from opening. */
export async function openInContainer(
  place: ContainerPlace,
  size: { readonly columns: number; readonly rows: number; readonly tty: boolean },
  sessionId: string,
  deps: { readonly current: CurrentDocker; readonly projectOf: ProjectOf },
  signal: AbortSignal,
): Promise<Opening> {
  const client = deps.current();
  const project = await deps.projectOf(place.environmentId);
  const container = chooseContainer(
    await projectContainers(client, project.projectName, signal),
    project.services,
    place,
  );
  const command = place.command ?? [await chooseShell(client, container, signal)];
  return {
    title: titleOf(container, place),
    start: (events) =>
      startContainerProcess(client, { containerId: container.id, sessionId, command, ...size, signal }, events),
  };
}

/** The running container that was named, else the service's first. */
function chooseContainer(
  containers: readonly ContainerInfo[],
  services: readonly string[],
  { environmentId, service, container }: ContainerPlace,
): ContainerInfo {
  const ofService = containers.filter((each) => each.service === service).sort((a, b) => a.number - b.number);
  const matching =
    container === undefined
      ? ofService
      : ofService.filter((each) => each.name === container || each.id === container || each.id.startsWith(container));
  const running = matching.find((each) => each.state === 'running');
  if (running !== undefined) return running;
  if (ofService.length === 0 && !services.includes(service)) {
    throw new AppError({
      code: 'input.not-found',
      message: `${environmentId} has no service ${service}.`,
      remedy: services.length === 0 ? 'Start the stack first.' : `Choose one of: ${services.join(', ')}.`,
    });
  }
  if (container !== undefined && matching.length === 0) {
    throw new AppError({
      code: 'input.not-found',
      message: `The service ${service} of ${environmentId} has no container ${container}.`,
      remedy: 'Leave the container out to take the first one.',
    });
  }
  const paused = matching.find((each) => each.state === 'paused');
  throw new AppError({
    code: 'docker.container-exited',
    message:
      paused === undefined
        ? `The service ${service} of ${environmentId} is not running.`
        : `The container ${paused.name} is paused.`,
    remedy: paused === undefined ? 'Start it first.' : 'Wait until it goes on, then try again.',
  });
}

function titleOf(container: ContainerInfo, { service, command }: ContainerPlace): string {
  const name = container.number > 1 ? `${service} ${container.number}` : service;
  return command === undefined ? name : `${name}: ${command.join(' ').slice(0, 80)}`;
}
