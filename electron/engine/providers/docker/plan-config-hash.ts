import type { ComposeService } from '../../../../shared/domain/compose-model.ts';
import { withApiSocket } from '../../stacks/compose/api-socket.ts';
import { serviceHash } from '../../stacks/compose/hash.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { sharedFrom } from './order.ts';

/**
 * The config hash a service's container should carry. Compose takes the hash of a service that shares another's
 * namespaces or volumes after it has put that container's id in; undefined while there is no such container.
 */
export function expectedHash(
  target: EnvironmentTarget,
  serviceName: string,
  containerId: (service: string) => string | undefined,
): string | undefined {
  const declared = target.project.services[serviceName];
  const shared = sharedFrom(target.project, serviceName);
  if (declared === undefined || shared.length === 0) return target.configHashes[serviceName];
  if (shared.some((name) => containerId(name) === undefined)) return undefined;
  // A default platform counts for what is built only.
  const { platform, ...rest } = declared;
  const service = declared.build === undefined && platform === target.defaultPlatform ? rest : declared;
  return serviceHash(withIds(withApiSocket(service), (name) => containerId(name) ?? name));
}

function withIds(service: ComposeService, id: (name: string) => string): ComposeService {
  const mode = (text: string | undefined): string | undefined =>
    text?.startsWith('service:') ? `container:${id(text.slice('service:'.length))}` : text;
  const changed: Record<string, unknown> = { ...service };
  for (const key of ['network_mode', 'ipc', 'pid'] as const) {
    if (service[key] !== undefined) changed[key] = mode(service[key]);
  }
  if (service.volumes_from !== undefined) {
    changed['volumes_from'] = service.volumes_from.map((text) => {
      const [first = '', second = ''] = text.split(':');
      return first === 'container' ? second : id(first);
    });
  }
  return changed as ComposeService;
}
