import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstanceView, ServiceView } from '../../../shared/contract/environments.ts';
import { healthStates } from '../../../shared/domain/health.ts';
import { nextSort, sortColumns, sortServices } from './service-sort.ts';
import { isCompleted, lastChange, serviceLook, serviceOrigin, uptimeMs } from './service-words.ts';

const instance = (more: Partial<InstanceView> = {}): InstanceView => ({
  containerId: 'c1',
  containerName: 'shop-api-1',
  number: 1,
  state: 'running',
  health: 'healthy',
  reason: null,
  startedAt: '2026-11-21T05:00:00.000Z',
  finishedAt: null,
  exitCode: null,
  oomKilled: false,
  restarts: 0,
  imageId: 'sha256:1',
  ports: [],
  ...more,
});
const service = (more: Partial<ServiceView> = {}): ServiceView => ({
  name: 'api',
  provider: 'docker',
  image: 'registry.example/team/api:1',
  build: null,
  command: null,
  state: 'running',
  health: 'healthy',
  reason: null,
  since: '2026-11-21T05:00:04.000Z',
  instances: [instance()],
  ports: [],
  limits: { cpus: null, memoryBytes: null },
  hasHealthcheck: true,
  runsOnce: false,
  dependsOn: [],
  volumes: [],
  drift: 'none',
  driftReasons: [],
  ...more,
});
const now = Date.parse('2026-11-21T06:00:00.000Z');

describe('service words', () => {
  it('tells a finished run-once service from a stopped and a failed one', () => {
    const ended = (exitCode: number): ServiceView =>
      service({
        state: 'exited',
        health: 'stopped',
        runsOnce: true,
        instances: [instance({ state: 'exited', exitCode })],
      });
    expect(isCompleted(ended(0))).toBe(true);
    expect(serviceLook(ended(0), false).word).toBe('Completed');
    const stopped = service({
      state: 'exited',
      health: 'stopped',
      instances: [instance({ state: 'exited', exitCode: 0 })],
    });
    expect(serviceLook(stopped, false).word).toBe('Stopped');
    expect(serviceLook(ended(1), false).word).toBe('Exited 1');
    expect(serviceLook(ended(143), false).word).toBe('Stopped');
    expect(serviceLook(service({ state: 'absent', health: 'stopped', instances: [] }), false).word).toBe('Not created');
    expect(serviceLook(service(), true)).toMatchObject({ shape: 'dashed', word: 'Was healthy' });
  });

  it('names what it is made from', () => {
    expect(serviceOrigin(service())).toEqual({ short: 'api:1', full: 'registry.example/team/api:1' });
    expect(serviceOrigin(service({ build: '/home/me/shop/worker/' })).short).toBe('build worker');
  });

  it('counts uptime from the newest running instance, and takes turning healthy as part of the start', () => {
    expect(uptimeMs(service(), now)).toBe(3_600_000);
    expect(uptimeMs(service({ instances: [] }), now)).toBeNull();
    expect(lastChange(service())).toEqual({ at: '2026-11-21T05:00:00.000Z', word: 'started' });
    expect(lastChange(service({ health: 'down', since: '2026-11-21T05:30:00.000Z' }))?.word).toBe('down');
    const killed = instance({
      state: 'exited',
      finishedAt: '2026-11-21T05:10:00.000Z',
      exitCode: 137,
      oomKilled: true,
    });
    expect(lastChange(service({ instances: [killed] }))?.word).toBe('out of memory');
  });
});

describe('sorting', () => {
  const some = fc.record({
    name: fc.constantFrom('a', 'b', 'c10', 'c9'),
    health: fc.constantFrom(...healthStates),
    restarts: fc.nat(5),
  });
  it('keeps every service, puts unknown figures last both ways, and reverses by value', () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 8 }), fc.constantFrom(...sortColumns), (list, column) => {
        const services = list.map((one, index) =>
          service({
            name: `${one.name}-${index}`,
            health: one.health,
            instances: [instance({ restarts: one.restarts })],
          }),
        );
        const figures = (name: string) => ({
          cpuPercent: name.startsWith('a') ? null : name.length,
          memoryBytes: name.startsWith('b') ? null : name.length,
          latencyMs: name.startsWith('c') ? null : name.length,
        });
        for (const direction of ['ascending', 'descending'] as const) {
          const sorted = sortServices(services, { column, direction }, figures, now);
          expect([...sorted].map((one) => one.name).sort()).toEqual(services.map((one) => one.name).sort());
          if (column === 'cpu') {
            const known = sorted.map((one) => figures(one.name).cpuPercent !== null);
            expect(known.lastIndexOf(true)).toBeLessThan(
              known.includes(false) ? known.indexOf(false) : Number.POSITIVE_INFINITY,
            );
          }
        }
      }),
    );
  });

  it('starts a column with the end people look for', () => {
    expect(nextSort({ column: 'service', direction: 'ascending' }, 'cpu')).toEqual({
      column: 'cpu',
      direction: 'descending',
    });
    expect(nextSort({ column: 'cpu', direction: 'descending' }, 'cpu').direction).toBe('ascending');
    expect(nextSort({ column: 'cpu', direction: 'descending' }, 'service').direction).toBe('ascending');
  });
});
