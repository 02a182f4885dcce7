import { describe, expect, it } from 'vitest';
import { createCgroupReader, parseNetwork } from './cgroups.ts';

const id = 'a'.repeat(64);
const net = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000 1 0 0 0 0 0 0 1000 1 0 0 0 0 0 0
  eth0:  500 5 0 0 0 0 0 0  700 7 0 0 0 0 0 0
  eth1: 50 5 0 0 0 0 0 0 70 7 0 0 0 0 0 0
`;
const container = { id, startedAt: '2026-02-04T08:00:00.000Z', networks: ['shop_default'] };

function readerOf(files: Record<string, string>) {
  const asked: string[] = [];
  const reader = createCgroupReader({
    readSmall: async (path) => {
      asked.push(path);
      return files[path];
    },
    now: () => 42,
    userId: 1000,
  });
  return { reader, asked };
}

const second = (folder: string): Record<string, string> => ({
  [`/sys/fs/cgroup/${folder}/cgroup.procs`]: '77\n78\n',
  [`/sys/fs/cgroup/${folder}/cpu.stat`]: 'usage_usec 2500\nuser_usec 1\nsystem_usec 2\n',
  [`/sys/fs/cgroup/${folder}/memory.current`]: '1000\n',
  [`/sys/fs/cgroup/${folder}/memory.stat`]: 'anon 600\ninactive_file 300\nactive_file 5\n',
  [`/sys/fs/cgroup/${folder}/io.stat`]:
    '8:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2\n',
  [`/sys/fs/cgroup/${folder}/pids.current`]: '3\n',
  '/proc/77/net/dev': net,
});
const expected = {
  at: 42,
  cpuNanoseconds: 2_500_000,
  memoryBytes: 700,
  networkRxBytes: 550,
  networkTxBytes: 770,
  blockReadBytes: 11,
  blockWriteBytes: 22,
  pids: 3,
};

describe('counters from the kernel', () => {
  it.each([
    `docker/${id}`,
    `system.slice/docker-${id}.scope`,
    `user.slice/user-1000.slice/user@1000.service/user.slice/docker-${id}.scope`,
  ])('version 2, in %s', async (folder) => {
    expect(await readerOf(second(folder)).reader.read(container)).toEqual(expected);
  });

  it('version 1', async () => {
    const { reader } = readerOf({
      [`/sys/fs/cgroup/memory/docker/${id}/cgroup.procs`]: '77\n',
      [`/sys/fs/cgroup/docker/${id}/cgroup.procs`]: '77\n',
      [`/sys/fs/cgroup/cpuacct/docker/${id}/cpuacct.usage`]: '2500000\n',
      [`/sys/fs/cgroup/memory/docker/${id}/memory.usage_in_bytes`]: '1000\n',
      [`/sys/fs/cgroup/memory/docker/${id}/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 300\n',
      [`/sys/fs/cgroup/blkio/docker/${id}/blkio.throttle.io_service_bytes_recursive`]:
        '8:0 Read 11\n8:0 Write 22\n8:0 Sync 9\n8:0 Total 33\nTotal 33\n',
      [`/sys/fs/cgroup/pids/docker/${id}/pids.current`]: '3\n',
      '/proc/77/net/dev': net,
    });
    expect(await reader.read(container)).toEqual(expected);
  });

  it('look for a container once, and again after it started anew', async () => {
    const files = second(`docker/${id}`);
    const { reader, asked } = readerOf(files);
    await reader.read(container);
    const first = asked.length;
    await reader.read(container);
    expect(asked.slice(first)).not.toContain(`/sys/fs/cgroup/docker/${id}/cgroup.procs`);
    files[`/sys/fs/cgroup/docker/${id}/cgroup.procs`] = '99\n';
    files['/proc/99/net/dev'] = net.replace('500', '5');
    const again = await reader.read({ ...container, startedAt: 'later' });
    expect(again?.networkRxBytes).toBe(55);
  });

  it('are none for what is not there, or hidden from us', async () => {
    expect(await readerOf({}).reader.read(container)).toBeUndefined();
    expect(await readerOf(second(`docker/${id}`)).reader.read({ ...container, id: '../etc' })).toBeUndefined();
    const foreign = { ...second(`docker/${id}`), [`/sys/fs/cgroup/docker/${id}/cgroup.procs`]: '0\n' };
    expect(await readerOf(foreign).reader.read(container)).toBeUndefined();
    const hidden: Record<string, string> = second(`docker/${id}`);
    delete hidden['/proc/77/net/dev'];
    expect(await readerOf(hidden).reader.read(container)).toBeUndefined();
  });

  it('leave the network of the host to the host', async () => {
    const { reader } = readerOf(second(`docker/${id}`));
    expect(await reader.read({ ...container, networks: ['host'] })).toMatchObject({ networkRxBytes: 0 });
    expect(parseNetwork('')).toEqual({ networkRxBytes: 0, networkTxBytes: 0 });
  });
});
