import { describe, expect, it } from 'vitest';
import { targetOf } from '../../../../test/support/engine-state.ts';
import type { ListedContainer } from './containers.ts';
import { sameAddress, takenPorts } from './ports.ts';
import { type Listener, listenersOf, socketsOf } from './ports-holders.ts';

const listed = (name: string, hostPort: number, more: Partial<ListedContainer> = {}): ListedContainer => ({
  id: name,
  name,
  state: 'running',
  projectName: null,
  service: null,
  oneOff: false,
  ports: [{ hostIp: '0.0.0.0', hostPort, protocol: 'tcp' }],
  volumes: [],
  networks: [],
  ...more,
});

async function taken(
  everything: readonly ListedContainer[],
  listeners: readonly Listener[],
  local = true,
): Promise<string[]> {
  const target = targetOf({
    a: { ports: [{ target: 80, published: '8080', host_ip: '127.0.0.1' }] },
    b: {
      ports: [{ target: 53, published: '5353', protocol: 'udp' }, { target: 9, published: '9000-9010' }, { target: 7 }],
    },
  });
  const problems = await takenPorts({
    target,
    serviceNames: ['a', 'b'],
    everything,
    local,
    holders: async () => listeners,
    signal: new AbortController().signal,
  });
  return problems.map((problem) => problem.message);
}

describe('taken ports', () => {
  it('are those of others', async () => {
    expect(await taken([listed('other', 8080)], [])).toEqual([
      'Port 8080, which a asks for, is taken by the container other.',
    ]);
    expect(await taken([listed('x', 8080, { projectName: 'blog', service: 'web' })], [])).toEqual([
      'Port 8080, which a asks for, is taken by the container x of the Compose project blog.',
    ]);
  });

  it('are not those a service holds itself', async () => {
    const own = listed('shop-a-1', 8080, { projectName: 'shop', service: 'a' });
    const proxy: Listener = { port: 8080, protocol: 'tcp', address: '127.0.0.1', pid: 1, command: 'docker-proxy' };
    expect(await taken([own], [proxy])).toEqual([]);
    // A service that left the file still holds it.
    const gone = listed('shop-old-1', 8080, { projectName: 'shop', service: 'old' });
    expect(await taken([gone], [])).toHaveLength(1);
  });

  it('may be held by processes of this machine, if it is the engine’s', async () => {
    const server: Listener = { port: 8080, protocol: 'tcp', address: '::', pid: 42, command: 'python3' };
    expect(await taken([], [server])).toEqual([
      'Port 8080, which a asks for, is taken by the process python3 (pid 42).',
    ]);
    expect(await taken([], [{ ...server, pid: null, command: null }])).toEqual([
      'Port 8080, which a asks for, is taken by another process on this machine.',
    ]);
    expect(await taken([], [{ ...server, protocol: 'udp' }])).toEqual([]);
    expect(await taken([], [{ ...server, address: '192.168.1.5' }])).toEqual([]);
    expect(await taken([], [server], false)).toEqual([]);
  });
});

it('knows which addresses exclude each other', () => {
  expect(sameAddress('', '127.0.0.1')).toBe(true);
  expect(sameAddress('::', '127.0.0.1')).toBe(true);
  expect(sameAddress('127.0.0.1', '127.0.0.2')).toBe(false);
});

it('reads the kernel’s socket tables', () => {
  const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
  const row = (address: string, state: string): string =>
    `   0: ${address} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 31337 1 0 100 0 0 10 0\n`;
  expect(socketsOf(head + row('0100007F:1F90', '0A') + row('0100007F:1F91', '01'), 'tcp')).toEqual([
    { protocol: 'tcp', port: 8080, address: '127.0.0.1', inode: '31337' },
  ]);
  expect(socketsOf(head + row(`${'0'.repeat(32)}:0035`, '07'), 'udp')[0]).toMatchObject({ port: 53, address: '::' });
  expect(socketsOf(head + row('00000000000000000000000001000000:0050', '0A'), 'tcp')[0]?.address).toBe('::1');
  expect(socketsOf('', 'tcp')).toEqual([]);
});

it('reads lsof', () => {
  expect(listenersOf('p501\ncPython\nn*:8080\np9\ncnode\nn[::1]:8080\n', 8080, 'tcp')).toEqual([
    { port: 8080, protocol: 'tcp', address: '', pid: 501, command: 'Python' },
    { port: 8080, protocol: 'tcp', address: '::1', pid: 9, command: 'node' },
  ]);
});
