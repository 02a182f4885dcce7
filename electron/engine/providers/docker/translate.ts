import type { ComposeHealthcheck, ComposeService } from '../../../../shared/domain/compose-model.ts';
import { withApiSocket } from '../../stacks/compose/api-socket.ts';
import { composeLabels, type EnvironmentTarget, labels } from '../provider.ts';
import type { ServiceFiles } from './secrets.ts';
import type { ContainerBody, HealthBody, HostBody } from './translate-body.ts';
import { type InheritedVolume, translateMounts } from './translate-mounts.ts';
import { type Endpoint, sharedNamespace, translateNetworks } from './translate-networks.ts';
import { exposedPorts, portBindings } from './translate-ports.ts';
import { translateResources } from './translate-resources.ts';
import { compact, nanoseconds } from './translate-values.ts';

/** The Compose release whose labels and names ours are the same as. */
export const composeVersion = '2.40.3';

export interface TranslateInput {
  readonly target: EnvironmentTarget;
  readonly serviceName: string;
  readonly service: ComposeService;
  /** Compose's container number, from 1. */
  readonly number: number;
  /** The engine's API version, such as `1.41`. */
  readonly api: string;
  readonly imageId: string;
  /** Compose's config hash, for its label. */
  readonly configHash: string;
  readonly imageVolumes: readonly string[];
  readonly files: ServiceFiles;
  readonly inherited: readonly InheritedVolume[];
  readonly containerNames: (service: string) => readonly string[];
  readonly containerId: (service: string) => string;
  /** Contents of the seccomp profiles that `security_opt` names, by path. */
  readonly profiles?: ReadonlyMap<string, string>;
  /** It takes the place of one that is there. */
  readonly replaces?: boolean;
  /** Added to the labels; ours and Compose's own are always there. */
  readonly extraLabels?: Readonly<Record<string, string>>;
}

export interface ContainerSpec {
  readonly name: string;
  readonly platform?: string;
  readonly body: ContainerBody;
  readonly connect: readonly Endpoint[];
  readonly hostFolders: readonly string[];
}

/** `<project>-<service>-<n>`, unless the file gives a name. */
export function containerName(target: EnvironmentTarget, serviceName: string, number: number): string {
  const { container_name: own } = target.project.services[serviceName] ?? {};
  return own ?? [target.projectName, serviceName, number].join(target.nameSeparator ?? '-');
}

/** The image a service runs, as Compose names the ones it builds. */
export function imageName(target: EnvironmentTarget, serviceName: string): string {
  const { image } = target.project.services[serviceName] ?? {};
  return image ?? [target.projectName, serviceName].join(target.nameSeparator ?? '-');
}

/** How many containers a service should have. */
export function scaleOf(service: ComposeService): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** One service of the resolved model as the engine's container creation wants it. Pure. */
export function translateService(given: TranslateInput): ContainerSpec {
  const input = { ...given, service: withApiSocket(given.service) };
  const { target, service, serviceName } = input;
  const name = containerName(target, serviceName, input.number);
  const networks = translateNetworks({
    project: target.project,
    serviceName,
    service,
    containerName: name,
    nameSeparator: target.nameSeparator ?? '-',
    api: input.api,
    containerNames: input.containerNames,
    containerId: input.containerId,
  });
  const mounts = translateMounts({
    project: target.project,
    service,
    api: input.api,
    imageVolumes: input.imageVolumes,
    inherited: input.inherited,
    boundFiles: input.files.bound,
    fileFolders: input.files.folders,
  });
  const stopTimeout = nanoseconds(service.stop_grace_period);
  const body: ContainerBody = compact({
    Image: imageName(target, serviceName),
    Hostname: service.hostname,
    Domainname: service.domainname,
    User: service.user,
    ExposedPorts: exposedPorts(service),
    Tty: service.tty,
    OpenStdin: service.stdin_open,
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: service.command ?? undefined,
    Entrypoint: service.entrypoint ?? undefined,
    WorkingDir: service.working_dir,
    NetworkDisabled: service.network_mode === 'disabled' ? true : undefined,
    MacAddress: networks.macAddress,
    Labels: containerLabels(input),
    StopSignal: service.stop_signal,
    StopTimeout: stopTimeout === undefined ? undefined : Math.ceil(stopTimeout / 1e9),
    Env: environment(service),
    Healthcheck: healthcheck(service.healthcheck),
    HostConfig: hostConfig(input, mounts, networks.mode),
    NetworkingConfig:
      networks.endpoints.length === 0
        ? undefined
        : { EndpointsConfig: Object.fromEntries(networks.endpoints.map((each) => [each.network, each.settings])) },
  });
  return {
    name,
    body,
    connect: networks.connect,
    hostFolders: mounts.hostFolders,
    ...(service.platform === undefined ? {} : { platform: service.platform }),
  };
}

/** `KEY=value`; a key without a value takes the variable of the image away. */
export function environment(service: ComposeService): readonly string[] | undefined {
  const entries = Object.entries(service.environment ?? {});
  if (entries.length === 0) return undefined;
  return entries.map(([key, value]) => (value === null ? key : `${key}=${value}`));
}

function containerLabels(input: TranslateInput): Readonly<Record<string, string>> {
  const { target, service, serviceName } = input;
  const dependencies = Object.entries(service.depends_on ?? {}).map(
    ([name, dependency]) => `${name}:${dependency.condition}:${dependency.restart === true}`,
  );
  return {
    ...service.labels,
    ...environmentLabels(target),
    ...input.extraLabels,
    [composeLabels.project]: target.projectName,
    [composeLabels.service]: serviceName,
    [composeLabels.number]: String(input.number),
    [composeLabels.oneoff]: 'False',
    [composeLabels.configHash]: input.configHash,
    [composeLabels.configFiles]: target.files.join(','),
    [composeLabels.workingDir]: target.workingFolder ?? target.folder,
    ...(target.envFiles === undefined || target.envFiles.length === 0
      ? {}
      : { [composeLabels.environmentFile]: target.envFiles.join(',') }),
    // Compose takes the end of a container that has a successor for no news.
    ...(input.replaces === true
      ? { [composeLabels.replace]: service.container_name ?? `${serviceName}-${input.number}` }
      : {}),
    [composeLabels.dependsOn]: dependencies.join(','),
    [composeLabels.image]: input.imageId,
    [composeLabels.version]: composeVersion,
  };
}

/** Our own labels on everything that belongs to an environment. */
export function environmentLabels(target: EnvironmentTarget): Readonly<Record<string, string>> {
  return { [labels.stack]: target.stackName, [labels.environment]: target.id };
}

function healthcheck(check: ComposeHealthcheck | undefined): HealthBody | undefined {
  if (check === undefined) return undefined;
  if (check.disable === true) return { Test: ['NONE'] };
  return compact({
    Test: check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.start_period),
    StartInterval: nanoseconds(check.start_interval),
    Retries: check.retries,
  });
}

function hostConfig(input: TranslateInput, mounts: ReturnType<typeof translateMounts>, networkMode: string): HostBody {
  const { service } = input;
  const security = securityOptions(service, input.profiles);
  const shm = service.shm_size === undefined ? undefined : Number(service.shm_size);
  return compact({
    ...translateResources(service),
    Annotations: service.annotations,
    Binds: mounts.binds.length === 0 ? undefined : mounts.binds,
    Mounts: mounts.mounts.length === 0 ? undefined : mounts.mounts,
    Tmpfs: Object.keys(mounts.tmpfs).length === 0 ? undefined : mounts.tmpfs,
    VolumesFrom: service.volumes_from?.map((text) => volumesFrom(text, input.containerId)),
    CapAdd: service.cap_add,
    CapDrop: service.cap_drop,
    NetworkMode: networkMode,
    Init: service.init,
    IpcMode: service.ipc === undefined ? undefined : sharedNamespace(service.ipc, input.containerId),
    PidMode: service.pid === undefined ? undefined : sharedNamespace(service.pid, input.containerId),
    UTSMode: service.uts,
    UsernsMode: service.userns_mode,
    CgroupnsMode: service.cgroup,
    ReadonlyRootfs: service.read_only,
    RestartPolicy: restartPolicy(service),
    ShmSize: shm,
    Sysctls: stringValues(service.sysctls),
    PortBindings: portBindings(service),
    Dns: service.dns,
    DnsSearch: service.dns_search,
    DnsOptions: service.dns_opt,
    ExtraHosts: service.extra_hosts?.map(extraHost),
    SecurityOpt: security.options,
    MaskedPaths: security.unconfined ? [] : undefined,
    ReadonlyPaths: security.unconfined ? [] : undefined,
    StorageOpt: service.storage_opt,
    Privileged: service.privileged,
    Isolation: service.isolation,
    Runtime: service.runtime,
    LogConfig:
      service.logging === undefined
        ? undefined
        : { Type: service.logging.driver ?? '', Config: stringValues(service.logging.options) ?? {} },
    GroupAdd: service.group_add?.map(String),
    OomScoreAdj: service.oom_score_adj,
  });
}

function stringValues(values: Readonly<Record<string, unknown>> | undefined): Record<string, string> | undefined {
  return values === undefined
    ? undefined
    : Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** `host=address` in the model, `host:address` in the API; brackets around IPv6 are Compose's own. */
function extraHost(text: string): string {
  const at = text.search(/[=:]/);
  if (at === -1) return text;
  return `${text.slice(0, at)}:${text.slice(at + 1).replace(/^\[(.*)\]$/, '$1')}`;
}

function volumesFrom(text: string, containerId: (service: string) => string): string {
  const parts = text.split(':');
  if (parts[0] === 'container') return parts.slice(1).join(':');
  const [service = '', ...mode] = parts;
  return [containerId(service), ...mode].join(':');
}

/** `deploy.restart_policy` wins over `restart`, as in Compose. */
export function restartPolicy(service: ComposeService): HostBody['RestartPolicy'] {
  const names: Readonly<Record<string, string>> = { none: 'no', no: 'no', any: 'always' };
  const policy = service.deploy?.restart_policy;
  if (policy !== undefined) {
    const condition = policy.condition ?? 'any';
    const attempts = policy.max_attempts;
    return compact({
      Name: names[condition] ?? condition,
      MaximumRetryCount: condition === 'on-failure' ? attempts : undefined,
    });
  }
  if (service.restart === undefined || service.restart === '') return undefined;
  const [name = '', attempts] = service.restart.split(':');
  return compact({
    Name: names[name] ?? name,
    MaximumRetryCount: attempts === undefined ? undefined : Number(attempts),
  });
}

/** Paths of seccomp profiles that must be read before translating. */
export function seccompProfiles(service: ComposeService): readonly string[] {
  return (service.security_opt ?? []).flatMap((text) => {
    const match = /^seccomp[=:](.+)$/.exec(text);
    return match?.[1] === undefined || match[1] === 'unconfined' || match[1] === 'builtin' ? [] : [match[1]];
  });
}

function securityOptions(
  service: ComposeService,
  profiles: ReadonlyMap<string, string> | undefined,
): { readonly options: readonly string[] | undefined; readonly unconfined: boolean } {
  if (service.security_opt === undefined) return { options: undefined, unconfined: false };
  const options = service.security_opt
    .filter((text) => text !== 'systempaths=unconfined')
    .map((text) => {
      const path = /^seccomp[=:](.+)$/.exec(text)?.[1];
      const profile = path === undefined ? undefined : profiles?.get(path);
      return profile === undefined ? text : `seccomp=${profile}`;
    });
  return { options, unconfined: options.length !== service.security_opt.length };
}
