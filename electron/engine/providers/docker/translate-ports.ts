import type { ComposePort, ComposeService } from '../../../../shared/domain/compose-model.ts';
import type { HostBody } from './translate-body.ts';

/** `8080/tcp`: how the engine names a container's port. */
export function portKey(port: { readonly target: number; readonly protocol?: string }): string {
  return `${port.target}/${port.protocol ?? 'tcp'}`;
}

/** Every port that the image need not declare: published ones and those of `expose`, ranges spread out. */
export function exposedPorts(service: ComposeService): Readonly<Record<string, object>> | undefined {
  const keys = new Set((service.ports ?? []).map(portKey));
  for (const text of service.expose ?? []) {
    const match = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(String(text));
    if (match === null) continue;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    for (let port = first; port <= last; port++) keys.add(`${port}/${match[3] ?? 'tcp'}`);
  }
  return keys.size === 0 ? undefined : Object.fromEntries([...keys].map((key) => [key, {}]));
}

/** A range without a matching range of targets is left to the engine, which takes the first free port of it. */
export function portBindings(service: ComposeService): HostBody['PortBindings'] {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of service.ports ?? []) {
    const list = bindings[portKey(port)] ?? [];
    list.push({ HostIp: port.host_ip ?? '', HostPort: port.published ?? '' });
    bindings[portKey(port)] = list;
  }
  return Object.keys(bindings).length === 0 ? undefined : bindings;
}

export interface HostPort {
  readonly hostIp: string;
  /** First and last port of the range; equal for a single port. */
  readonly first: number;
  readonly last: number;
  readonly protocol: string;
  readonly containerPort: number;
}

/** The host ports a service asks for by number. Ephemeral ports are the engine's choice and cannot be taken. */
export function hostPorts(service: ComposeService): readonly HostPort[] {
  return (service.ports ?? []).flatMap((port) => {
    const range = publishedRange(port);
    return range === undefined
      ? []
      : [
          {
            hostIp: port.host_ip ?? '',
            ...range,
            protocol: port.protocol ?? 'tcp',
            containerPort: port.target,
          },
        ];
  });
}

function publishedRange(port: ComposePort): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(port.published ?? '');
  if (match === null) return undefined;
  const first = Number(match[1]);
  if (first === 0) return undefined;
  return { first, last: match[2] === undefined ? first : Number(match[2]) };
}
