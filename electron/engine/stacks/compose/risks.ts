import { posix } from 'node:path';
import type { ComposeProject, ComposeService } from '../../../../shared/domain/compose-model.ts';
import type { Position } from '../../../../shared/domain/position.ts';
import type { FetchedSource } from './remote.ts';

/** Something in a project that reaches beyond it, into the computer it runs on or its network. */
export interface HostRisk {
  service: string;
  /** A stable word for what it is, such as `privileged`. */
  kind: string;
  /** One sentence that says what it gives away. */
  message: string;
  position?: Position;
}

/** Capabilities that amount to control of the host, or come close. */
const strongCapabilities = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'NET_ADMIN',
  'NET_RAW',
  'PERFMON',
  'SYSLOG',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
]);

const sockets = /(^|\/)(docker|podman|containerd|crio)([\w.-]*)\.sock$/;

/** Folders of the system that no service needs to change. */
const systemFolders = [
  '/etc',
  '/boot',
  '/dev',
  '/proc',
  '/sys',
  '/root',
  '/var/lib/docker',
  '/var/run',
  '/run',
  '/usr',
];

export interface RiskInput {
  readonly project: ComposeProject;
  readonly fetched?: readonly FetchedSource[];
  positionOf(path: readonly (string | number)[]): Position | undefined;
}

/** What a project asks of the host, for showing before it runs for the first time. `home`: the user's folder, absolute. */
export function findRisks({ project, fetched = [], positionOf }: RiskInput, home?: string): readonly HostRisk[] {
  const risks: HostRisk[] = fetched.map(({ source, commit, position }) => ({
    service: project.name,
    kind: 'remote-file',
    message: `${project.name} fetches ${source} at commit ${commit}: whoever can change it decides what runs here.`,
    position,
  }));
  for (const [name, service] of Object.entries(project.services)) {
    const add = (kind: string, message: string, ...path: readonly (string | number)[]): void => {
      const position = positionOf(['services', name, ...path]);
      risks.push({ service: name, kind, message, ...(position === undefined ? {} : { position }) });
    };
    privileges(name, service, add);
    mounts(name, service, home, add);
    ports(name, service, add);
  }
  for (const [key, volume] of Object.entries(project.volumes ?? {})) {
    const device = volume?.driver_opts?.['device'];
    if (device === undefined || !(volume?.driver_opts?.['o'] ?? '').split(',').includes('bind')) continue;
    const reason = sensitive(device, home);
    if (reason === undefined) continue;
    const position = positionOf(['volumes', key, 'driver_opts', 'device']);
    for (const [name, service] of Object.entries(project.services)) {
      if (!(service.volumes ?? []).some((mount) => mount.type === 'volume' && mount.source === key)) continue;
      const message = `${name} gets ${reason} through the volume ${key}.`;
      risks.push({ service: name, kind: 'host-path', message, ...(position === undefined ? {} : { position }) });
    }
  }
  return risks;
}

type Add = (kind: string, message: string, ...path: readonly (string | number)[]) => void;

function privileges(name: string, service: ComposeService, add: Add): void {
  if (service.privileged === true)
    add('privileged', `${name} runs privileged: it has full control of this computer.`, 'privileged');
  const namespaces = [
    ['network_mode', 'host-network', 'shares the network of this computer'],
    ['pid', 'host-pid', 'sees and can signal every process of this computer'],
    ['ipc', 'host-ipc', 'shares the memory segments of this computer'],
    ['uts', 'host-uts', 'can change the name of this computer'],
    ['userns_mode', 'host-user-namespace', 'runs outside the user namespace: its root is root of this computer'],
    ['cgroup', 'host-cgroup', 'sees the control groups of this computer'],
  ] as const;
  for (const [key, kind, says] of namespaces) if (service[key] === 'host') add(kind, `${name} ${says}.`, key);
  for (const [key, says] of [
    ['network_mode', 'the network'],
    ['pid', 'the processes'],
    ['ipc', 'the memory segments'],
  ] as const) {
    const value = service[key];
    if (value?.startsWith('container:') === true) {
      add('foreign-container', `${name} shares ${says} of the container ${value.slice('container:'.length)}.`, key);
    }
  }
  for (const [index, capability] of (service.cap_add ?? []).entries()) {
    const plain = capability.toUpperCase().replace(/^CAP_/, '');
    if (strongCapabilities.has(plain)) add('capability', `${name} gets the capability ${plain}.`, 'cap_add', index);
  }
  for (const [index, option] of (service.security_opt ?? []).entries()) {
    if (/^(seccomp|apparmor|systempaths)[=:]unconfined$|^label[=:]disable$/.test(option)) {
      add('unconfined', `${name} runs without a protection of the kernel: ${option}.`, 'security_opt', index);
    }
  }
  for (const [index, device] of (service.devices ?? []).entries()) {
    add('device', `${name} uses the device ${device.source} of this computer.`, 'devices', index);
  }
  for (const [index, rule] of (service.device_cgroup_rules ?? []).entries()) {
    add('device', `${name} may use devices of this computer: ${rule}.`, 'device_cgroup_rules', index);
  }
  for (const [index] of (service.gpus ?? []).entries()) {
    add('device', `${name} uses graphics processors of this computer.`, 'gpus', index);
  }
  for (const [index] of (service.deploy?.resources?.reservations?.devices ?? []).entries()) {
    const path = ['deploy', 'resources', 'reservations', 'devices', index] as const;
    add('device', `${name} uses devices of this computer that a driver provides.`, ...path);
  }
  for (const [key, when] of [
    ['post_start', 'after its start'],
    ['pre_stop', 'before it stops'],
  ] as const) {
    for (const [index, hook] of (service[key] ?? []).entries()) {
      if (hook.privileged !== true) continue;
      const says = `${name} runs a privileged command ${when}: it has full control of this computer.`;
      add('privileged', says, key, index, 'privileged');
    }
  }
  if (service.use_api_socket === true) {
    const says = `${name} gets the socket of the container engine and your registry credentials: it has full control of this computer.`;
    add('engine-socket', says, 'use_api_socket');
  }
  for (const [index, from] of (service.volumes_from ?? []).entries()) {
    if (!from.startsWith('container:')) continue;
    const container = from.slice('container:'.length).split(':')[0];
    add('foreign-container', `${name} uses the volumes of the container ${container}.`, 'volumes_from', index);
  }
  if (service.oom_kill_disable === true) {
    add(
      'resources',
      `${name} is never stopped when memory runs out, which can freeze this computer.`,
      'oom_kill_disable',
    );
  }
  if (service.build?.privileged === true)
    add('privileged', `${name} is built with full control of this computer.`, 'build', 'privileged');
  if (service.build?.network === 'host')
    add('host-network', `${name} is built in the network of this computer.`, 'build', 'network');
}

function mounts(name: string, service: ComposeService, home: string | undefined, add: Add): void {
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    if (mount.type !== 'bind' || mount.source === undefined) continue;
    const how = mount.read_only === true ? 'read' : 'read and change';
    if (sockets.test(mount.source)) {
      const says = `${name} gets the socket of the container engine: it has full control of this computer.`;
      add('engine-socket', says, 'volumes', index);
      continue;
    }
    const reason = sensitive(mount.source, home);
    if (reason !== undefined) add('host-path', `${name} can ${how} ${reason}.`, 'volumes', index);
    if (mount.bind?.propagation === 'shared' || mount.bind?.propagation === 'rshared') {
      add('propagation', `What ${name} mounts below ${mount.target} appears on this computer too.`, 'volumes', index);
    }
  }
}

function sensitive(source: string, home: string | undefined): string | undefined {
  const path = posix.normalize(source).replace(/(?<=.)\/$/, '');
  if (path === '/' || /^[a-zA-Z]:[\\/]?$/.test(path)) return 'every file of this computer';
  if (home !== undefined && home !== '' && home !== '/') {
    if (path === home) return 'your home folder';
    if (isInside(home, path)) return `${path}, which contains your home folder`;
    const secret = ['.ssh', '.aws', '.gnupg', '.kube', '.docker', '.config'].find(
      (folder) => path === posix.join(home, folder) || isInside(path, posix.join(home, folder)),
    );
    if (secret !== undefined) return `${path}, where secrets are kept`;
  }
  const folder = systemFolders.find((candidate) => path === candidate || isInside(path, candidate));
  return folder === undefined ? undefined : `${path} of this computer`;
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function ports(name: string, service: ComposeService, add: Add): void {
  for (const [index, port] of (service.ports ?? []).entries()) {
    const ip = port.host_ip ?? '';
    if (!['', '0.0.0.0', '::'].includes(ip)) continue;
    const shown = port.published ?? `${port.target}, as a port that the engine chooses`;
    add('public-port', `${name} can be reached from other computers on port ${shown}.`, 'ports', index);
  }
}
