import type { HealthState } from '../../../shared/domain/health.ts';
import { instanceHealth } from '../environments/instance-health.ts';
import { oneShots } from '../providers/docker/order.ts';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';

/** One service as its containers are, asked of the engine just now. */
export interface ServiceLook {
  readonly name: string;
  readonly health: HealthState;
  readonly reason: string | null;
  /** It runs, or ended as it should; whether it works is another matter. */
  readonly up: boolean;
  /** Nothing will start it by itself. */
  readonly stays: boolean;
}

const order: readonly HealthState[] = ['down', 'stopped', 'paused', 'suspect', 'starting', 'healthy'];
const worse = (state: HealthState): number => {
  const place = order.indexOf(state);
  return place < 0 ? order.length : place;
};

/** Every service of the stack, whether or not it has a container. */
export function lookAtServices(
  target: EnvironmentTarget,
  containers: readonly ContainerInfo[],
): readonly ServiceLook[] {
  const once = oneShots(target.project);
  return Object.keys(target.project.services).map((name): ServiceLook => {
    const own = containers.filter((each) => each.service === name);
    if (own.length === 0) return { name, health: 'stopped', reason: 'It has no container.', up: false, stays: true };
    const looks = own.map((container) => {
      const { health, reason } = instanceHealth(container, once.has(name));
      const ended = container.state === 'exited' && container.exitCode === 0 && once.has(name);
      return {
        health: ended ? ('healthy' as const) : health,
        reason: ended ? null : reason,
        up: container.state === 'running' || container.state === 'restarting' || ended,
        stays: container.state !== 'running' && container.state !== 'restarting' && !ended,
      };
    });
    const worst = looks.reduce((one, other) => (worse(other.health) < worse(one.health) ? other : one));
    return { ...worst, name, up: looks.every(({ up }) => up), stays: looks.some(({ stays }) => stays) };
  });
}

/** `api`, `api and db`, `api, db and 3 more`. */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : [...names];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
