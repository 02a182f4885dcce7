import type { Problem } from '../../../../shared/domain/problem.ts';
import type { EnvironmentTarget } from '../provider.ts';
import type { ListedContainer } from './containers.ts';
import type { Listener, PortHolders } from './ports-holders.ts';
import { type HostPort, hostPorts } from './translate-ports.ts';

interface Wanted extends HostPort {
  readonly service: string;
}

/** Two host addresses that cannot both be listened on: the same one, or one of them stands for all. */
export function sameAddress(a: string, b: string): boolean {
  const every = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::' || ip === '*';
  return every(a) || every(b) || a.toLowerCase() === b.toLowerCase();
}

/** The single host ports the services ask for. Of a range the engine takes a free one, so no part of it is certain. */
function wantedPorts(target: EnvironmentTarget, serviceNames: readonly string[]): readonly Wanted[] {
  return serviceNames.flatMap((service) => {
    const declared = target.project.services[service];
    return declared === undefined
      ? []
      : hostPorts(declared)
          .filter((port) => port.first === port.last)
          .map((port) => ({ ...port, service }));
  });
}

export interface PortCheck {
  readonly target: EnvironmentTarget;
  readonly serviceNames: readonly string[];
  /** Services none of whose containers run: only these will ask the engine for ports. */
  readonly everything: readonly ListedContainer[];
  /** The engine's ports are this machine's, so that its other processes matter. */
  readonly local: boolean;
  readonly holders: PortHolders;
  readonly signal: AbortSignal;
}

/** Ports that somebody else holds, and who. A port held by the same service of this project is its own. */
export async function takenPorts(check: PortCheck): Promise<Problem[]> {
  const { target } = check;
  const wanted = wantedPorts(target, check.serviceNames);
  if (wanted.length === 0) return [];
  const problems: Problem[] = wantedTwice(target, wanted);
  const open: Wanted[] = [];
  for (const port of wanted) {
    const holding = check.everything.filter((each) => publishes(each, port));
    const mine = holding.some((each) => each.projectName === target.projectName && each.service === port.service);
    const other = holding.find(
      (each) => each.projectName !== target.projectName || !check.serviceNames.includes(each.service ?? ''),
    );
    if (other !== undefined) problems.push(takenByContainer(port, other));
    else if (!mine && holding.length === 0) open.push(port);
  }
  if (!check.local || open.length === 0) return problems;
  const listeners = await check.holders(
    open.map((port) => ({ port: port.first, protocol: port.protocol })),
    check.signal,
  );
  for (const port of open) {
    const listener = listeners.find(
      (each) => each.port === port.first && each.protocol === port.protocol && sameAddress(each.address, port.hostIp),
    );
    if (listener !== undefined) problems.push(takenByProcess(port, listener));
  }
  return problems;
}

/** Ports that two of the services ask for: the second one could not start. */
function wantedTwice(target: EnvironmentTarget, wanted: readonly Wanted[]): Problem[] {
  return wanted.flatMap((port, index): Problem[] => {
    const before = wanted
      .slice(0, index)
      .find(
        (each) =>
          each.service !== port.service &&
          each.first === port.first &&
          each.protocol === port.protocol &&
          sameAddress(each.hostIp, port.hostIp),
      );
    if (before === undefined) return [];
    const position = target.positionOf?.(['services', port.service, 'ports']);
    return [
      {
        severity: 'error',
        code: 'docker.port-taken',
        message: `Port ${port.first}, which ${port.service} asks for, is what ${before.service} asks for too.`,
        remedy: `Start one of the two, or give ${port.service} another host port.`,
        path: `services.${port.service}.ports`,
        ...(position === undefined ? {} : { position }),
      },
    ];
  });
}

function publishes(container: ListedContainer, port: Wanted): boolean {
  return container.ports.some(
    (each) => each.hostPort === port.first && each.protocol === port.protocol && sameAddress(each.hostIp, port.hostIp),
  );
}

function takenByContainer(port: Wanted, container: ListedContainer): Problem {
  const where = container.projectName === null ? '' : ` of the Compose project ${container.projectName}`;
  return {
    severity: 'error',
    code: 'docker.port-taken',
    message: `Port ${port.first}, which ${port.service} asks for, is taken by the container ${container.name}${where}.`,
    remedy: `Stop ${container.name}, or give ${port.service} another host port.`,
    path: `services.${port.service}.ports`,
  };
}

function takenByProcess(port: Wanted, listener: Listener): Problem {
  const who =
    listener.command === null
      ? 'another process on this machine'
      : `the process ${listener.command}${listener.pid === null ? '' : ` (pid ${listener.pid})`}`;
  return {
    severity: 'error',
    code: 'docker.port-taken',
    message: `Port ${port.first}, which ${port.service} asks for, is taken by ${who}.`,
    remedy: `End that process, or give ${port.service} another host port.`,
    path: `services.${port.service}.ports`,
  };
}
