import type { ComposeProject, ComposeService, ComposeServiceNetwork } from '../../../../shared/domain/compose-model.ts';
import type { EndpointBody } from './translate-body.ts';
import { apiAtLeast, compact } from './translate-values.ts';

export interface NetworkInput {
  readonly project: ComposeProject;
  readonly serviceName: string;
  readonly service: ComposeService;
  readonly containerName: string;
  readonly nameSeparator: '-' | '_';
  readonly api: string;
  /** Names of the containers of a service, for `links`. */
  readonly containerNames: (service: string) => readonly string[];
  /** The id of a service's first container, for `network_mode: service:NAME`. */
  readonly containerId: (service: string) => string;
}

export interface Endpoint {
  /** The network's name in the engine. */
  readonly network: string;
  readonly settings: EndpointBody;
}

export interface NetworkSettings {
  readonly mode: string;
  /** For container creation. */
  readonly endpoints: readonly Endpoint[];
  /** To be connected after creation: engines before API 1.44 take one network at creation. */
  readonly connect: readonly Endpoint[];
  /** Container-wide address for engines that know none per network. */
  readonly macAddress?: string;
}

/** The networks of a service, the one that gives the default route first. */
export function networkKeys(service: ComposeService, project: ComposeProject): readonly string[] {
  const declared = service.networks;
  if (service.network_mode !== undefined && service.network_mode !== '') return [];
  if (declared === undefined || Object.keys(declared).length === 0) {
    return project.networks !== undefined && 'default' in project.networks ? ['default'] : [];
  }
  return Object.entries(declared)
    .sort(([a, x], [b, y]) => (y?.priority ?? 0) - (x?.priority ?? 0) || (a < b ? -1 : 1))
    .map(([key]) => key);
}

/** The engine's name of a network key. */
export function networkName(project: ComposeProject, key: string): string {
  return project.networks?.[key]?.name ?? `${project.name}_${key}`;
}

export function translateNetworks(input: NetworkInput): NetworkSettings {
  const mode = input.service.network_mode;
  if (mode !== undefined && mode !== '') {
    return { mode: sharedNamespace(mode, input.containerId), endpoints: [], connect: [] };
  }
  const keys = networkKeys(input.service, input.project);
  const [primary] = keys;
  if (primary === undefined) return { mode: 'none', endpoints: [], connect: [] };
  const together = apiAtLeast(input.api, '1.44');
  const endpoints = keys.map((key, index) => endpoint(input, key, index === 0, together));
  const mac = input.service.networks?.[primary]?.mac_address ?? input.service.mac_address;
  return {
    mode: networkName(input.project, primary),
    endpoints: together ? endpoints : endpoints.slice(0, 1),
    connect: together ? [] : endpoints.slice(1),
    ...(mac === undefined || together ? {} : { macAddress: mac }),
  };
}

/** `service:db` becomes `container:<id>`; anything else is the engine's own word. */
export function sharedNamespace(mode: string, containerId: (service: string) => string): string {
  return mode.startsWith('service:') ? `container:${containerId(mode.slice('service:'.length))}` : mode;
}

function endpoint(input: NetworkInput, key: string, primary: boolean, perNetworkMac: boolean): Endpoint {
  const config: ComposeServiceNetwork = input.service.networks?.[key] ?? {};
  const aliases = [input.containerName, input.serviceName, ...(config.aliases ?? [])];
  const links = serviceLinks(input);
  const ipam = compact({
    IPv4Address: config.ipv4_address,
    IPv6Address: config.ipv6_address,
    LinkLocalIPs: config.link_local_ips,
  });
  const driverOpts = {
    ...config.driver_opts,
    ...(config.interface_name === undefined ? {} : { 'com.docker.network.endpoint.ifname': config.interface_name }),
  };
  const mac = config.mac_address ?? (primary ? input.service.mac_address : undefined);
  return {
    network: networkName(input.project, key),
    settings: compact({
      Aliases: [...new Set(aliases)],
      Links: links.length === 0 ? undefined : links,
      IPAMConfig: Object.keys(ipam).length === 0 ? undefined : ipam,
      MacAddress: perNetworkMac ? mac : undefined,
      DriverOpts: Object.keys(driverOpts).length === 0 ? undefined : driverOpts,
      GwPriority: config.gw_priority,
    }),
  };
}

/** `links` and `external_links`: names under which other containers are reachable from this one. */
function serviceLinks(input: NetworkInput): readonly string[] {
  const links: string[] = [];
  for (const text of input.service.links ?? []) {
    const [service = text, alias = service] = text.split(':');
    for (const container of input.containerNames(service)) {
      links.push(
        `${container}:${alias}`,
        `${container}:${service}${input.nameSeparator}1`,
        `${container}:${container}`,
      );
    }
  }
  for (const text of input.service.external_links ?? []) {
    const [container = text, alias = container] = text.split(':');
    links.push(`${container}:${alias}`);
  }
  return [...new Set(links)];
}
