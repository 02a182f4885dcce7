import type { PortView } from '../../../shared/contract/environments.ts';

/** Ports that can be reached from here, each once: an engine lists IPv4 and IPv6 apart. */
export function publishedPorts(ports: readonly PortView[]): readonly PortView[] {
  const seen = new Set<string>();
  return ports.filter((port) => {
    if (port.hostPort === null) return false;
    const key = `${portAddress(port)}/${port.protocol}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** `localhost:8080`: every address of this machine is reached as localhost. */
export function portAddress(port: PortView): string {
  const ip = port.hostIp;
  const local = ip === null || ip === '' || ip === '0.0.0.0' || ip === '::' || ip === '127.0.0.1' || ip === '::1';
  const host = local ? 'localhost' : ip.includes(':') ? `[${ip}]` : ip;
  return `${host}:${port.hostPort ?? port.containerPort}`;
}
