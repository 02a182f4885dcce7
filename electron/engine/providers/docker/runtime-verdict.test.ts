import { describe, expect, it } from 'vitest';
import type { ComposeService } from '../../../../shared/domain/compose-model.ts';
import { containerOf } from '../../../../test/support/engine-state.ts';
import type { ContainerInfo } from '../provider.ts';
import { type Goal, healthDeadlineMs, judge } from './runtime-verdict.ts';

const verdict = (goal: Goal, info: Partial<ContainerInfo>, service: ComposeService = {}): string => {
  const result = judge('a', service, containerOf('a', info), goal);
  return result.kind === 'failed' ? result.error.code : result.kind;
};
const health = (
  status: 'starting' | 'healthy' | 'unhealthy',
  lastOutput: string | null = null,
): ContainerInfo['health'] => ({
  status,
  failingStreak: 3,
  lastOutput,
});

describe('judge', () => {
  it.each<[Goal, Partial<ContainerInfo>, ComposeService, string]>([
    ['up', {}, {}, 'settling'],
    ['up', { health: health('healthy') }, {}, 'passed'],
    ['up', { health: health('starting') }, {}, 'waiting'],
    ['up', { health: health('unhealthy') }, {}, 'docker.unhealthy'],
    ['up', { state: 'exited', exitCode: 1 }, {}, 'docker.container-exited'],
    ['up', { state: 'exited', exitCode: 0 }, {}, 'passed'],
    ['up', { state: 'exited', exitCode: 0 }, { restart: 'always' }, 'docker.container-exited'],
    ['up', { state: 'restarting', exitCode: 1 }, { restart: 'always' }, 'waiting'],
    ['up', { state: 'paused' }, {}, 'waiting'],
    ['up', { state: 'created', startedAt: null }, {}, 'waiting'],
    ['service_started', {}, {}, 'passed'],
    ['service_started', { state: 'exited', exitCode: 1 }, {}, 'passed'],
    ['service_started', { state: 'created', startedAt: null }, {}, 'waiting'],
    ['service_healthy', {}, {}, 'docker.unhealthy'],
    ['service_healthy', { health: health('starting') }, {}, 'waiting'],
    ['service_healthy', { health: health('healthy') }, {}, 'passed'],
    ['service_healthy', { state: 'exited', exitCode: 0 }, { restart: 'always' }, 'docker.container-exited'],
    ['service_completed_successfully', {}, {}, 'waiting'],
    ['service_completed_successfully', { state: 'exited', exitCode: 0 }, {}, 'passed'],
    ['service_completed_successfully', { state: 'exited', exitCode: 2 }, {}, 'docker.container-exited'],
  ])('%s, %o, %o: %s', (goal, info, service, expected) => expect(verdict(goal, info, service)).toBe(expected));

  it('says why', () => {
    const dead = judge('a', {}, containerOf('a', { state: 'exited', exitCode: 137, oomKilled: true }), 'up');
    expect(dead).toMatchObject({ error: { message: 'a was killed because it used more memory than its limit.' } });
    const ill = judge('a', {}, containerOf('a', { health: health('unhealthy', 'one\nrefused\n') }), 'up');
    expect(ill).toMatchObject({ error: { message: 'a is unhealthy: refused.' } });
  });
});

it('gives a health check time for all its tries', () => {
  const existing = containerOf('a');
  const check = { Interval: 2e9, Timeout: 1e9, Retries: 4, StartPeriod: 10e9 };
  const slow = { ...existing, detail: { ...existing.detail, Config: { Healthcheck: check } } };
  expect(healthDeadlineMs(slow)).toBe(10_000 + 3_000 * 6 + 60_000);
});
