import type { ComposeBuild } from '../../../../shared/domain/compose-model.ts';
import { composeLabels, type EnvironmentTarget } from '../provider.ts';
import { composeVersion, imageName } from './translate.ts';
import { bytes } from './translate-values.ts';

/** What both builders are told, in words of neither. */
export interface BuildOptions {
  readonly image: string;
  /** The image's own name first. */
  readonly tags: readonly string[];
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly platform: string | undefined;
  readonly shmBytes: number | undefined;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** `name=address`, with the engine's word `host-gateway` left as it is. */
  readonly extraHosts: readonly { readonly name: string; readonly address: string }[];
}

export interface Surrounding {
  /** Arguments from Docker's own configuration; those of the file go before. */
  readonly proxies: Readonly<Record<string, string>>;
  /** Of the engine: `linux/amd64`. */
  readonly platform: string;
}

export function buildOptions(
  target: EnvironmentTarget,
  serviceName: string,
  build: ComposeBuild,
  around: Surrounding,
): BuildOptions {
  const image = imageName(target, serviceName);
  const args = { ...around.proxies };
  // Without a value even in the environment it is not set, and the Dockerfile's default counts.
  for (const [name, value] of Object.entries(build.args ?? {})) {
    if (value === null) delete args[name];
    else args[name] = value;
  }
  return {
    image,
    tags: [...new Set([image, ...(build.tags ?? [])])],
    args,
    labels: {
      ...build.labels,
      [composeLabels.project]: target.projectName,
      [composeLabels.service]: serviceName,
      [composeLabels.version]: composeVersion,
    },
    platform: platformOf(build.platforms ?? [], target.project.services[serviceName]?.platform, around.platform),
    shmBytes: bytes(build.shm_size),
    ulimits: Object.entries(build.ulimits ?? {}).map(([name, value]) =>
      typeof value === 'number' ? { name, soft: value, hard: value } : { name, soft: value.soft, hard: value.hard },
    ),
    extraHosts: (build.extra_hosts ?? []).map((text) => {
      const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':');
      return { name: text.slice(0, at), address: text.slice(at + 1) };
    }),
  };
}

/** One of those listed: the service's own, else the engine's, else the first. An engine's store holds one at a time. */
function platformOf(listed: readonly string[], wanted: string | undefined, engine: string): string | undefined {
  if (wanted !== undefined) return wanted;
  if (listed.length <= 1) return listed[0];
  return listed.includes(engine) ? engine : listed[0];
}

/** `type=registry,ref=x` as a record; a bare image name is the cache in that image. */
export function cacheEntry(text: string): { readonly type: string; readonly attrs: Readonly<Record<string, string>> } {
  if (!text.includes('=')) return { type: 'registry', attrs: { ref: text } };
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.indexOf('=');
    return at === -1 ? [part.trim(), ''] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const { type = 'registry', ...attrs } = Object.fromEntries(pairs);
  return { type, attrs };
}
