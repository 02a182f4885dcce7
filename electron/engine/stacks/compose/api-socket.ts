import type { ComposeService } from '../../../../shared/domain/compose-model.ts';

/** Compose's name for the configuration with registry credentials that goes with the socket. */
export const apiSocketConfig = '#apisocket';

const folder = '/run/secrets/docker';
const socket = '/var/run/docker.sock';

/**
 * What `use_api_socket` stands for when a container is made: the engine's socket, and the registry credentials as
 * Docker's configuration file. The resolved model keeps the attribute; hashes and containers are of what it stands for.
 */
export function withApiSocket(service: ComposeService): ComposeService {
  if (service.use_api_socket !== true) return service;
  return {
    ...service,
    volumes: [...(service.volumes ?? []), { type: 'bind', source: socket, target: socket }],
    environment: { DOCKER_CONFIG: folder, ...service.environment },
    configs: [...(service.configs ?? []), { source: apiSocketConfig, target: `${folder}/config.json` }],
  };
}
