import { describe, expect, it } from 'vitest';
import type { HealthSection } from '../../../shared/domain/checks.ts';
import type { ComposeService } from '../../../shared/domain/compose-model.ts';
import { containerOf } from '../../../test/support/watch-bed.ts';
import { checkConfig, dependencyGraph, oneShots } from './check-config.ts';

const project = (services: Record<string, ComposeService>) => ({ name: 'shop', services });
const configOf = (service: ComposeService, section?: HealthSection, containers = [containerOf('api')]) =>
  checkConfig(project({ api: service }), section, 'api', containers);

describe('how a service is checked', () => {
  it('is what golden.yml says, before what suits its image', () => {
    const section: HealthSection = { services: { api: { probe: { http: { port: 80 } } } } };
    expect(configOf({ image: 'postgres' }, section)).toMatchObject({
      probe: { http: { port: 80 } },
      source: 'declared',
      why: 'golden.yml says so.',
    });
    expect(configOf({ image: 'postgres' })).toMatchObject({ probe: { postgres: { port: 5432 } }, source: 'suggested' });
    const none: HealthSection = { services: { api: { probe: { none: true } } } };
    expect(configOf({ image: 'postgres' }, none)).toMatchObject({ probe: null, source: 'declared' });
  });

  it('takes for every key what the service says, else the defaults, else ours', () => {
    const section: HealthSection = {
      defaults: { interval: '1m', timeout: '5s', recovery: 'restart' },
      services: { api: { interval: '20s', failures: 7, latency_p95: '250ms', muted: true } },
    };
    const { rules, ...config } = configOf({ image: 'x' }, section);
    expect(config).toMatchObject({ recovery: 'restart', muted: true, declared: section.services?.['api'] });
    expect(rules).toMatchObject({ intervalMs: 20_000, timeoutMs: 5000, downAfter: 7, healthyAfter: 2 });
    expect(rules.latency.thresholdMs).toBe(250);
  });

  it('never asks less often when in doubt than when all is well', () => {
    const section: HealthSection = { defaults: { interval: '1s' } };
    expect(configOf({ image: 'x' }, section).rules.retryMs).toBe(1000);
  });

  it('lets a start take as long as its HEALTHCHECK may', () => {
    const healthcheck = { test: ['CMD', 'true'], start_period: '5m', interval: '30s', timeout: '10s' };
    expect(configOf({ image: 'x', healthcheck }).rules.startPeriodMs).toBe(340_000);
    expect(configOf({ image: 'x', healthcheck: { disable: true } }).rules.startPeriodMs).toBe(60_000);
    const said: HealthSection = { defaults: { start_period: '10s' } };
    expect(configOf({ image: 'x', healthcheck }, said).rules.startPeriodMs).toBe(10_000);
  });

  it('learns of a HEALTHCHECK and of ports from the containers, which know their image', () => {
    const health = { status: 'healthy', failingStreak: 0, lastOutput: null } as const;
    expect(configOf({ image: 'x' }, undefined, [containerOf('api', { health })]).why).toMatch(/HEALTHCHECK/);
    const ports = [
      { containerPort: 53, protocol: 'udp', hostPort: null, hostIp: null },
      { containerPort: 9000, protocol: 'tcp', hostPort: null, hostIp: null },
    ] as const;
    expect(configOf({ image: 'x' }, undefined, [containerOf('api', { ports })]).probe).toEqual({ tcp: { port: 9000 } });
  });
});

describe('what depends on what', () => {
  const services: Record<string, ComposeService> = {
    migrate: { image: 'x', depends_on: { db: { condition: 'service_healthy', required: true } } },
    api: {
      image: 'x',
      depends_on: {
        migrate: { condition: 'service_completed_successfully', required: true },
        elsewhere: { condition: 'service_started', required: false },
      },
    },
    db: { image: 'x' },
  };
  it('leaves out what no profile in use has', () => {
    expect(dependencyGraph(project(services))).toEqual({ migrate: ['db'], api: ['migrate'], db: [] });
  });
  it('tells whose purpose is to end', () => {
    expect([...oneShots(project(services))]).toEqual(['migrate']);
    expect(checkConfig(project(services), undefined, 'migrate', [])).toMatchObject({ runsOnce: true, probe: null });
  });
});
