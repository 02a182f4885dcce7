import { createHash } from 'node:crypto';
import type { ComposeNetwork, ComposeService, ComposeVolume } from '../../../../shared/domain/compose-model.ts';
import { serviceKeys } from './model-fields.ts';
import { type Place, pathRules, ruleAt, step } from './path-rules.ts';
import { compareText } from './short-ports.ts';

/** Where a service has maps with names that people choose, which are written in the order of their keys. */
type Rule = 'map' | 'ulimits' | 'device';

const maps: Place<Rule> = pathRules<Rule>({
  annotations: 'map',
  'blkio_config.*.*': 'device',
  'deploy.labels': 'map',
  'deploy.resources.*.devices.*.options': 'map',
  'develop.watch.*.exec.environment': 'map',
  environment: 'map',
  'gpus.*.options': 'map',
  labels: 'map',
  'logging.options': 'map',
  networks: 'map',
  'networks.*.driver_opts': 'map',
  'post_start.*.environment': 'map',
  'pre_stop.*.environment': 'map',
  storage_opt: 'map',
  sysctls: 'map',
  ulimits: 'ulimits',
  'volumes.*.volume.labels': 'map',
});

const notCounted = new Set(['build', 'pull_policy', 'scale', 'depends_on', 'profiles']);

export interface HashOptions {
  /** Paths of `label_file`, which Compose counts in although their labels are read already. */
  readonly labelFiles?: readonly string[];
}

/**
 * The hash that Compose keeps in `com.docker.compose.config-hash`: SHA-256 over the service as JSON, in the order and
 * the spelling of Compose's own writer, without what does not make a different container (build, pull policy, scale,
 * dependencies, profiles).
 */
export function serviceHash(service: ComposeService, options: HashOptions = {}): string {
  return createHash('sha256').update(hashedText(service, options)).digest('hex');
}

/** The text that is hashed; for tests and for looking at differences. */
export function hashedText(service: ComposeService, options: HashOptions = {}): string {
  const counted: Record<string, unknown> = {};
  const whole: Readonly<Record<string, unknown>> = {
    ...service,
    label_file: options.labelFiles?.length ? options.labelFiles : undefined,
  };
  for (const key of serviceKeys) {
    const value = whole[key];
    if (value === undefined || notCounted.has(key)) continue;
    counted[key] = key === 'deploy' ? withoutReplicas(value) : value;
  }
  return write(counted, maps);
}

const resourceMaps: Place<Rule> = pathRules<Rule>({
  driver_opts: 'map',
  labels: 'map',
  'ipam.config.*.aux_addresses': 'map',
});

/** The hash that Compose keeps on a network; with another one it removes the network and makes it anew. */
export function networkHash(network: ComposeNetwork): string {
  return createHash('sha256').update(write(network, resourceMaps)).digest('hex');
}

/**
 * The hash that Compose keeps on a volume. For noticing drift only: Golden Hour's own volumes never carry it, because
 * with another one Compose offers to recreate the volume.
 */
export function volumeHash(volume: ComposeVolume): string {
  const { name, driver = 'local', ...rest } = volume;
  return createHash('sha256')
    .update(write({ name, driver, ...rest }, resourceMaps))
    .digest('hex');
}

function withoutReplicas(deploy: unknown): unknown {
  if (typeof deploy !== 'object' || deploy === null) return deploy;
  const { replicas: _replicas, ...rest } = deploy as Record<string, unknown>;
  return rest;
}

function write(value: unknown, place: Place<Rule>): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map((item) => write(item, step(place, '[]'))).join(',')}]`;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const rule = ruleAt(place);
  if (rule === 'device') return write(Object.fromEntries(entries.map(([key, inner]) => [capital(key), inner])), []);
  if (rule !== undefined) entries.sort(([a], [b]) => compareText(a, b));
  const written = entries.map(([key, inner]) => {
    const text = rule === 'ulimits' ? writeUlimit(inner) : write(inner, step(place, key));
    return `${writeText(key)}:${text}`;
  });
  return `{${written.join(',')}}`;
}

/** Compose writes the limits of block devices under the names that its fields have in its own code. */
function capital(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
}

/** Zero is left out, also where it is the only thing there is. */
function writeUlimit(limit: unknown): string {
  if (typeof limit === 'number') return limit === 0 ? '{}' : String(limit);
  const parts = Object.entries(limit as object).filter(([, value]) => value !== 0);
  return `{${parts.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

/** Compose's writer escapes what could end a script in a web page. */
function writeText(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
