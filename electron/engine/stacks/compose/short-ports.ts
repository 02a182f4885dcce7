import { isIP } from 'node:net';

export interface ShortPort {
  readonly host_ip?: string;
  readonly published?: string;
  readonly target: number;
  readonly protocol: string;
}

export type ShortPorts = { readonly ports: readonly ShortPort[] } | { readonly fault: string };

/** `[[ip:]published:]target[/protocol]`, where published and target may be ranges. */
export function parseShortPort(text: string): ShortPorts {
  const parts = text.split(':');
  const last = parts.pop() ?? '';
  const hostPort = parts.pop() ?? '';
  let ip = parts.join(':');
  const slash = last.indexOf('/');
  const containerPort = slash === -1 ? last : last.slice(0, slash);
  const protocol = (slash === -1 ? 'tcp' : last.slice(slash + 1) || 'tcp').toLowerCase();
  if (containerPort === '') return { fault: `“${text}” names no container port` };
  if (!['tcp', 'udp', 'sctp'].includes(protocol))
    return { fault: `the protocol “${protocol}” is not tcp, udp or sctp` };
  if (ip.startsWith('[') && ip.endsWith(']')) ip = ip.slice(1, -1);
  if (ip !== '' && isIP(ip.split('%')[0]!) === 0) return { fault: `“${ip}” is not an IP address` };
  const target = parseRange(containerPort);
  if (target === undefined) return { fault: `“${containerPort}” is not a port or a range of ports` };
  const published = hostPort === '' ? undefined : parseRange(hostPort);
  if (hostPort !== '' && published === undefined) return { fault: `“${hostPort}” is not a port or a range of ports` };
  const [first, end] = target;
  if (published !== undefined && end - first !== published[1] - published[0] && end !== first) {
    return { fault: `the ranges ${hostPort} and ${containerPort} differ in length` };
  }
  const ports: ShortPort[] = [];
  for (let offset = 0; offset <= end - first; offset++) {
    let host: string | undefined;
    if (published !== undefined) {
      host = String(published[0] + offset);
      if (first === end && published[0] !== published[1]) host += `-${published[1]}`;
    }
    ports.push({
      target: first + offset,
      protocol,
      ...(ip === '' ? {} : { host_ip: ip }),
      ...(host === undefined ? {} : { published: host }),
    });
  }
  // Ports of a range come in the order of their text, as Compose sorts them.
  ports.sort((a, b) => compareText(`${a.target}/${a.protocol}`, `${b.target}/${b.protocol}`));
  return { ports };
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `8000` or `8000-8010`, both ends included. */
export function parseRange(text: string): readonly [number, number] | undefined {
  const [from, to, more] = text.split('-');
  if (more !== undefined) return undefined;
  const first = parsePort(from ?? '');
  const last = to === undefined ? first : parsePort(to);
  return first === undefined || last === undefined || last < first ? undefined : [first, last];
}

function parsePort(text: string): number | undefined {
  if (!/^\+?[0-9]+$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}
