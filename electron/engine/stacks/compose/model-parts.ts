import {
  type Decode,
  fail,
  flag,
  float,
  integer,
  listOf,
  mapOf,
  nonZero,
  pairs,
  strings,
  struct,
  text,
} from './decode.ts';
import {
  bytes,
  command,
  containerPath,
  deviceCount,
  duration,
  extraHosts,
  fileMode,
  nonZeroDuration,
  ulimit,
} from './decode-values.ts';
import { formatPath, isNull } from './node.ts';

/** The nested parts of a service, attribute by attribute; see model-fields.ts for what the order means. */

export const nullable =
  (decode: Decode): Decode =>
  (node, path, context) =>
    isNull(node) ? null : decode(node, path, context);

export const variables = pairs(null, { noTrailingSpace: true });
export const labels = pairs('');
export const options = pairs('');
export const ulimits = mapOf(ulimit);
export const yes = nonZero(flag);
export const count = nonZero(integer);

export const fileMount = struct([
  ['source', text],
  ['target', text],
  ['uid', text],
  ['gid', text],
  ['mode', fileMode],
]);

export const hook = struct([
  ['command', command, null],
  ['user', text],
  ['privileged', yes],
  ['working_dir', text],
  ['environment', variables],
]);

/** Compose takes no text here, and so no variable. */
const weight: Decode = (node, path, context) =>
  node.kind === 'scalar' && typeof node.value === 'string'
    ? fail(
        node,
        path,
        context,
        `${formatPath(path)} must be a whole number.`,
        'Write the number itself, without quotes.',
      )
    : integer(node, path, context);

const throttled = listOf(
  struct([
    ['path', text, ''],
    ['rate', bytes, '0'],
  ]),
);

/** Compose's JSON has `Path`, `Weight` and `Rate` inside; here they are spelled as in files and in its YAML. */
export const blkio = struct([
  ['weight', nonZero(weight)],
  [
    'weight_device',
    listOf(
      struct([
        ['path', text, ''],
        ['weight', weight, 0],
      ]),
    ),
  ],
  ['device_read_bps', throttled],
  ['device_read_iops', throttled],
  ['device_write_bps', throttled],
  ['device_write_iops', throttled],
]);

const keysOfAgents = pairs(null);

/** `default`, or `id=path`. */
const sshKeys: Decode = (node, path, context) => {
  const keys = keysOfAgents(node, path, context) as Readonly<Record<string, string | null>> | undefined;
  if (keys === undefined) return undefined;
  return Object.entries(keys).map(([id, file]) => (file === null || file === '' ? id : `${id}=${file}`));
};

export const build = struct([
  ['context', text],
  ['dockerfile', text],
  ['dockerfile_inline', text],
  ['entitlements', strings],
  ['args', pairs(null)],
  ['provenance', text],
  ['sbom', text],
  ['ssh', sshKeys],
  ['labels', labels],
  ['cache_from', strings],
  ['cache_to', strings],
  ['no_cache', yes],
  ['additional_contexts', pairs('')],
  ['pull', yes],
  ['extra_hosts', extraHosts],
  ['network', text],
  ['target', text],
  ['secrets', listOf(fileMount)],
  ['shm_size', bytes],
  ['tags', strings],
  ['ulimits', ulimits],
  ['platforms', strings],
  ['privileged', yes],
]);

export const develop = struct([
  [
    'watch',
    listOf(
      struct([
        ['path', text, ''],
        ['action', text, ''],
        ['target', text],
        ['exec', hook, { command: null }],
        ['include', strings],
        ['ignore', strings],
        ['initial_sync', yes],
      ]),
    ),
  ],
]);

export const deviceRequest = struct([
  ['capabilities', strings],
  ['driver', text],
  ['count', deviceCount],
  ['device_ids', strings],
  ['options', pairs('')],
]);

const updateConfig = struct([
  ['parallelism', integer],
  ['delay', nonZeroDuration],
  ['failure_action', text],
  ['monitor', nonZeroDuration],
  ['max_failure_ratio', nonZero(float)],
  ['order', text],
]);

const resource = struct([
  ['cpus', nonZero(float)],
  ['memory', bytes],
  ['pids', count],
  ['devices', listOf(deviceRequest)],
]);

export const deploy = struct([
  ['mode', text],
  ['replicas', integer],
  ['labels', labels],
  ['update_config', updateConfig],
  ['rollback_config', updateConfig],
  [
    'resources',
    struct([
      ['limits', resource],
      ['reservations', resource],
    ]),
    {},
  ],
  [
    'restart_policy',
    struct([
      ['condition', text],
      ['delay', duration],
      ['max_attempts', integer],
      ['window', duration],
    ]),
  ],
  [
    'placement',
    struct([
      ['constraints', strings],
      ['preferences', listOf(struct([['spread', text]]))],
      ['max_replicas_per_node', count],
    ]),
    {},
  ],
  ['endpoint_mode', text],
]);

export const mount = struct([
  ['type', text],
  ['source', text],
  ['target', containerPath],
  ['read_only', yes],
  ['consistency', text],
  [
    'bind',
    struct([
      ['selinux', text],
      ['propagation', text],
      ['create_host_path', yes],
      ['recursive', text],
    ]),
  ],
  [
    'volume',
    struct([
      ['labels', pairs('')],
      ['nocopy', yes],
      ['subpath', text],
    ]),
  ],
  [
    'tmpfs',
    struct([
      ['size', bytes],
      ['mode', count],
    ]),
  ],
  ['image', struct([['subpath', text]])],
]);
