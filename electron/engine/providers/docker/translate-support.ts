import type { ComposeService } from '../../../../shared/domain/compose-model.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import type { EnvironmentTarget } from '../provider.ts';
import { apiAtLeast } from './translate-values.ts';

interface Need {
  readonly path: string;
  readonly api: string;
  /** The first Docker release with that API. */
  readonly engine: string;
}

/** What this engine's API cannot do or Docker has no equivalent for, by name. Never silently left out. */
export function unsupported(target: EnvironmentTarget, serviceNames: readonly string[], api: string): Problem[] {
  const problems: Problem[] = [];
  for (const [key, network] of Object.entries(target.project.networks ?? {})) {
    if (network?.enable_ipv4 === false && !apiAtLeast(api, '1.48')) {
      problems.push(tooOld({ path: `networks.${key}.enable_ipv4`, api: '1.48', engine: '28.0' }, api));
    }
  }
  for (const name of serviceNames) {
    const service = target.project.services[name];
    if (service === undefined) continue;
    for (const need of needs(`services.${name}`, service)) {
      if (!apiAtLeast(api, need.api)) problems.push(tooOld(need, api));
    }
    problems.push(...withoutEquivalent(`services.${name}`, service));
  }
  return problems;
}

function needs(path: string, service: ComposeService): Need[] {
  const found: Need[] = [];
  const need = (present: boolean, field: string, api: string, engine: string): void => {
    if (present) found.push({ path: `${path}.${field}`, api, engine });
  };
  need(service.healthcheck?.start_interval !== undefined, 'healthcheck.start_interval', '1.44', '25.0');
  need(Object.keys(service.annotations ?? {}).length > 0, 'annotations', '1.43', '24.0');
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    need(mount.volume?.subpath !== undefined, `volumes[${index}].volume.subpath`, '1.45', '26.0');
    const recursive = mount.bind?.recursive;
    need(recursive === 'readonly' || recursive === 'writable', `volumes[${index}].bind.recursive`, '1.44', '25.0');
    need(mount.type === 'image', `volumes[${index}]`, '1.48', '28.0');
  }
  const networks = Object.entries(service.networks ?? {});
  const primary = networks.length < 2;
  for (const [key, network] of networks) {
    need(network?.mac_address !== undefined && !primary, `networks.${key}.mac_address`, '1.44', '25.0');
    need(network?.gw_priority !== undefined, `networks.${key}.gw_priority`, '1.48', '28.0');
    need(network?.interface_name !== undefined, `networks.${key}.interface_name`, '1.49', '28.1');
  }
  return found;
}

function tooOld(need: Need, api: string): Problem {
  return {
    severity: 'error',
    code: 'docker.unsupported',
    message: `${need.path} needs Docker ${need.engine} (API ${need.api}); this engine has API ${api}.`,
    remedy: `Update Docker to ${need.engine} or newer, or remove ${need.path}.`,
    path: need.path,
  };
}

function withoutEquivalent(path: string, service: ComposeService): Problem[] {
  const problems: Problem[] = [];
  const refuse = (severity: Problem['severity'], field: string, why: string): void => {
    problems.push({
      severity,
      code: 'docker.unsupported',
      message: `${path}.${field}: ${why}`,
      remedy: severity === 'error' ? `Remove ${path}.${field} or change it.` : 'Nothing needs to be done.',
      path: `${path}.${field}`,
    });
  };
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    if (mount.type === 'cluster') refuse('error', `volumes[${index}]`, 'cluster volumes need a swarm.');
  }
  const copies = service.scale ?? service.deploy?.replicas ?? 1;
  if (copies > 1 && service.container_name !== undefined) {
    refuse('error', 'container_name', `${copies} containers cannot share one name.`);
  }
  const policy = service.deploy?.restart_policy;
  for (const field of ['delay', 'window'] as const) {
    if (policy?.[field] !== undefined) {
      refuse(
        'warning',
        `deploy.restart_policy.${field}`,
        'Docker has no such setting outside a swarm; it has no effect.',
      );
    }
  }
  return problems;
}
