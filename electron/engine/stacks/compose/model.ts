import type { ComposeProject } from '../../../../shared/domain/compose-model.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import {
  bytes,
  command,
  containerPath,
  type Decode,
  type DecodeContext,
  deviceCount,
  duration,
  extraHosts,
  type Fields,
  fileMode,
  flag,
  float,
  healthTest,
  integer,
  listOf,
  mapOf,
  nonZero,
  nonZeroDuration,
  pairs,
  place,
  strings,
  struct,
  text,
  ulimit,
} from './decode.ts';
import { type ComposeNode, get, isMap, isNull, type MapNode, plain } from './node.ts';
import type { Problems } from './problems.ts';

/*
 * The attributes of the model, in the order in which Compose writes them. The order matters: the configuration hash
 * that Compose keeps on a container is taken over the text.
 */

const nullable =
  (decode: Decode): Decode =>
  (node, path, context) =>
    isNull(node) ? null : decode(node, path, context);

const variables = pairs(null, { noTrailingSpace: true });
const labels = pairs('');
const options = pairs('');
const ulimits = mapOf(ulimit);
const yes = nonZero(flag);
const count = nonZero(integer);

const fileMount = struct([
  ['source', text],
  ['target', text],
  ['uid', text],
  ['gid', text],
  ['mode', fileMode],
]);

const hook = struct([
  ['command', command, null],
  ['user', text],
  ['privileged', yes],
  ['working_dir', text],
  ['environment', variables],
]);

const build = struct([
  ['context', text],
  ['dockerfile', text],
  ['dockerfile_inline', text],
  ['args', pairs(null)],
  ['provenance', text],
  ['sbom', text],
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

const develop = struct([
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

const deviceRequest = struct([
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

const deploy = struct([
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

const mount = struct([
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
    ]),
  ],
  [
    'volume',
    struct([
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

const serviceFields: Fields = [
  ['profiles', strings],
  ['annotations', pairs('')],
  ['attach', flag],
  ['build', build],
  ['develop', develop],
  ['cap_add', strings],
  ['cap_drop', strings],
  ['cgroup_parent', text],
  ['cgroup', text],
  ['cpu_count', count],
  ['cpu_percent', nonZero(float)],
  ['cpu_period', count],
  ['cpu_quota', count],
  ['cpu_rt_period', count],
  ['cpu_rt_runtime', count],
  ['cpus', nonZero(float)],
  ['cpuset', text],
  ['cpu_shares', count],
  ['command', command, null],
  ['configs', listOf(fileMount)],
  ['container_name', text],
  [
    'depends_on',
    mapOf(
      struct([
        ['condition', text],
        ['restart', yes],
        ['required', flag, false],
      ]),
    ),
  ],
  ['deploy', deploy],
  ['device_cgroup_rules', strings],
  [
    'devices',
    listOf(
      struct([
        ['source', text],
        ['target', text],
        ['permissions', text],
      ]),
    ),
  ],
  ['dns', strings],
  ['dns_opt', strings],
  ['dns_search', strings],
  ['domainname', text],
  ['entrypoint', command, null],
  ['environment', variables],
  ['expose', strings],
  ['external_links', strings],
  ['extra_hosts', extraHosts],
  ['group_add', strings],
  ['hostname', text],
  [
    'healthcheck',
    struct([
      ['test', healthTest],
      ['timeout', duration],
      ['interval', duration],
      ['retries', integer],
      ['start_period', duration],
      ['start_interval', duration],
      ['disable', yes],
    ]),
  ],
  ['image', text],
  ['init', flag],
  ['ipc', text],
  ['isolation', text],
  ['labels', labels],
  ['label_file', strings],
  ['links', strings],
  [
    'logging',
    struct([
      ['driver', text],
      ['options', options],
    ]),
  ],
  ['mem_limit', bytes],
  ['mem_reservation', bytes],
  ['memswap_limit', bytes],
  ['mem_swappiness', bytes],
  ['mac_address', text],
  ['network_mode', text],
  [
    'networks',
    mapOf(
      nullable(
        struct([
          ['aliases', strings],
          ['driver_opts', options],
          ['gw_priority', count],
          ['interface_name', text],
          ['ipv4_address', text],
          ['ipv6_address', text],
          ['link_local_ips', strings],
          ['mac_address', text],
          ['priority', count],
        ]),
      ),
    ),
  ],
  ['oom_kill_disable', yes],
  ['oom_score_adj', count],
  ['pid', text],
  ['pids_limit', count],
  ['platform', text],
  [
    'ports',
    listOf(
      struct([
        ['name', text],
        ['mode', text],
        ['host_ip', text],
        ['target', count],
        ['published', text],
        ['protocol', text],
        ['app_protocol', text],
      ]),
    ),
  ],
  ['privileged', yes],
  ['pull_policy', text],
  ['read_only', yes],
  ['restart', text],
  ['runtime', text],
  ['scale', integer],
  ['secrets', listOf(fileMount)],
  ['security_opt', strings],
  ['shm_size', bytes],
  ['stdin_open', yes],
  ['stop_grace_period', duration],
  ['stop_signal', text],
  ['storage_opt', options],
  ['sysctls', pairs('')],
  ['tmpfs', strings],
  ['tty', yes],
  ['ulimits', ulimits],
  ['user', text],
  ['userns_mode', text],
  ['uts', text],
  ['volumes', listOf(mount)],
  ['volumes_from', strings],
  ['working_dir', text],
];

/** The attributes of a service in the order in which Compose writes them. */
export const serviceKeys: readonly string[] = serviceFields.map(([name]) => name);

const network = struct([
  ['name', text],
  ['driver', text],
  ['driver_opts', options],
  [
    'ipam',
    struct([
      ['driver', text],
      [
        'config',
        listOf(
          struct([
            ['subnet', text],
            ['gateway', text],
            ['ip_range', text],
            ['aux_addresses', pairs('')],
          ]),
        ),
      ],
    ]),
    {},
  ],
  ['external', yes],
  ['internal', yes],
  ['attachable', yes],
  ['labels', labels],
  ['enable_ipv4', flag],
  ['enable_ipv6', flag],
]);

const volume = struct([
  ['name', text],
  ['driver', text],
  ['driver_opts', options],
  ['external', yes],
  ['labels', labels],
]);

const fileObject = struct([
  ['name', text],
  ['file', text],
  ['environment', text],
  ['content', text],
  ['external', yes],
  ['labels', labels],
]);

const sections: readonly (readonly [string, Decode])[] = [
  ['networks', mapOf(network)],
  ['volumes', mapOf(volume)],
  ['secrets', mapOf(fileObject)],
  ['configs', mapOf(fileObject)],
];

export interface DecodedProject {
  readonly project: ComposeProject;
  /** The place of a value of `project`, or of the nearest thing around it that has one. */
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/** Turns the finished tree into the resolved model. */
export function decodeProject(root: MapNode, name: string, problems: Problems): DecodedProject {
  const context: DecodeContext = { problems, places: new WeakMap() };
  const service = struct(serviceFields);
  const project: Record<string, unknown> = { name };
  const nameNode = root.entries.get('name');
  if (nameNode !== undefined) place(context, project, 'name', nameNode.value.position);
  const services = get(root, 'services');
  project['services'] = (services === undefined ? undefined : mapOf(service)(services, ['services'], context)) ?? {};
  for (const [section, decode] of sections) {
    const node = get(root, section);
    const value = node === undefined ? undefined : decode(node, [section], context);
    if (value !== undefined) project[section] = value;
  }
  for (const [key, entry] of root.entries) {
    if (key.startsWith('x-')) project[key] = plain(entry.value);
    if (Object.hasOwn(project, key)) place(context, project, key, entry.keyPosition);
  }
  return {
    project: project as unknown as ComposeProject,
    positionOf(path) {
      let found: Position | undefined;
      let at: unknown = project;
      for (const segment of path) {
        if (typeof at !== 'object' || at === null) return found;
        found = context.places.get(at)?.get(Array.isArray(at) ? Number(segment) : segment) ?? found;
        at = (at as Record<string | number, unknown>)[segment];
      }
      return found;
    },
  };
}

export function servicesOf(root: ComposeNode): MapNode | undefined {
  const services = get(root, 'services');
  return isMap(services) ? services : undefined;
}
