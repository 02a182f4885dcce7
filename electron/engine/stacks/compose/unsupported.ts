import { type ComposeNode, formatPath, get, isList, isMap, type MapNode, stringOf } from './node.ts';
import type { Problems } from './problems.ts';

/**
 * What a Compose file may say and Golden Hour does not do. It is refused by name before anything starts: to leave it
 * out silently would run something else than what was declared.
 */
export interface Unsupported {
  /** A path with `*` for any key or item. */
  readonly path: string;
  readonly reason: string;
  readonly remedy: string;
  /** Only these values; absent: any value. */
  readonly values?: readonly string[];
  /** Any value but these, which ask for nothing. */
  readonly except?: readonly string[];
}

const swarm = 'it needs a swarm, and Golden Hour runs single engines';

export const unsupported: readonly Unsupported[] = [
  {
    path: 'models.*',
    reason: 'AI models are run by Docker Model Runner',
    remedy: 'Run the model as a service of its own.',
  },
  { path: 'services.*.models', reason: 'AI models are run by Docker Model Runner', remedy: 'Remove it.' },
  { path: 'services.*.provider', reason: 'provider plugins belong to the docker command', remedy: 'Use an image.' },
  { path: 'services.*.credential_spec', reason: 'it exists on Windows engines only', remedy: 'Remove it.' },
  {
    path: 'services.*.pull_refresh_after',
    reason: 'it is not read by Compose either',
    remedy: 'Use pull_policy: daily or every_12h.',
  },
  { path: 'services.*.build.provenance', except: ['false'], reason: 'attestations are not made', remedy: 'Remove it.' },
  { path: 'services.*.build.sbom', except: ['false'], reason: 'attestations are not made', remedy: 'Remove it.' },
  { path: 'services.*.build.isolation', reason: 'it exists on Windows engines only', remedy: 'Remove it.' },
  { path: 'services.*.volumes.*.type', values: ['cluster'], reason: swarm, remedy: 'Use a named volume.' },
  {
    path: 'services.*.volumes.*.type',
    values: ['npipe'],
    reason: 'it exists on Windows engines only',
    remedy: 'Use a bind mount.',
  },
  { path: 'services.*.deploy.resources.limits.generic_resources', reason: swarm, remedy: 'Remove it.' },
  { path: 'services.*.deploy.resources.reservations.generic_resources', reason: swarm, remedy: 'Remove it.' },
  { path: 'secrets.*.driver', reason: swarm, remedy: 'Use a file or an environment variable.' },
  { path: 'secrets.*.driver_opts', reason: swarm, remedy: 'Use a file or an environment variable.' },
  { path: 'secrets.*.template_driver', reason: swarm, remedy: 'Use a file or an environment variable.' },
  { path: 'configs.*.template_driver', reason: swarm, remedy: 'Use a file, content or an environment variable.' },
  {
    path: 'secrets.*.external',
    values: ['true'],
    reason: 'external secrets live in a swarm',
    remedy: 'Use a file or an environment variable.',
  },
  {
    path: 'configs.*.external',
    values: ['true'],
    reason: 'external configs live in a swarm',
    remedy: 'Use a file, content or an environment variable.',
  },
];

/** What a single engine has no use for, and what `docker compose` leaves out too. It is said, and left out. */
const withoutEffect: readonly string[] = [
  'services.*.deploy.mode',
  'services.*.deploy.update_config',
  'services.*.deploy.rollback_config',
  'services.*.deploy.placement',
  'services.*.deploy.endpoint_mode',
  'networks.*.ipam.options',
];

/** Refuses what cannot be run, at the place where it stands. */
export function checkSupported(root: MapNode, problems: Problems): void {
  for (const entry of unsupported) {
    visit(root, entry.path.split('.'), [], (node, position, path) => {
      const value = node.kind === 'scalar' ? node.text : undefined;
      if (entry.values !== undefined && !entry.values.includes(value ?? '')) return;
      if (value !== undefined && entry.except?.includes(value) === true) return;
      const name = entry.values === undefined ? formatPath(path) : `${formatPath(path)}: ${stringOf(node) ?? 'true'}`;
      problems.error({
        code: 'compose.unsupported',
        message: `${name} is not supported: ${entry.reason}.`,
        remedy: entry.remedy,
        position,
        path,
      });
    });
  }
  for (const path of withoutEffect) {
    visit(root, path.split('.'), [], (node, position, found) => {
      if (node.kind === 'scalar' && node.text === 'replicated') return;
      problems.warn({
        code: 'compose.unsupported',
        message: `${formatPath(found)} has no effect outside a swarm, neither here nor with docker compose.`,
        remedy: 'Remove it if the file is not deployed to a swarm.',
        position,
        path: found,
      });
    });
  }
}

type Found = (node: ComposeNode, position: ComposeNode['position'], path: readonly (string | number)[]) => void;

function visit(node: ComposeNode, pattern: readonly string[], path: readonly (string | number)[], found: Found): void {
  const [segment, ...rest] = pattern;
  if (segment === undefined) return;
  if (isList(node)) {
    if (segment === '*') for (const [i, item] of node.items.entries()) visit(item, rest, [...path, i], found);
    return;
  }
  if (!isMap(node)) return;
  const keys = segment === '*' ? [...node.entries.keys()] : node.entries.has(segment) ? [segment] : [];
  for (const key of keys) {
    const entry = node.entries.get(key)!;
    if (rest.length > 0) visit(entry.value, rest, [...path, key], found);
    else if (get(node, key) !== undefined) found(entry.value, entry.keyPosition, [...path, key]);
  }
}
