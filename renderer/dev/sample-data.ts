import type { EngineView } from '../../shared/contract/engines.ts';
import type { EnvironmentView, Plan, ServiceView } from '../../shared/contract/environments.ts';
import type { GoldenImageView } from '../../shared/contract/golden.ts';
import type { OperationView } from '../../shared/contract/operations.ts';
import type { HealthState } from '../../shared/domain/health.ts';

export const minutesAgo = (n: number): string => new Date(Date.now() - n * 60_000).toISOString();

export const engine = (change: Partial<EngineView> = {}): EngineView => ({
  id: 'context:default',
  name: 'Docker',
  endpoint: 'unix:///var/run/docker.sock',
  source: 'context',
  selected: true,
  state: 'available',
  since: minutesAgo(140),
  version: '27.3.1',
  apiVersion: '1.47',
  operatingSystem: 'Debian GNU/Linux 12',
  architecture: 'x86_64',
  cpus: 8,
  memoryBytes: 33_500_000_000,
  rootless: false,
  problem: null,
  ...change,
});

export const podman = engine({
  id: 'socket:podman',
  name: 'Podman',
  endpoint: 'unix:///run/user/1000/podman/podman.sock',
  source: 'socket',
  selected: false,
  state: 'denied',
  version: null,
  apiVersion: null,
  operatingSystem: null,
  cpus: null,
  memoryBytes: null,
  problem: {
    message: 'The socket of Podman does not let this user in.',
    remedy: 'Add yourself to its group, or start it as yourself: systemctl --user start podman.socket',
  },
});

export function service(name: string, health: HealthState, change: Partial<ServiceView> = {}): ServiceView {
  const port = { hostIp: '127.0.0.1', hostPort: 8080 + name.length, containerPort: 80, protocol: 'tcp' };
  return {
    name,
    provider: 'docker',
    image: `registry.example/${name}:2.1.0`,
    build: null,
    command: null,
    state: health === 'stopped' ? 'exited' : 'running',
    health,
    reason: health === 'degraded' ? 'p95 is 61 ms, 3.1 times its baseline' : null,
    since: minutesAgo(66),
    instances: [
      {
        containerId: `${name}0123456789ab`,
        containerName: `trading-${name}-1`,
        number: 1,
        state: health === 'stopped' ? 'exited' : 'running',
        health,
        reason: null,
        startedAt: minutesAgo(145),
        finishedAt: null,
        exitCode: health === 'stopped' ? 0 : null,
        oomKilled: false,
        restarts: 0,
        imageId: 'sha256:9b1f04c2e71d9b1f04c2e71d',
        ports: [port],
      },
    ],
    ports: [port],
    limits: { cpus: null, memoryBytes: 512 * 1024 * 1024 },
    hasHealthcheck: true,
    runsOnce: false,
    dependsOn: [],
    volumes: [`${name}-data`],
    drift: 'none',
    driftReasons: [],
    ...change,
  };
}

export function environment(id: string, change: Partial<EnvironmentView> = {}): EnvironmentView {
  const [stackName = '', name = ''] = id.split('/');
  return {
    id,
    stackName,
    name,
    class: 'development',
    folder: `/home/sam/work/${stackName}`,
    files: [`/home/sam/work/${stackName}/compose.yaml`],
    projectName: stackName,
    state: 'running',
    health: 'healthy',
    reason: null,
    since: minutesAgo(66),
    services: ['timescaledb', 'redpanda', 'redis', 'api', 'fractal-worker', 'web', 'grafana'].map((one) =>
      service(one, 'healthy'),
    ),
    stale: false,
    asOf: minutesAgo(0),
    problems: [],
    branch: 'fractal-improvements',
    undo: null,
    addedAt: minutesAgo(10_000),
    ...change,
  };
}

export function operation(change: Partial<OperationView> = {}): OperationView {
  const step = (title: string, state: OperationView['steps'][number]['state']): OperationView['steps'][number] => ({
    name: title,
    title,
    state,
    startedAt: state === 'pending' ? null : minutesAgo(1),
    endedAt: state === 'done' ? minutesAgo(0.5) : null,
    progress: state === 'running' ? { done: 340_000_000, total: 900_000_000, unit: 'bytes' } : null,
    detail: state === 'running' ? 'redpanda' : null,
  });
  return {
    id: `op-${Math.random()}`,
    kind: 'stack.up',
    title: 'Start blog/main',
    environmentId: 'blog/main',
    state: 'running',
    createdAt: minutesAgo(1),
    startedAt: minutesAgo(1),
    endedAt: null,
    steps: [
      step('Check ports', 'done'),
      step('Pull images', 'running'),
      step('Create containers', 'pending'),
      step('Wait for health', 'pending'),
    ],
    estimateMs: 40_000,
    cancellable: true,
    resumed: false,
    error: null,
    summary: null,
    undoable: false,
    ...change,
  };
}

/** Four images on their way, each in another state. */
export function pullStep(): OperationView['steps'][number] {
  type Part = NonNullable<OperationView['steps'][number]['parts']>[number];
  const part = (name: string, state: Part['state'], change: Partial<Part>): Part => ({
    name,
    state,
    progress: null,
    perSecond: null,
    detail: null,
    ...change,
  });
  const bytes = (done: number, total: number | null): Part['progress'] => ({ done, total, unit: 'bytes' });
  return {
    name: 'images',
    title: 'Pull images',
    state: 'running',
    startedAt: minutesAgo(0.3),
    endedAt: null,
    progress: bytes(88_400_000, null),
    detail: 'Pulling timescale/timescaledb:2.17.2-pg16 and 2 more',
    parts: [
      part('redis:7.4', 'done', {
        progress: bytes(12_300_000, 12_300_000),
        detail: '5 of 7 layers new',
      }),
      part('timescale/timescaledb:2.17.2-pg16', 'running', {
        progress: bytes(61_200_000, 184_000_000),
        perSecond: 5_300_000,
        detail: 'Downloading, 4 of 11 layers',
      }),
      part('registry.example.org:5000/trading/fractal-worker:2.1.0-rc.3', 'running', {
        progress: bytes(14_900_000, null),
        perSecond: 1_200_000,
        detail: 'Downloading, 1 of 6 layers',
      }),
      part('docker.redpanda.com/redpandadata/redpanda:v24.2.7', 'running', { detail: 'Asking the registry' }),
      part('grafana/grafana:11.3.0', 'waiting', {}),
    ],
  };
}

export const image = (name: string, change: Partial<GoldenImageView> = {}): GoldenImageView => ({
  id: name,
  name,
  environmentId: 'trading/main',
  class: 'development',
  note: 'before the 2.1.0 release',
  createdAt: minutesAgo(600),
  createdBy: 'sam',
  consistency: 'clean',
  volumes: [
    { key: 'timescaledb-data', services: ['timescaledb'], bytes: 3_100_000_000, files: 1204, digest: 'a'.repeat(64) },
  ],
  bytes: 3_400_000_000,
  ownBytes: 296_000_000,
  images: [],
  git: { commit: 'a1b2c3d4e5', branch: 'main', dirty: false },
  stackHash: 'b'.repeat(64),
  parentId: null,
  awayMs: 170,
  appVersion: '0.1.0',
  verifiedAt: minutesAgo(500),
  damaged: false,
  ...change,
});

export const plan = (environmentId: string, action: Plan['action'], volumes: boolean): Plan => ({
  environmentId,
  action,
  changes:
    action === 'remove'
      ? [
          ...['api', 'web', 'redis'].map((name) => ({
            resource: 'container' as const,
            name: `trading-${name}-1`,
            service: name,
            action: 'remove' as const,
            cost: 'recreate' as const,
            reason: '',
            bytes: null,
          })),
          {
            resource: 'volume',
            name: 'trading_timescaledb-data',
            service: 'timescaledb',
            action: volumes ? 'remove' : 'keep',
            cost: volumes ? 'data' : 'none',
            reason: '',
            bytes: 3_100_000_000,
          },
        ]
      : ['api', 'web', 'redis'].map((name) => ({
          resource: 'container' as const,
          name: `trading-${name}-1`,
          service: name,
          action: 'create' as const,
          cost: 'none' as const,
          reason: 'not there yet',
          bytes: null,
        })),
  problems:
    action === 'up'
      ? [
          {
            severity: 'error',
            code: 'docker.port-taken',
            message: 'Port 5432 on 127.0.0.1 is taken by postgres (process 4711).',
            remedy: 'Stop that process, or change the published port of timescaledb.',
            position: { file: '/home/sam/work/trading/compose.yaml', line: 14, column: 9 },
          },
        ]
      : [],
  risks: [],
  hash: 'c'.repeat(64),
});
