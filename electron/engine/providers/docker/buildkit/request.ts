import { randomUUID } from 'node:crypto';
import type { ComposeBuild } from '../../../../../shared/domain/compose-model.ts';
import type { EnvironmentTarget } from '../../provider.ts';
import { buildRefused } from '../build-errors.ts';
import { type BuildOptions, cacheEntry } from '../build-options.ts';
import type { CacheEntry, SolveRequest } from './messages.ts';

export interface RequestParts {
  readonly target: EnvironmentTarget;
  readonly serviceName: string;
  readonly build: ComposeBuild;
  readonly options: BuildOptions;
  readonly session: string;
  /** Of the contexts. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What `host-gateway` stands for. */
  readonly hostGateway: string | undefined;
}

/** Everything a service's `build` says, as the Dockerfile frontend takes it. */
export function solveRequestOf(parts: RequestParts): SolveRequest {
  const { target, serviceName, build, options } = parts;
  const attrs: Record<string, string> = { ...parts.attributes };
  for (const [name, value] of Object.entries(options.args)) attrs[`build-arg:${name}`] = value;
  for (const [name, value] of Object.entries(options.labels)) attrs[`label:${name}`] = value;
  if (build.target !== undefined) attrs['target'] = build.target;
  if (build.no_cache === true) attrs['no-cache'] = '';
  attrs['image-resolve-mode'] = build.pull === true ? 'pull' : 'default';
  if (options.platform !== undefined) attrs['platform'] = options.platform;
  const network = networkOf(target, serviceName, build.network);
  if (network !== undefined) attrs['force-network-mode'] = network;
  const hosts = options.extraHosts.map(({ name, address }) => {
    const real = address === 'host-gateway' ? parts.hostGateway : address.replace(/^\[(.*)\]$/, '$1');
    if (real !== undefined) return `${name}=${real}`;
    throw buildRefused(target, ['services', serviceName, 'build', 'extra_hosts'], {
      message: `services.${serviceName}.build.extra_hosts: this engine does not say what host-gateway is.`,
      remedy: 'Write the address itself.',
    });
  });
  if (hosts.length > 0) attrs['add-hosts'] = hosts.join(',');
  if (options.shmBytes !== undefined) attrs['shm-size'] = String(options.shmBytes);
  if (options.ulimits.length > 0) {
    attrs['ulimit'] = options.ulimits.map(({ name, soft, hard }) => `${name}=${soft}:${hard}`).join(',');
  }
  const entitlements = new Set(build.entitlements ?? []);
  if (network === 'host') entitlements.add('network.host');
  if (build.privileged === true) entitlements.add('security.insecure');
  return {
    ref: randomUUID().replaceAll('-', ''),
    exporter: 'moby',
    exporterAttrs: { name: options.tags.join(',') },
    session: parts.session,
    frontend: 'dockerfile.v0',
    frontendAttrs: attrs,
    cache: { exports: cacheEntries(parts, 'cache_to'), imports: cacheEntries(parts, 'cache_from') },
    entitlements: [...entitlements],
  };
}

function networkOf(target: EnvironmentTarget, serviceName: string, network: string | undefined): string | undefined {
  if (network === undefined || network === '' || network === 'default') return undefined;
  if (network === 'host' || network === 'none') return network;
  throw buildRefused(target, ['services', serviceName, 'build', 'network'], {
    message: `services.${serviceName}.build.network: BuildKit cannot build in the network ${network}.`,
    remedy: 'Use host, none or default, or build without BuildKit (DOCKER_BUILDKIT=0).',
  });
}

function cacheEntries(
  { target, serviceName, build, options }: RequestParts,
  field: 'cache_from' | 'cache_to',
): readonly CacheEntry[] {
  const entries = (build[field] ?? []).map((text, index) => {
    const entry = cacheEntry(text);
    if (entry.type === 'local') {
      throw buildRefused(target, ['services', serviceName, 'build', field, index], {
        message: `services.${serviceName}.build.${field}: caches in folders (type=local) are not used.`,
        remedy: 'Use a registry, or remove it: the engine keeps a cache of its own.',
      });
    }
    return entry;
  });
  const inline = /^(1|t|true)$/i.test(options.args['BUILDKIT_INLINE_CACHE'] ?? '');
  return field === 'cache_to' && inline ? [...entries, { type: 'inline', attrs: {} }] : entries;
}
