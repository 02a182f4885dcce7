import { withApiSocket } from '../../stacks/compose/api-socket.ts';
import type { EnvironmentTarget } from '../provider.ts';
import type { Existing } from './containers.ts';
import type { ContainerDecision } from './plan-decide.ts';
import type { EngineState } from './plan-state.ts';
import { imageName, restartPolicy } from './translate.ts';
import { portBindings } from './translate-ports.ts';
import { translateResources } from './translate-resources.ts';
import { nanoseconds } from './translate-values.ts';

const configurationChanged = 'its configuration changed';

/** Names the changed fields where the engine shows them, instead of saying only that the configuration changed. */
export function containerReasons(
  target: EnvironmentTarget,
  serviceName: string,
  decision: Extract<ContainerDecision, { kind: 'recreate' }>,
  state: EngineState,
): readonly string[] {
  if (!decision.reasons.includes(configurationChanged)) return decision.reasons;
  const fields = changedFields(target, serviceName, decision.existing, state);
  return fields.length === 0
    ? decision.reasons
    : decision.reasons.map((reason) => (reason === configurationChanged ? `changed: ${fields.join(', ')}` : reason));
}

/** Fields of a service whose container shows another value than the declaration. Values are never named: they may be secret. */
export function changedFields(
  target: EnvironmentTarget,
  serviceName: string,
  existing: Existing,
  state: Pick<EngineState, 'images'>,
): readonly string[] {
  const declared = target.project.services[serviceName];
  if (declared === undefined) return [];
  const service = withApiSocket(declared);
  const image = state.images.get(imageName(target, serviceName))?.config;
  const { Config: config, HostConfig: host } = existing.detail;
  const fields: string[] = [];
  const differs = (field: string, wanted: unknown, actual: unknown): void => {
    if (JSON.stringify(wanted) !== JSON.stringify(actual)) fields.push(field);
  };
  if (existing.info.image !== imageName(target, serviceName)) fields.push('image');
  fields.push(...environmentFields(service.environment ?? {}, config.Env ?? [], image?.Env));
  if (image !== undefined) {
    const entrypoint = service.entrypoint ?? null;
    // A command of the image is dropped when the entrypoint is replaced.
    const command = service.command ?? (entrypoint === null ? (image.Cmd ?? null) : null);
    differs('command', emptyToNull(command), emptyToNull(config.Cmd));
    differs('entrypoint', emptyToNull(entrypoint ?? image.Entrypoint), emptyToNull(config.Entrypoint));
    differs('user', service.user ?? image.User ?? '', config.User ?? '');
    differs('working_dir', service.working_dir ?? image.WorkingDir ?? '', config.WorkingDir ?? '');
  }
  const grace = nanoseconds(service.stop_grace_period);
  if (grace !== undefined) differs('stop_grace_period', Math.ceil(grace / 1e9), config.StopTimeout ?? null);
  differs('ports', bindingList(portBindings(service)), bindingList(host.PortBindings ?? undefined));
  const policy = restartPolicy(service);
  differs('restart', policy?.Name ?? 'no', host.RestartPolicy?.Name === '' ? 'no' : (host.RestartPolicy?.Name ?? 'no'));
  const resources = translateResources(service);
  differs('mem_limit', resources.Memory ?? null, existing.info.limits.memoryBytes);
  differs('cpus', resources.NanoCpus === undefined ? null : resources.NanoCpus / 1e9, existing.info.limits.cpus);
  const mounted = new Set(existing.info.mounts.map((mount) => mount.target));
  if ((service.volumes ?? []).some((mount) => mount.type !== 'tmpfs' && !mounted.has(mount.target)))
    fields.push('volumes');
  for (const [key, value] of Object.entries(service.labels ?? {})) {
    if (existing.info.labels[key] !== value) fields.push(`labels.${key}`);
  }
  return [...new Set(fields)];
}

function emptyToNull(list: readonly string[] | null | undefined): readonly string[] | null {
  return list === undefined || list === null || list.length === 0 ? null : list;
}

function environmentFields(
  declared: Readonly<Record<string, string | null>>,
  actual: readonly string[],
  ofImage: readonly string[] | null | undefined,
): string[] {
  const parse = (list: readonly string[]): Map<string, string> =>
    new Map(list.map((entry) => [entry.split('=')[0] ?? entry, entry.slice(entry.indexOf('=') + 1)]));
  const now = parse(actual);
  const inherited = parse(ofImage ?? []);
  const changed = Object.entries(declared)
    .filter(([key, value]) => value !== null && now.get(key) !== value)
    .map(([key]) => `environment.${key}`);
  const gone = [...now.keys()]
    .filter((key) => !(key in declared) && ofImage !== undefined && !inherited.has(key))
    .map((key) => `environment.${key}`);
  return [...changed, ...gone];
}

function bindingList(
  bindings:
    | Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>
    | undefined,
): readonly string[] {
  return Object.entries(bindings ?? {})
    .flatMap(([key, list]) => (list ?? []).map((each) => `${each.HostIp}:${each.HostPort}:${key}`))
    .sort();
}
