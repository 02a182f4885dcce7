import { type Fields, flag, float, integer, listOf, mapOf, nonZero, pairs, strings, struct, text } from './decode.ts';
import { bytes, command, duration, extraHosts, healthTest } from './decode-values.ts';
import {
  blkio,
  build,
  count,
  deploy,
  develop,
  deviceRequest,
  fileMount,
  hook,
  labels,
  mount,
  nullable,
  options,
  ulimits,
  variables,
  yes,
} from './model-parts.ts';

/*
 * The attributes of the model, in the order in which Compose writes them. The order matters: the configuration hash
 * that Compose keeps on a container is taken over the text.
 */

export const serviceFields: Fields = [
  ['profiles', strings],
  ['annotations', pairs('')],
  ['attach', flag],
  ['build', build],
  ['develop', develop],
  ['blkio_config', blkio],
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
  ['gpus', listOf(deviceRequest)],
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
  ['use_api_socket', yes],
  ['user', text],
  ['userns_mode', text],
  ['uts', text],
  ['volumes', listOf(mount)],
  ['volumes_from', strings],
  ['working_dir', text],
  ['post_start', listOf(hook)],
  ['pre_stop', listOf(hook)],
];

/** The attributes of a service in the order in which Compose writes them. */
export const serviceKeys: readonly string[] = serviceFields.map(([name]) => name);

export const network = struct([
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

export const volume = struct([
  ['name', text],
  ['driver', text],
  ['driver_opts', options],
  ['external', yes],
  ['labels', labels],
]);

export const fileObject = struct([
  ['name', text],
  ['file', text],
  ['environment', text],
  ['content', text],
  ['external', yes],
  ['labels', labels],
]);
