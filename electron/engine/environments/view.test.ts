import { describe, expect, it } from 'vitest';
import type { ContainerInfo, EnvironmentTarget } from '../providers/provider.ts';
import { instanceHealth } from './instance-health.ts';
import { targetFromContainers } from './target.ts';
import { createSinceBook, environmentView, type ViewInput } from './view.ts';

const running: ContainerInfo = {
  id: 'c1',
  name: 'shop-db-1',
  projectName: 'shop',
  service: 'db',
  number: 1,
  state: 'running',
  health: { status: 'healthy', failingStreak: 0, lastOutput: null },
  image: 'postgres:15',
  imageId: 'sha256:1',
  command: 'postgres',
  createdAt: '2026-01-01T08:00:00.000Z',
  startedAt: '2026-01-01T08:00:01.000Z',
  finishedAt: null,
  exitCode: null,
  oomKilled: false,
  error: null,
  restarts: 0,
  ports: [{ hostIp: '127.0.0.1', hostPort: 5432, containerPort: 5432, protocol: 'tcp' }],
  mounts: [],
  networks: ['shop_default'],
  addresses: ['172.18.0.2'],
  restartPolicy: 'no',
  limits: { cpus: null, memoryBytes: 512 * 1024 * 1024 },
  labels: {},
};

const target: EnvironmentTarget = {
  id: 'shop/main',
  stackName: 'shop',
  name: 'main',
  class: 'development',
  folder: '/shop',
  files: ['/shop/compose.yaml'],
  projectName: 'shop',
  project: {
    name: 'shop',
    services: {
      db: { image: 'postgres:15', volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
      migrate: { image: 'tool' },
      api: {
        image: 'api',
        depends_on: {
          db: { condition: 'service_healthy', required: true },
          migrate: { condition: 'service_completed_successfully', required: true },
        },
      },
    },
  },
  configHashes: {},
  excludedVolumes: [],
  gateTimeoutMs: 60_000,
};

function input(containers: readonly ContainerInfo[] | undefined, change: Partial<ViewInput> = {}): ViewInput {
  return {
    row: { id: 'shop/main', stackName: 'shop', name: 'main', folder: '/shop', addedAt: '2026-01-01T00:00:00.000Z' },
    target,
    problems: [],
    containers,
    drift: {},
    stale: false,
    asOf: '2026-01-01T09:00:00.000Z',
    branch: 'main',
    undo: null,
    since: createSinceBook(),
    now: '2026-01-01T09:00:00.000Z',
    ...change,
  };
}

const ended = (service: string, exitCode: number, change: Partial<ContainerInfo> = {}): ContainerInfo => ({
  ...running,
  id: service,
  name: `shop-${service}-1`,
  service,
  state: 'exited',
  health: null,
  exitCode,
  finishedAt: '2026-01-01T08:30:00.000Z',
  ...change,
});

describe('instance health', () => {
  it.each([
    [running, 'healthy', null],
    [{ ...running, health: null }, 'healthy', null],
    [
      { ...running, health: { status: 'healthy', failingStreak: 1, lastOutput: 'refused\n' } },
      'suspect',
      'The last health check failed: refused',
    ],
    [
      { ...running, health: { status: 'unhealthy', failingStreak: 3, lastOutput: 'a\nrefused' } },
      'down',
      'Its health check failed 3 times: refused',
    ],
    [{ ...running, health: { status: 'starting', failingStreak: 0, lastOutput: null } }, 'starting', null],
    [ended('db', 137, { oomKilled: true }), 'down', 'Ran out of memory, limit 512 MB.'],
    [ended('db', 143), 'stopped', null],
    [ended('db', 1), 'down', 'Exited with code 1.'],
    [{ ...running, state: 'paused' }, 'paused', 'Paused.'],
  ] as const)('%#', (container, health, reason) => {
    expect(instanceHealth(container as ContainerInfo, false)).toEqual({ health, reason });
  });

  it('knows a one-shot service that did its work', () => {
    expect(instanceHealth(ended('migrate', 0), true)).toEqual({ health: 'stopped', reason: 'Completed.' });
    expect(instanceHealth(ended('migrate', 2), true).health).toBe('down');
  });
});

describe('environment view', () => {
  it('is absent without containers, unreachable before the engine was asked', () => {
    expect(environmentView(input([])).state).toBe('absent');
    expect(environmentView(input(undefined))).toMatchObject({ state: 'unreachable', health: 'unreachable' });
  });

  it('runs when all run, one-shots having completed', () => {
    const api = { ...running, id: 'a', service: 'api' };
    const view = environmentView(input([running, ended('migrate', 0), api]));
    expect(view).toMatchObject({ state: 'running', health: 'healthy', reason: null });
    expect(view.services.map((service) => service.name)).toEqual(['db', 'migrate', 'api']);
    expect(view.services[0]).toMatchObject({ volumes: ['data'], limits: { memoryBytes: 512 * 1024 * 1024 } });
  });

  it('names the service that is down and why', () => {
    const view = environmentView(input([running, ended('api', 1)]));
    expect(view).toMatchObject({ state: 'partial', health: 'down', reason: 'api: Exited with code 1.' });
  });

  it('shows services that are no longer declared', () => {
    const view = environmentView(input([{ ...running, service: 'old' }]));
    expect(view.services.find((service) => service.name === 'old')).toMatchObject({ drift: 'extra', state: 'running' });
  });

  it('is invalid with its problems when it never could be read', () => {
    const problem = { severity: 'error', code: 'compose.syntax', message: 'Bad.', remedy: 'Mend it.' } as const;
    expect(environmentView(input([], { target: undefined, problems: [problem] }))).toMatchObject({
      state: 'invalid',
      reason: 'Bad.',
    });
  });

  it('keeps the time of a state until the state changes', () => {
    const since = createSinceBook();
    const first = environmentView(input([running], { since, now: '2026-01-01T09:00:00.000Z' }));
    const second = environmentView(input([running], { since, now: '2026-01-01T09:05:00.000Z' }));
    const third = environmentView(input([ended('db', 1)], { since, now: '2026-01-01T09:06:00.000Z' }));
    expect([first, second, third].map((view) => view.since)).toEqual([
      '2026-01-01T09:00:00.000Z',
      '2026-01-01T09:00:00.000Z',
      '2026-01-01T09:06:00.000Z',
    ]);
  });
});

describe('a target made from containers', () => {
  it('keeps the dependencies that Compose wrote on them', () => {
    const labels = { 'com.docker.compose.depends_on': 'db:service_healthy:true,cache:service_started:false' };
    const made = targetFromContainers(input([]).row, [running, { ...running, service: 'api', labels }]);
    expect(Object.keys(made.project.services['api']?.depends_on ?? {})).toEqual(['db', 'cache']);
    expect(made.projectName).toBe('shop');
  });
});
