import { readdir, readFile, readlink } from 'node:fs/promises';
import type { RunProcess } from '../../platform/processes.ts';

/** A socket of this machine that listens (TCP) or is bound (UDP). */
export interface Listener {
  readonly port: number;
  readonly protocol: string;
  readonly address: string;
  readonly pid: number | null;
  /** The program's short name; null when it belongs to someone whose processes we may not look into. */
  readonly command: string | null;
}

export interface PortQuestion {
  readonly port: number;
  readonly protocol: string;
}

/** Who listens on these ports of this machine. Never fails: what cannot be found out is left out. */
export type PortHolders = (ports: readonly PortQuestion[], signal: AbortSignal) => Promise<readonly Listener[]>;

export function systemPortHolders(run: RunProcess, platform: NodeJS.Platform = process.platform): PortHolders {
  return platform === 'linux' ? (ports) => fromProc(ports) : (ports, signal) => fromLsof(run, ports, signal);
}

interface Socket {
  readonly port: number;
  readonly protocol: string;
  readonly address: string;
  readonly inode: string;
}

async function fromProc(ports: readonly PortQuestion[]): Promise<readonly Listener[]> {
  const tables = await Promise.all(
    (['tcp', 'tcp6', 'udp', 'udp6'] as const).map(async (table) =>
      socketsOf(await readFile(`/proc/net/${table}`, 'utf8').catch(() => ''), table.slice(0, 3)),
    ),
  );
  const sockets = tables
    .flat()
    .filter((socket) => ports.some((each) => each.port === socket.port && each.protocol === socket.protocol));
  if (sockets.length === 0) return [];
  const owners = await ownersOf(new Set(sockets.map((socket) => socket.inode)));
  return sockets.map(({ inode, ...socket }) => {
    const owner = owners.get(inode);
    return { ...socket, pid: owner?.pid ?? null, command: owner?.command ?? null };
  });
}

/** Reads a table of /proc/net. TCP counts in state LISTEN (0A), UDP in state CLOSE (07), which is what bound means there. */
export function socketsOf(table: string, protocol: string): readonly Socket[] {
  const wanted = protocol === 'tcp' ? '0A' : '07';
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address, port] = (fields[1] ?? '').split(':');
      if (address === undefined || port === undefined || fields[3] !== wanted) return [];
      return [{ protocol, port: Number.parseInt(port, 16), address: addressText(address), inode: fields[9] ?? '' }];
    });
}

/** The kernel writes addresses in hexadecimal, each four bytes back to front. */
function addressText(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse(),
  );
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  const groups: string[] = [];
  for (let index = 0; index < bytes.length; index += 2) {
    groups.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return groups.join(':');
}

async function ownersOf(
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, { readonly pid: number; readonly command: string }>> {
  const owners = new Map<string, { pid: number; command: string }>();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (owners.size === inodes.size) break;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    for (const link of links) {
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode === undefined || !inodes.has(inode) || owners.has(inode)) continue;
      const command = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      owners.set(inode, { pid: Number(pid), command: command === '' ? `process ${pid}` : command });
    }
  }
  return owners;
}

async function fromLsof(
  run: RunProcess,
  ports: readonly PortQuestion[],
  signal: AbortSignal,
): Promise<readonly Listener[]> {
  const found: Listener[] = [];
  for (const { port, protocol } of ports) {
    const args = [
      '-nP',
      `-i${protocol.toUpperCase()}:${port}`,
      ...(protocol === 'tcp' ? ['-sTCP:LISTEN'] : []),
      '-Fpcn',
    ];
    try {
      const { stdout } = await run('lsof', args, { signal, timeoutMs: 5_000 });
      found.push(...listenersOf(stdout, port, protocol));
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return found;
}

/** Reads lsof's field output: a process (`p`, `c`) followed by its sockets (`n`). */
export function listenersOf(output: string, port: number, protocol: string): readonly Listener[] {
  const listeners: Listener[] = [];
  let pid: number | null = null;
  let command: string | null = null;
  for (const line of output.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) command = value;
    else if (line.startsWith('n')) {
      const address = value.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
      listeners.push({ port, protocol, address: address === '*' ? '' : address, pid, command });
    }
  }
  return listeners;
}
