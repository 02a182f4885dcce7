import { describe, expect, it } from 'vitest';
import { toContainerInfo } from './inspect.ts';
import { fingerprintOf } from './list.ts';

const inspected = {
  Id: 'c0ffee',
  Name: '/shop-db-1',
  Created: '2026-01-02T03:04:05.123456789Z',
  Path: 'docker-entrypoint.sh',
  Args: ['postgres'],
  Image: 'sha256:abc',
  RestartCount: 2,
  State: {
    Status: 'running',
    OOMKilled: false,
    ExitCode: 0,
    Error: '',
    StartedAt: '2026-01-02T03:04:06Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    Health: { Status: 'unhealthy', FailingStreak: 3, Log: [{ Output: 'ok' }, { Output: 'connection refused\n' }] },
  },
  Config: {
    Image: 'postgres:15',
    Labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'db',
      'com.docker.compose.container-number': '1',
    },
  },
  HostConfig: {
    NanoCpus: 1_500_000_000,
    CpuQuota: 0,
    CpuPeriod: 0,
    Memory: 536870912,
    Unknown: {},
    RestartPolicy: { Name: 'always' },
  },
  NetworkSettings: {
    Ports: {
      '5432/tcp': [
        { HostIp: '0.0.0.0', HostPort: '15432' },
        { HostIp: '::', HostPort: '15432' },
      ],
      '53/udp': null,
    },
    Networks: { shop_default: { IPAddress: '172.18.0.2' } },
  },
  Mounts: [{ Type: 'volume', Name: 'shop_data', Source: '/var/lib/x', Destination: '/data', RW: true }],
};

describe('a container', () => {
  it('is told in our words', () => {
    expect(toContainerInfo(inspected)).toMatchObject({
      id: 'c0ffee',
      name: 'shop-db-1',
      projectName: 'shop',
      service: 'db',
      number: 1,
      state: 'running',
      health: { status: 'unhealthy', failingStreak: 3, lastOutput: 'connection refused' },
      command: 'docker-entrypoint.sh postgres',
      createdAt: '2026-01-02T03:04:05.123Z',
      finishedAt: null,
      exitCode: null,
      error: null,
      restarts: 2,
      ports: [
        { hostIp: null, hostPort: null, containerPort: 53, protocol: 'udp' },
        { hostIp: '0.0.0.0', hostPort: 15432, containerPort: 5432, protocol: 'tcp' },
      ],
      mounts: [{ type: 'volume', name: 'shop_data', target: '/data', readOnly: false }],
      networks: ['shop_default'],
      addresses: ['172.18.0.2'],
      restartPolicy: 'always',
      limits: { cpus: 1.5, memoryBytes: 536870912 },
    });
  });

  it('of no Compose project is none of ours', () => {
    expect(toContainerInfo({ ...inspected, Config: { Image: 'x', Labels: null } })).toBeUndefined();
  });

  it('may leave out what an engine does not know', () => {
    const bare = {
      ...inspected,
      HostConfig: {},
      NetworkSettings: {},
      Mounts: null,
      RestartCount: undefined,
      State: { Status: 'configured' },
    };
    expect(toContainerInfo(bare)).toMatchObject({
      state: 'created',
      health: null,
      ports: [],
      mounts: [],
      limits: { cpus: null, memoryBytes: null },
      startedAt: null,
    });
  });

  it('in a form that cannot be read is an error that names the field', () => {
    expect(() => toContainerInfo({ ...inspected, State: { Status: 7 } })).toThrow(/State/);
    expect(() => toContainerInfo('nonsense')).toThrow(expect.objectContaining({ code: 'docker.unsupported' }));
  });

  it('that ended keeps its exit code', () => {
    const ended = { ...inspected, State: { ...inspected.State, Status: 'exited', ExitCode: 137, OOMKilled: true } };
    const info = toContainerInfo(ended);
    expect(info).toMatchObject({ state: 'exited', exitCode: 137, oomKilled: true });
    expect(info === undefined ? '' : fingerprintOf(info)).toBe('exited/');
  });
});
